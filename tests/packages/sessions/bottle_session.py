# packages: bottle==0.13.4 waitress==3.0.2
"""bottle on waitress: routes, JSON, a static file, errors."""
import os
import tempfile
import threading
import urllib.error
import urllib.request

import bottle
import waitress

app = bottle.Bottle()
folder = tempfile.mkdtemp()
with open(os.path.join(folder, "page.txt"), "w") as file:
    file.write("static")


@app.get("/add/<a:int>/<b:int>")
def add(a, b):
    return {"sum": a + b}


@app.post("/form")
def form():
    return bottle.template("{{name}} & {{!name}}", name=bottle.request.forms.name)


@app.get("/file/<name>")
def static(name):
    return bottle.static_file(name, root=folder)


server = waitress.create_server(app, host="127.0.0.1", port=0)
threading.Thread(target=server.run, daemon=True).start()
url = f"http://127.0.0.1:{server.effective_port}"
for path, data in (("/add/2/3", None), ("/form", b"name=%3Cb%3E"), ("/file/page.txt", None), ("/file/none", None)):
    try:
        with urllib.request.urlopen(url + path, data) as answer:
            print(path, answer.status, answer.headers["Content-Type"], answer.read())
    except urllib.error.HTTPError as error:
        with error:
            print(path, error.code)
server.close()
