# packages: python-socks==3.2.1 pproxy==2.7.9
"""python-socks: its synchronous and asynchronous proxies, against pproxy."""
import asyncio
import threading

import pproxy
from python_socks import ProxyConnectionError, ProxyType
from python_socks.async_.asyncio import Proxy as AsyncProxy
from python_socks.sync import Proxy


async def answer(reader, writer):
    writer.write((await reader.readline()).upper())
    writer.close()


def ask(kind, proxy_port, port):
    with Proxy.create(kind, "127.0.0.1", proxy_port).connect("127.0.0.1", port, timeout=20) as sock:
        sock.sendall(b"from a thread\n")
        return sock.recv(100)


async def main():
    target = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = target.sockets[0].getsockname()[1]
    proxy = await pproxy.Server("http+socks5+socks4://127.0.0.1:0").start_server({"rserver": [], "verbose": lambda text: None})
    proxy_port = proxy.sockets[0].getsockname()[1]
    for kind in ProxyType:
        print(kind.name, await asyncio.to_thread(ask, kind, proxy_port, port))
        sock = await AsyncProxy.create(kind, "127.0.0.1", proxy_port).connect("127.0.0.1", port)
        reader, writer = await asyncio.open_connection(sock=sock)
        writer.write(b"from the loop\n")
        print(await reader.read())
        writer.close()
    proxy.close()
    await proxy.wait_closed()
    try:
        await AsyncProxy.create(ProxyType.SOCKS5, "127.0.0.1", proxy_port).connect("127.0.0.1", port, timeout=20)
    except ProxyConnectionError as error:
        print(type(error).__name__)
    target.close()


asyncio.run(main())
print(threading.active_count())
