# packages: tftpy==0.8.7
"""tftpy: a server in a thread, an upload and a download of many blocks over UDP."""
import os
import tempfile
import threading

import tftpy

with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "served.bin"), "wb") as file:
        file.write(bytes(range(256)) * 100)
    server = tftpy.TftpServer(folder)
    thread = threading.Thread(target=server.listen, args=["127.0.0.1", 0])
    thread.start()
    server.is_running.wait(20)
    client = tftpy.TftpClient("127.0.0.1", server.listenport)
    own = os.path.join(folder, "own.bin")
    client.download("served.bin", own)
    print(os.path.getsize(own))
    client.upload("uploaded.bin", own)
    try:
        client.download("none", own)
    except tftpy.TftpShared.TftpException as error:
        print(type(error).__name__)
    server.stop()
    thread.join()
    print(os.path.getsize(os.path.join(folder, "uploaded.bin")))
