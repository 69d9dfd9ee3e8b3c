"""Runs `openssl s_server` and `openssl s_client` for a program that asks for it, a line of JSON for each; prints its port."""
import json
import os
import re
import socketserver
import subprocess
import sys
from pathlib import Path

certificates = Path(sys.argv[1])
executable = os.environ["OPENSSL"]
environment = dict(os.environ)
if "OPENSSL_LIBRARIES" in environment:
    environment["LD_LIBRARY_PATH"] = environment["OPENSSL_LIBRARIES"]


def path(word):
    """`@good` is a file of certificates, `@p521/leaf` one in a folder."""
    return str(certificates / f"{word[1:]}.pem") if word.startswith("@") else word


def start(arguments):
    command = [executable, *map(path, arguments)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=certificates
    )


def finish(process, lines, data=""):
    said = "".join(lines) + process.communicate(data, timeout=30)[0]
    kept = re.findall(r"^(?:Verification.*|Protocol version: .*|Peer certificate: .*|ALPN protocol: .*|Reused.*|DATA .*)$", said, re.M)
    return {"said": sorted(set(kept))}


def certificate(name, key, digest, issuer=None, *extensions):
    """A file with a certificate and its key, as only this command makes weak ones."""
    own = str(certificates / f"{name}.pem")
    signed = ("-CA", path(f"@{issuer}"), "-CAkey", path(f"@{issuer}")) if issuer else ()
    added = [word for extension in extensions for word in ("-addext", extension)]
    command = [
        executable, "req", "-x509", "-nodes", "-newkey", *key, f"-{digest}", "-days", "30", "-subj", f"/CN={name}", *signed, *added,
        "-keyout", own, "-out", f"{own}.crt",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=certificates)
    with open(own, "a") as file:
        file.write(Path(f"{own}.crt").read_text())


CURVE = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")
SHORT = ("rsa:1024",)
AUTHORITY = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")
LEAF = ("basicConstraints=critical,CA:FALSE", "subjectAltName=DNS:weak.test")

certificate("strong-authority", CURVE, "sha256", None, *AUTHORITY)
certificate("short-authority", SHORT, "sha256", None, *AUTHORITY)
certificate("old-authority", CURVE, "sha1", None, *AUTHORITY)
certificate("old-between", CURVE, "sha1", "strong-authority", *AUTHORITY)
certificate("weak-digest", CURVE, "sha1", "strong-authority", *LEAF)
certificate("weak-digest-between", CURVE, "sha256", "old-between", *LEAF)
certificate("weak-key", SHORT, "sha256", "strong-authority", *LEAF)
certificate("weak-key-of-authority", CURVE, "sha256", "short-authority", *LEAF)
certificate("old-root", CURVE, "sha256", "old-authority", *LEAF)


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        """One request, and one answer; a server runs until its program closes the connection."""
        request = json.loads(self.rfile.readline())
        process = start(request["arguments"])
        lines = []
        try:
            if request["arguments"][0] == "s_server":
                while not (line := process.stdout.readline()).startswith("ACCEPT"):
                    lines.append(line)
                    if not line:
                        raise OSError("".join(lines))
                self.say({"port": int(line.rpartition(":")[2])})
                self.rfile.readline()
                process.terminate()
                self.say(finish(process, lines))
            else:
                self.say(finish(process, lines, request["input"]))
        finally:
            process.kill()
            process.wait()

    def say(self, answer):
        self.wfile.write(json.dumps(answer).encode() + b"\n")


server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
