"""A TLS server that shows the certificate for the name that a client asks for. What comes in goes back in capital letters.

`protocols.test` knows protocols, `asks-back.test` wants a certificate of the client. After `ragged` it closes without a word.
"""
import socket
import ssl
import sys
from pathlib import Path

from accepting import accept_for_ever

folder = Path(sys.argv[1])


def context_for(kind):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{kind}.pem")
    if kind == "protocols":
        context.set_alpn_protocols(["second", "first"])
    if kind == "asks-back":
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(folder / "authority.pem")
    return context


AUTHORITIES = ("authority", "stranger")
contexts = {path.stem: context_for(path.stem) for path in folder.glob("*.pem") if path.stem not in AUTHORITIES}


def choose(connection, name, context):
    connection.context = contexts[name.partition(".")[0] if name else "good"]


def serve(connection):
    with first.wrap_socket(connection, server_side=True) as tls:
        while data := tls.recv(65536):
            if data == b"ragged":
                socket.socket(fileno=tls.detach()).close()
                return
            tls.sendall(data.upper())
        tls.unwrap()


first = context_for("good")
first.sni_callback = choose
accept_for_ever(serve)
