"""Prints the names of `_socket`, `select` and their types, with the values of constants: `section|name|value`.

`cpython-3.14.txt` is what CPython 3.14 on x86-64 Linux prints."""
import _socket
import select
import socket

# What the import system sets, and texts for humans.
NOT_COMPARED = {"__loader__", "__spec__", "__file__", "__doc__", "__package__"}


def describe(value):
    if isinstance(value, bool | str):
        return repr(value)
    if isinstance(value, int):
        return repr(int(value))
    if isinstance(value, type):
        return f"type {value.__module__}.{value.__qualname__}"
    return type(value).__name__


def show(section, thing):
    for name in sorted(set(dir(thing)) - NOT_COMPARED):
        print(section, name, describe(getattr(thing, name)), sep="|")


show("_socket", _socket)
show("select", select)
show("_socket.socket", _socket.socket)
show("socket.socket", socket.socket)
show("select.epoll", select.epoll)
show("select.poll", type(select.poll()))
