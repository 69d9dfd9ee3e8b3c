# packages: stomp.py==9.0.0 websocket-client==1.9.2
"""stomp.py: a connection with a receiving thread, against a small broker of the program's own."""
import socketserver
import threading

import stomp


class Broker(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            command = self.rfile.readline().strip().decode()
            if not command:
                continue
            headers = {}
            while line := self.rfile.readline().strip().decode():
                name, _, value = line.partition(":")
                headers[name] = value
            length = int(headers.get("content-length", 0))
            body = self.rfile.read(length + 1).rstrip(b"\0")
            if command in ("STOMP", "CONNECT"):
                self.send("CONNECTED", {"version": "1.1"})
            elif command == "SEND":
                self.send("MESSAGE", {"destination": headers["destination"], "message-id": "1", "subscription": "1"}, body)
            if "receipt" in headers:
                self.send("RECEIPT", {"receipt-id": headers["receipt"]})
            if command == "DISCONNECT":
                return

    def send(self, command, headers, body=b""):
        lines = [command] + [f"{name}:{value}" for name, value in headers.items()]
        self.wfile.write("\n".join(lines).encode() + b"\n\n" + body + b"\0")


class Listener(stomp.ConnectionListener):
    def on_message(self, frame):
        print("message", frame.headers["destination"], frame.body)
        got.release()

    def on_connected(self, frame):
        print("connected", frame.headers["version"])

    def on_disconnected(self):
        print("disconnected")
        got.release()


got = threading.Semaphore(0)
with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Broker) as server:
    threading.Thread(target=server.serve_forever).start()
    connection = stomp.Connection11([server.server_address])
    connection.set_listener("", Listener())
    connection.connect(wait=True)
    connection.subscribe("/queue/a", id="1")
    for text in ("one", "two"):
        connection.send("/queue/a", text)
        print(got.acquire(timeout=20))
    connection.disconnect(receipt="end")
    print(got.acquire(timeout=20))
    server.shutdown()
