# packages: simple-websocket==1.1.0 Flask==3.1.3 blinker==1.9.0 click==8.5.1 h11==0.16.0 itsdangerous==2.2.0 Jinja2==3.1.6
# packages: Werkzeug==3.1.9 wsproto==1.3.2
# stripped: MarkupSafe==3.0.4
"""simple-websocket: a websocket in a flask application, and its client, each with threads of its own."""
import logging
import threading

import flask
import simple_websocket
from werkzeug.serving import make_server

logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
app = flask.Flask(__name__)


@app.route("/echo", websocket=True)
def echo():
    connection = simple_websocket.Server.accept(flask.request.environ)
    try:
        while True:
            connection.send(connection.receive() + "?")
    except simple_websocket.ConnectionClosed:
        left.set()
    return ""


left = threading.Event()
server = make_server("127.0.0.1", 0, app, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = simple_websocket.Client(f"ws://127.0.0.1:{server.server_port}/echo")
for text in ("one", "two", "three"):
    client.send(text)
    print(client.receive(timeout=20))
print(client.receive(timeout=0.1))
client.close()
print(left.wait(20))
server.shutdown()
server.server_close()
