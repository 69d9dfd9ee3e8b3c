"""A file server with three files in memory, passive and active mode; prints its port."""
import socket
import socketserver


class Handler(socketserver.StreamRequestHandler):
    files = {"hello.txt": b"hello\r\nworld\r\n", "large.bin": bytes(range(256)) * 1024}

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def data_connection(self):
        if isinstance(self.data, tuple):
            return socket.create_connection(self.data)
        return self.data.accept()[0]

    def transfer(self, action):
        self.say("150 here it comes")
        with self.data_connection() as connection:
            action(connection)
        self.say("226 done")

    def receive(self, connection, name):
        self.files[name] = b"".join(iter(lambda: connection.recv(65536), b""))

    def handle(self):
        self.say("220 test file server")
        while line := self.rfile.readline().decode().strip():
            command, _, argument = line.partition(" ")
            if command == "USER":
                self.say("331 password?")
            elif command == "PASS":
                self.say("230 welcome")
            elif command == "PASV":
                self.data = socket.create_server(("127.0.0.1", 0))
                port = self.data.getsockname()[1]
                self.say(f"227 passive (127,0,0,1,{port // 256},{port % 256})")
            elif command == "EPSV":
                self.data = socket.create_server(("127.0.0.1", 0))
                self.say(f"229 extended passive (|||{self.data.getsockname()[1]}|)")
            elif command == "PORT":
                *host, high, low = argument.split(",")
                self.data = (".".join(host), int(high) * 256 + int(low))
                self.say("200 active")
            elif command in ("NLST", "LIST"):
                listing = "".join(f"{name}\r\n" for name in sorted(self.files)).encode()
                self.transfer(lambda connection: connection.sendall(listing))
            elif command == "RETR" and argument in self.files:
                self.transfer(lambda connection: connection.sendall(self.files[argument]))
            elif command == "STOR":
                self.transfer(lambda connection: self.receive(connection, argument))
            elif command == "SIZE" and argument in self.files:
                self.say(f"213 {len(self.files[argument])}")
            elif command == "QUIT":
                self.say("221 bye")
                return
            elif command in ("RETR", "SIZE"):
                self.say("550 no such file")
            else:
                self.say("200 ok")


server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
