"""What servers over sockets share: a listener that says its port, and a thread for each connection."""
import socket
import threading


def accept_for_ever(serve):
    """Print the port, and serve each connection; what its client makes of an error is what the test is about."""

    def guarded(connection):
        try:
            serve(connection)
        except OSError:
            pass

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=guarded, args=(connection,), daemon=True).start()
