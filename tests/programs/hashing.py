"""hashlib, hmac and secrets as drivers use them: every guaranteed algorithm, keys, files, comparisons, randomness."""
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
