# peers: puppet
"""A peer that resets while we send: an exception, then EPIPE; nothing else."""
import select
import socket

from support import PATTERN, describe, outcome
from support.puppet import Puppet

puppet = Puppet()


def until_error(label, sock, call):
    try:
        for _ in range(10000):
            call()
        print(label, "never failed")
    except (ConnectionResetError, BrokenPipeError) as error:
        print(label, "failed as it should")
    outcome("then", sock.send, b"x")
    sock.close()


sock = puppet.meet()
puppet.start("reset")
until_error("send", sock, lambda: sock.send(b"x" * 100))
puppet.finish()

sock = puppet.meet(4096)
puppet.start("reset")
until_error("sendall", sock, lambda: sock.sendall(PATTERN))
puppet.finish()

sock = puppet.meet(4096)
sock.settimeout(30)
puppet.start("reset")
until_error("sendmsg", sock, lambda: sock.sendmsg([b"a" * 100, b"b"]))
puppet.finish()

sock = puppet.meet()
puppet.do("reset")
select.select([sock], [], [], 30)
file = sock.makefile("wb", 0)
until_error("makefile", sock, lambda: file.write(b"x"))
