"""A mail server that keeps nothing: it answers DATA with what it understood; prints its port."""
import hashlib
import socketserver


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
                self.say("250 SIZE 1000000")
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


server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
