# packages: python-engineio==4.15.1 waitress==3.0.2 requests==2.34.2 websocket-client==1.9.2 certifi==2026.10.19.post1
# packages: charset-normalizer==3.5.3 h11==0.16.0 idna==3.20 simple-websocket==1.1.0 urllib3==2.8.0 wsproto==1.3.2
"""python-engineio: a server with threads on waitress, and its client over long polling."""
import queue
import threading

import engineio
import waitress

heard = queue.Queue()
server = engineio.Server(async_mode="threading")


@server.on("message")
def message(identifier, data):
    server.send(identifier, data * 2)


def nothing(environ, start_response):
    start_response("404 Not Found", [])
    return []


http = waitress.create_server(engineio.WSGIApp(server, nothing), host="127.0.0.1", port=0)
threading.Thread(target=http.run, daemon=True).start()
client = engineio.Client()
client.on("message", heard.put)
client.connect(f"http://127.0.0.1:{http.effective_port}", transports=["polling"])
for text in ("ab", "x" * 50000):
    client.send(text)
    print(len(heard.get(timeout=20)))
client.disconnect()
print(client.state)
