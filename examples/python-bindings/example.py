"""What the examples share: connecting as `socket.create_connection`, and a command whose `main` may fail."""

import sys
from collections.abc import Callable

from componentize_py_types import Err
from wit_world.imports import environment
from wit_world.imports.netdb import AddressInfoFlags, Getaddrinfo, Hints
from wit_world.imports.sockets import Socket
from wit_world.imports.types import Error_Os, Error_Timeout, SocketType

SECOND = 1_000_000_000


def connect(host: str, port: str, kind: SocketType, timeout: int) -> Socket:
    """A socket that is connected to the first address of a name that answers."""
    hints = Hints(family=None, type=kind, protocol=0, flags=AddressInfoFlags(0))
    refused: Exception = OSError(f"{host} has no address")
    for found in Getaddrinfo.create(host, port, hints).take(timeout):
        socket = Socket.create(found.family, found.type, found.protocol)
        socket.set_timeout(timeout)
        try:
            socket.connect(found.address)
            return socket
        except Err as error:
            socket.close()
            refused = error
    raise refused


def text(error: Err) -> str:
    """The contract's error in words."""
    match error.value:
        case Error_Os(os):
            return os.code.name.lower().replace("_", " ") + (f": {os.detail}" if os.detail else "")
        case Error_Timeout():
            return "timed out"
        case other:
            return str(getattr(other, "value", other))


def command(main: Callable[..., None]) -> type:
    """The export `wasi:cli/run`; what `main` raises is a line on standard error."""

    class Run:
        def run(self) -> None:
            try:
                main(*environment.get_arguments()[1:])
            except (Err, OSError, ValueError) as error:
                print(text(error) if isinstance(error, Err) else error, file=sys.stderr)
                raise Err(None) from None

    return Run
