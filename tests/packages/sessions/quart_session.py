# packages: Quart==0.22.0 httpx==0.28.1 Hypercorn==0.18.0 aiofiles==25.1.0 anyio==4.16.0 blinker==1.9.0 certifi==2026.10.19.post1
# packages: click==8.5.1 Flask==3.1.3 h11==0.16.0 h2==4.4.1 hpack==4.2.0 httpcore==1.0.9 hyperframe==6.1.0 idna==3.20
# packages: itsdangerous==2.2.0 Jinja2==3.1.6 priority==2.0.0 typing_extensions==4.16.0 Werkzeug==3.1.9 wsproto==1.3.2
# stripped: MarkupSafe==3.0.4
"""quart: an application on hypercorn in the same loop, asked by httpx; a synchronous view runs in a thread."""
import asyncio
import socket

import httpx
import quart
from hypercorn.asyncio import serve
from hypercorn.config import Config

app = quart.Quart(__name__)


@app.post("/echo")
async def echo():
    return {"got": await quart.request.get_json()}


@app.get("/blocking/<int:number>")
def blocking(number):
    return str(number * 2)


@app.get("/events")
async def events():
    async def lines():
        for number in range(3):
            yield f"data: {number}\n\n"
    return lines(), 200, {"Content-Type": "text/event-stream"}


async def main():
    listener = socket.create_server(("127.0.0.1", 0))
    config, over = Config(), asyncio.Event()
    config.bind, config.loglevel = [f"fd://{listener.fileno()}"], "CRITICAL"
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=over.wait))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
        print((await client.post("/echo", json={"a": 1})).json())
        answers = await asyncio.gather(*(client.get(f"/blocking/{number}") for number in range(5)))
        print([answer.text for answer in answers])
        print((await client.get("/events")).text.split())
    over.set()
    await serving


asyncio.run(main())
