# packages: uvicorn==0.54.0 starlette==1.10.0 httpx==0.28.1 anyio==4.16.0 certifi==2026.10.19.post1 click==8.5.1 h11==0.16.0
# packages: httpcore==1.0.9 idna==3.20 typing_extensions==4.16.0
"""uvicorn with starlette: routes, JSON, a stream, a background task, lifespan; SIGINT from a thread ends it."""
import asyncio
import os
import signal
import socket
import threading
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route


@asynccontextmanager
async def lifespan(app):
    print("start")
    threading.Thread(target=client).start()
    yield
    print("stop")


async def echo(request):
    return JSONResponse({"got": await request.json(), "path": request.path_params["name"]})


async def numbers(request):
    async def parts():
        for number in range(3):
            await asyncio.sleep(0)
            yield f"{number}\n"
    return StreamingResponse(parts())


def blocking(request):
    return PlainTextResponse("from a thread", background=BackgroundTask(done.append, "background"))


def client():
    with httpx.Client(base_url=url) as http:
        print(http.post("/echo/x", json=[1, 2]).json())
        print(http.get("/numbers").text.split())
        print(http.get("/blocking").text, http.get("/nothing").status_code)
    os.kill(os.getpid(), signal.SIGINT)


done = []
listener = socket.create_server(("127.0.0.1", 0))
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
routes = [Route("/echo/{name}", echo, methods=["POST"]), Route("/numbers", numbers), Route("/blocking", blocking)]
config = uvicorn.Config(Starlette(routes=routes, lifespan=lifespan), log_level="critical")
try:
    uvicorn.Server(config).run(sockets=[listener])
except KeyboardInterrupt:
    print("KeyboardInterrupt")
print(done)
