# packages: WebTest==3.0.7 waitress==3.0.2 beautifulsoup4==4.15.0 legacy-cgi==2.6.4 soupsieve==4.1.3 typing_extensions==4.16.0
# packages: WebOb==1.8.11
"""WebTest: an application tested directly, and one behind its StopableWSGIServer."""
import urllib.request

from webtest import TestApp
from webtest.http import StopableWSGIServer


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    if environ["REQUEST_METHOD"] == "POST":
        return [b"<p>" + environ["wsgi.input"].read() + b"</p>"]
    return [b'<form method="POST" action="/send"><input name="a" value="1"><input type="submit"></form>']


app = TestApp(application)
form = app.get("/").forms[0]
form["a"] = "2"
print(form.submit().text, app.get("/").status)
server = StopableWSGIServer.create(application, host="127.0.0.1", port=0)
with urllib.request.urlopen(f"http://127.0.0.1:{server.effective_port}/", timeout=20) as answer:
    print(answer.status, answer.read()[:5])
print(server.shutdown())
