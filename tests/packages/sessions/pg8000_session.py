# packages: pg8000==1.31.6 asn1crypto==1.5.1 python-dateutil==4.0.0 scramp==1.5.0
"""pg8000: a connection that authenticates by MD5, asks and fails, against a small server of the program's own."""
import hashlib
import socketserver
import struct
import threading

import pg8000.native


class Server(socketserver.StreamRequestHandler):
    def message(self):
        kind, length = struct.unpack("!ci", self.rfile.read(5))
        return kind, self.rfile.read(length - 4)

    def say(self, kind, body=b""):
        self.wfile.write(kind + struct.pack("!i", len(body) + 4) + body)

    def handle(self):
        (length,) = struct.unpack("!i", self.rfile.read(4))
        self.rfile.read(length - 4)
        self.say(b"R", struct.pack("!i4s", 5, b"salt"))
        inner = hashlib.md5(b"secretuser").hexdigest().encode()
        right = b"md5" + hashlib.md5(inner + b"salt").hexdigest().encode() + b"\0"
        print("password", self.message()[1] == right)
        self.say(b"R", struct.pack("!i", 0))
        self.say(b"S", b"server_version\x0014.0\0")
        self.say(b"Z", b"I")
        while True:
            kind, body = self.message()
            if kind == b"Q" and b"broken" in body:
                self.say(b"E", b"SERROR\0C42601\0Msyntax error\0\0")
                self.say(b"Z", b"I")
            elif kind == b"Q":
                column = b"number\0" + struct.pack("!ihihih", 0, 0, 23, 4, -1, 0)
                self.say(b"T", struct.pack("!h", 1) + column)
                for number in (b"1", b"22", b"333"):
                    self.say(b"D", struct.pack("!hi", 1, len(number)) + number)
                self.say(b"C", b"SELECT 3\0")
                self.say(b"Z", b"I")
            elif kind == b"X":
                return


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server) as server:
    threading.Thread(target=server.serve_forever).start()
    connection = pg8000.native.Connection("user", "127.0.0.1", "base", server.server_address[1], "secret", ssl_context=False)
    print(connection.run("select number"), [column["name"] for column in connection.columns])
    try:
        connection.run("broken")
    except pg8000.native.DatabaseError as error:
        print(error.args[0]["M"])
    print(connection.row_count)
    connection.close()
    server.shutdown()
