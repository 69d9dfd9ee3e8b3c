# packages: websocket-client==1.9.2 websockets==15.0.1
"""websocket-client: WebSocketApp with its callbacks in a thread, and the simple client."""
import threading

import websocket
from websockets.sync.server import serve


def handler(connection):
    for message in connection:
        connection.send(message + "!")
        if message == "bye":
            return


def opened(app):
    app.send("hello")


def received(app, message):
    print("app", message)
    if message == "hello!":
        app.send("bye")


with serve(handler, "127.0.0.1", 0, close_timeout=1) as server:
    url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    client = websocket.create_connection(url, timeout=20)
    client.send("x" * 200000)
    print(len(client.recv()), client.connected)
    client.settimeout(0.1)
    try:
        client.recv()
    except websocket.WebSocketTimeoutException as error:
        print(type(error).__name__)
    client.close()
    closed = lambda app, status, text: print("closed", status)
    app = websocket.WebSocketApp(url, on_open=opened, on_message=received, on_close=closed)
    running = threading.Thread(target=app.run_forever)
    running.start()
    running.join()
    server.shutdown()
    thread.join()
