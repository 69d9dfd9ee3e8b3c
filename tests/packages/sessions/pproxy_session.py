# packages: pproxy==2.7.9
"""pproxy: a proxy for HTTP and SOCKS in one loop, used by its own client and by plain requests."""
import asyncio

import pproxy


async def answer(reader, writer):
    writer.write((await reader.readline()).upper())
    writer.close()


async def main():
    target = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = target.sockets[0].getsockname()
    proxy = await pproxy.Server("http+socks5+socks4://127.0.0.1:0").start_server({"rserver": [], "verbose": lambda text: None})
    proxy_port = proxy.sockets[0].getsockname()[1]
    for kind in ("socks5", "socks4", "http"):
        reader, writer = await pproxy.Connection(f"{kind}://127.0.0.1:{proxy_port}").tcp_connect(host, port)
        writer.write(kind.encode() + b" hello\n")
        print(await reader.read())
        writer.close()
    proxy.close()
    target.close()


asyncio.run(main())
