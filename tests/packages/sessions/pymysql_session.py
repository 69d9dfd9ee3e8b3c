# packages: PyMySQL==1.2.4
"""PyMySQL: a handshake, a query, an error, a ping, against a small server of the program's own."""
import socketserver
import struct
import threading

import pymysql


class Server(socketserver.StreamRequestHandler):
    def packet(self):
        header = self.rfile.read(4)
        self.number = header[3] + 1
        return self.rfile.read(int.from_bytes(header[:3], "little"))

    def say(self, body):
        self.wfile.write(len(body).to_bytes(3, "little") + bytes([self.number]) + body)
        self.number += 1

    def okay(self):
        self.say(b"\x00\x00\x00\x02\x00\x00\x00")

    def handle(self):
        self.number = 0
        abilities = 0x0000A205
        self.say(b"\x0a8.0.0\0" + struct.pack("<I", 1) + b"12345678\0" + struct.pack("<H", abilities) + b"\x21\x02\0"
                 + struct.pack("<H", 0x0008) + bytes([21]) + bytes(10) + b"123456789012\0mysql_native_password\0")
        print("login", b"user" in self.packet())
        self.okay()
        while True:
            body = self.packet()
            if body[:1] == b"\x01":
                return
            if body == b"\x03broken":
                self.say(b"\xff" + struct.pack("<H", 1064) + b"#42000syntax error")
            elif body.startswith(b"\x03SELECT"):
                end = b"\xfe\x00\x00\x02\x00"
                self.say(b"\x01")
                parts = [b"def", b"", b"", b"", b"name", b"name"]
                column = b"".join(bytes([len(part)]) + part for part in parts)
                self.say(column + b"\x0c" + struct.pack("<HIBHBxx", 33, 100, 253, 0, 0))
                self.say(end)
                for value in (b"one", b"two"):
                    self.say(bytes([len(value)]) + value)
                self.say(end)
            else:
                self.okay()


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server) as server:
    threading.Thread(target=server.serve_forever).start()
    connection = pymysql.connect(host="127.0.0.1", port=server.server_address[1], user="user", password="secret")
    with connection.cursor() as cursor:
        print(cursor.execute("SELECT name"), cursor.fetchall())
        try:
            cursor.execute("broken")
        except pymysql.ProgrammingError as error:
            print(error.args)
    connection.ping()
    print(connection.get_server_info())
    connection.close()
    server.shutdown()
