"""A mail server that keeps nothing: it answers DATA with what it understood; prints its port."""
import hashlib
import os
import socketserver
import ssl
import sys


class Handler(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 test mail server")
        recipients = []
        while line := self.rfile.readline().decode().strip():
            command = line.split()[0].upper()
            if command in ("EHLO", "HELO"):
                self.say("250-test")
                if context is not None and not isinstance(self.connection, ssl.SSLSocket):
                    self.say("250-STARTTLS")
                self.say("250 SIZE 1000000")
            elif command == "STARTTLS" and context is not None:
                self.say("220 go on")
                self.request = context.wrap_socket(self.connection, server_side=True)
                self.setup()
            elif command == "RCPT":
                good = "nobody" not in line
                recipients += [line] * good
                self.say("250 ok" if good else "550 no such user")
            elif command == "DATA":
                self.say("354 go on")
                lines = []
                while (part := self.rfile.readline()) != b".\r\n":
                    lines.append(part)
                self.say(f"250 {len(recipients)} recipients {len(lines)} lines {hashlib.md5(b''.join(lines[-1:])).hexdigest()}")
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


context = None
if os.path.exists(os.path.join(sys.argv[1], "good.pem")):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(os.path.join(sys.argv[1], "good.pem"))
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
