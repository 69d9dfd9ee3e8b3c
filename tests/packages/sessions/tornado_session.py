# stripped: tornado==6.6.1
"""tornado: its HTTP server and client, a websocket, a callback in an executor, all in one loop."""
import asyncio

import tornado
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler, websocket_connect


class Page(RequestHandler):
    async def get(self, name):
        self.write({"name": name, "there": await tornado.ioloop.IOLoop.current().run_in_executor(None, len, name)})

    def post(self, name):
        self.set_status(201)
        self.write(self.request.body[::-1])


class Echo(WebSocketHandler):
    def on_message(self, message):
        self.write_message(message * 2, binary=isinstance(message, bytes))


async def main():
    listener, port = bind_unused_port()
    server = HTTPServer(Application([(r"/page/(\w+)", Page), (r"/echo", Echo)]))
    server.add_sockets([listener])
    client = AsyncHTTPClient()
    url = f"http://127.0.0.1:{port}"
    print((await client.fetch(url + "/page/word")).body)
    answer = await client.fetch(url + "/page/word", method="POST", body="abc")
    print(answer.code, answer.body)
    try:
        await client.fetch(url + "/none")
    except HTTPClientError as error:
        print(error.code, error.message)
    connection = await websocket_connect(f"ws://127.0.0.1:{port}/echo")
    await connection.write_message("ab")
    await connection.write_message(b"\x01\x02", binary=True)
    print(await connection.read_message(), await connection.read_message())
    connection.close()
    server.stop()
    await server.close_all_connections()


asyncio.run(main())
