# packages: websockets==15.0.1
"""websockets: the server and the clients with threads instead of asyncio."""
import threading
from concurrent.futures import ThreadPoolExecutor

from websockets.sync.client import connect
from websockets.sync.server import serve


def handler(websocket):
    for message in websocket:
        websocket.send(message.upper())


def talk(number):
    with connect(f"ws://127.0.0.1:{port}") as client:
        said = []
        for turn in range(5):
            client.send(f"client {number} turn {turn}")
            said.append(client.recv(timeout=20))
        return said


with serve(handler, "127.0.0.1", 0) as server:
    port = server.socket.getsockname()[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with ThreadPoolExecutor(6) as executor:
        for said in executor.map(talk, range(6)):
            print(said[0], len(said))
    with connect(f"ws://127.0.0.1:{port}") as client:
        try:
            client.recv(timeout=0.1)
        except TimeoutError:
            print("nothing came")
    server.shutdown()
    thread.join()
