# packages: waitress==3.0.2 requests==2.34.2 certifi==2026.10.19.post1 charset-normalizer==3.5.3 idna==3.20 urllib3==2.8.0
"""waitress: WSGI in a pool of threads, many clients at once, large bodies, the end of its pool."""
import threading
from concurrent.futures import ThreadPoolExecutor

import requests
import waitress


def application(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    names.add(threading.current_thread().name)
    barrier.wait(10)
    return [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)} ".encode(), b"x" * 20000]


names = set()
barrier = threading.Barrier(4)
server = waitress.create_server(application, host="127.0.0.1", port=0, threads=4)
threading.Thread(target=server.run, daemon=True).start()
url = f"http://127.0.0.1:{server.effective_port}"
with ThreadPoolExecutor(8) as executor:
    def ask(number):
        return requests.post(f"{url}/{number}", data=b"y" * 1000 * number).text
    answers = list(executor.map(ask, range(16)))
print([answer.split()[:3] for answer in answers], {answer.count("x") for answer in answers})
print("threads", len(names))
print("all ended", server.task_dispatcher.shutdown())
