"""hashlib, hmac and secrets as drivers use them: every guaranteed algorithm, keys, passwords, files, comparisons, randomness."""
import hashlib
import hmac
import io
import secrets

from support import outcome

for name in sorted(hashlib.algorithms_guaranteed):
    size = (32,) if name.startswith("shake") else ()
    digest = hashlib.new(name, b"a text", usedforsecurity=False)
    digest.update(b" that goes on")
    print(name, digest.digest_size, digest.block_size, digest.hexdigest(*size), digest.copy().digest(*size) == digest.digest(*size))
    print(getattr(hashlib, name)(b"a text that goes on").hexdigest(*size) == digest.hexdigest(*size))
print(hashlib.blake2b(b"text", key=b"key", salt=b"salt", person=b"me", digest_size=20).hexdigest())
print(hashlib.file_digest(io.BytesIO(b"x" * 100_000), "sha256").hexdigest())
for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2s"):
    code = hmac.new(b"key", b"message", name)
    print(code.name, code.hexdigest() == hmac.digest(b"key", b"message", name).hex(), code.hexdigest())
print(hmac.new(b"k" * 200, b"m", hashlib.sha256).hexdigest(), hmac.compare_digest(b"a", b"a"), hmac.compare_digest("a", "b"))
outcome("unknown", hashlib.new, "no such algorithm")
print(len(secrets.token_bytes(20)), len(secrets.token_hex(8)), len(secrets.token_urlsafe(32)), secrets.token_bytes() != secrets.token_bytes())
print(secrets.randbelow(1), 0 <= secrets.randbits(8) < 256, secrets.choice("a"), secrets.compare_digest(b"x", b"x"))

pbkdf2 = hashlib.pbkdf2_hmac
for name in ("md5", "sha1", "SHA256", "sha-384", "sha512", "sha3_256", "sha512_256"):
    print(name, pbkdf2(name, b"password", b"salt", 3).hex())
print(pbkdf2("sha256", bytearray(b"p"), memoryview(b"s"), 1, dklen=70).hex(), pbkdf2("sha256", b"", b"", 1, None).hex())
outcome("iterations", pbkdf2, "sha256", b"p", b"s", 0)
outcome("iterations", pbkdf2, "sha256", b"p", b"s", -1)
outcome("length", pbkdf2, "sha256", b"p", b"s", 1, 0)
outcome("text", pbkdf2, "sha256", "p", b"s", 1)
outcome("too few", pbkdf2, "sha256", b"p", b"s")
outcome("too many", pbkdf2, "sha256", b"p", b"s", 1, 2, 3)
outcome("no integer", pbkdf2, "sha256", b"p", b"s", 1.5)
try:
    print(pbkdf2("no such algorithm", b"p", b"s", 1))
except ValueError:
    print("unknown: ValueError")

scrypt = hashlib.scrypt
print(scrypt(b"password", salt=b"NaCl", n=1024, r=8, p=16).hex(), scrypt(b"", salt=b"", n=16, r=1, p=1, dklen=10).hex())
for wrong in (
    {"n": 15}, {"n": 0}, {"r": 0}, {"p": 0}, {"n": 1 << 20}, {"maxmem": 100}, {"maxmem": -1}, {"dklen": 0},
    {"dklen": -1}, {"dklen": 1 << 40}, {"salt": "s"}, {"r": 1 << 28, "p": 8},
):  # fmt: skip
    outcome(f"scrypt {wrong}", lambda: scrypt(b"p", **({"salt": b"s", "n": 16, "r": 8, "p": 1} | wrong)))
outcome("scrypt by position", lambda: scrypt(b"p", b"s", 16, 8, 1))
