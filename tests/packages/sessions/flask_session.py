# packages: Flask==3.1.3 requests==2.34.2 blinker==1.9.0 certifi==2026.10.19.post1 charset-normalizer==3.5.3 click==8.5.1 idna==3.20
# packages: itsdangerous==2.2.0 Jinja2==3.1.6 urllib3==2.8.0 Werkzeug==3.1.9
# stripped: MarkupSafe==3.0.4
"""flask on werkzeug's threaded server: routes, sessions, templates, uploads, errors, a stream."""
import io
import logging
import threading

import flask
import requests
from werkzeug.serving import make_server

app = flask.Flask(__name__)
app.secret_key = b"secret"
logging.getLogger("werkzeug").setLevel(logging.CRITICAL)


@app.route("/hello/<name>")
def hello(name):
    flask.session["count"] = flask.session.get("count", 0) + 1
    return flask.render_template_string("hello {{ name }}, {{ session.count }}", name=name)


@app.post("/upload")
def upload():
    file = flask.request.files["file"]
    return {"name": file.filename, "length": len(file.read())}


@app.route("/stream")
def stream():
    return flask.Response((f"{number} " for number in range(5)), mimetype="text/plain")


@app.errorhandler(404)
def missing(error):
    return "nothing here", 404


server = make_server("127.0.0.1", 0, app, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
with requests.Session() as session:
    print(session.get(url + "/hello/<you>").text)
    print(session.get(url + "/hello/again").text)
    print(session.post(url + "/upload", files={"file": ("f.bin", io.BytesIO(b"z" * 70000))}).json())
    print(session.get(url + "/stream").text)
    print(session.get(url + "/none").status_code, session.get(url + "/none").text)
server.shutdown()
server.server_close()
