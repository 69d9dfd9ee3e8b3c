"""The rest of a stream's bytes, where a call may wait for ever: all of them. An error on the way is the next call's."""

import socket

from .readiness import call
from .words import FLAGS, number


def is_for_all(sock, deadline):
    return deadline.tag == "never" and sock.sock.type == socket.SOCK_STREAM


def receive_rest(sock, data, most, flags, deadline):
    """What has been received and what is still to come; without `wait-all` nothing is."""
    bits = number(FLAGS, flags)
    while data and len(data) < most and "wait-all" in flags and "peek" not in flags and is_for_all(sock, deadline):
        try:
            more = call(sock, "readable", deadline, sock.sock.recv, most - len(data), bits)
        except OSError:
            break
        if not more:
            break
        data += more
    return data


def send_rest(sock, data, sent, flags, deadline):
    """How many of the bytes have been sent."""
    bits = number(FLAGS, flags - {"fast-open"})
    while sent < len(data) and is_for_all(sock, deadline):
        try:
            sent += call(sock, "writable", deadline, sock.sock.send, data[sent:], bits)
        except OSError:
            break
    return sent
