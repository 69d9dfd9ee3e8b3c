# packages: ftputil==5.2.0 aioftp==0.28.3
"""ftputil: files and folders of aioftp's server, which runs in another thread."""
import asyncio
import ftplib
import queue
import tempfile
import threading
from pathlib import Path

import aioftp
import ftputil
import ftputil.session

ports = queue.Queue()


async def serve(folder):
    global loop, over
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    user = aioftp.User("me", "secret", base_path=folder, permissions=[aioftp.Permission("/")])
    server = aioftp.Server([user])
    await server.start("127.0.0.1", 0)
    ports.put(server.server_port)
    await over.wait()
    await server.close()


with tempfile.TemporaryDirectory() as folder:
    thread = threading.Thread(target=asyncio.run, args=[serve(Path(folder))])
    thread.start()
    factory = ftputil.session.session_factory(base_class=ftplib.FTP, port=ports.get(timeout=20), encoding="utf-8")
    with ftputil.FTPHost("127.0.0.1", "me", "secret", session_factory=factory) as host:
        host.mkdir("sub")
        with host.open("sub/text.txt", "w") as file:
            file.writelines(f"line {number}\n" for number in range(1000))
        with host.open("sub/text.txt") as file:
            print(sum(1 for line in file))
        print(host.listdir("sub"), host.path.getsize("sub/text.txt"), host.path.isdir("sub"))
        host.rmtree("sub")
        print(host.listdir("."))
    loop.call_soon_threadsafe(over.set)
    thread.join()
