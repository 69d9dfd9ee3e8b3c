# packages: gunicorn==27.0.1
"""gunicorn: its master forks a worker that answers, and ends with it by SIGTERM."""
import os
import signal
import threading
import urllib.request

from gunicorn.app.base import BaseApplication


class Application(BaseApplication):
    def load_config(self):
        self.cfg.set("bind", "127.0.0.1:0")
        self.cfg.set("loglevel", "critical")
        self.cfg.set("when_ready", lambda arbiter: threading.Thread(target=ask, args=[arbiter]).start())

    def load(self):
        return application


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


def ask(arbiter):
    port = arbiter.LISTENERS[0].getsockname()[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/path", timeout=10) as answer:
        print(answer.status, answer.read(), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)


Application().run()
