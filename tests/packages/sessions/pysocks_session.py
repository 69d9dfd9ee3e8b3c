# packages: PySocks==1.7.1
"""PySocks: a connection through a SOCKS 5 proxy of the program's own, with a password, and one that is refused."""
import socket
import socketserver
import threading

import socks


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline().upper())


class Proxy(socketserver.StreamRequestHandler):
    def handle(self):
        version, count = self.rfile.read(2)
        self.rfile.read(count)
        self.wfile.write(b"\x05\x02")
        self.rfile.read(1)
        name = self.rfile.read(self.rfile.read(1)[0])
        password = self.rfile.read(self.rfile.read(1)[0])
        if (name, password) != (b"me", b"secret"):
            self.wfile.write(b"\x01\x01")
            return
        self.wfile.write(b"\x01\x00")
        self.rfile.read(4)
        host, port = socket.inet_ntoa(self.rfile.read(4)), int.from_bytes(self.rfile.read(2), "big")
        try:
            onward = socket.create_connection((host, port))
        except ConnectionRefusedError:
            self.wfile.write(b"\x05\x05\x00\x01" + bytes(6))
            return
        self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
        with onward:
            onward.sendall(self.rfile.readline())
            self.wfile.write(onward.recv(100))


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as echo, socketserver.ThreadingTCPServer(("127.0.0.1", 0), Proxy) as proxy:
    for server in (echo, proxy):
        threading.Thread(target=server.serve_forever).start()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()
    for address, password in ((echo.server_address, "secret"), (echo.server_address, "wrong"), (nobody, "secret")):
        with socks.socksocket() as sock:
            sock.set_proxy(socks.SOCKS5, *proxy.server_address, username="me", password=password)
            sock.settimeout(20)
            try:
                sock.connect(address)
                sock.sendall(b"hello\n")
                print(sock.recv(100))
            except socks.ProxyError as error:
                print(type(error).__name__, error.msg)
    echo.shutdown()
    proxy.shutdown()
