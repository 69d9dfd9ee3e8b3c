# packages: Django==5.2.19 requests==2.34.2 asgiref==3.13.0 certifi==2026.10.19.post1 charset-normalizer==3.5.3 idna==3.20
# packages: urllib3==2.8.0
# packages: sqlparse==0.6.1
"""Django: a project in one file on its threaded WSGI server, with forms, sessions in cookies, templates, errors."""
import threading
from wsgiref.simple_server import WSGIRequestHandler

import django
import requests
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template import Context, Template
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, SECRET_KEY="secret", LOGGING_CONFIG=None,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
)


def hello(request, name):
    request.session["count"] = request.session.get("count", 0) + 1
    text = Template("hello {{ name }} {{ count }}").render(Context({"name": name, "count": request.session["count"]}))
    return HttpResponse(text)


def form(request):
    return JsonResponse({"method": request.method, "a": request.POST.getlist("a")})


def stream(request):
    return StreamingHttpResponse(f"{number} " for number in range(5))


def missing(request):
    raise Http404


urlpatterns = [path("hello/<str:name>", hello), path("form", form), path("stream", stream), path("missing", missing)]


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
server.set_app(get_wsgi_application())
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
with requests.Session() as session:
    print(session.get(url + "/hello/<you>").text, session.get(url + "/hello/again").text)
    print(session.post(url + "/form", data={"a": ["1", "2"]}).json())
    print(session.get(url + "/stream").text, session.get(url + "/missing").status_code, django.VERSION[0] > 4)
server.shutdown()
server.server_close()
