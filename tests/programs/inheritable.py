"""Descriptors are not inheritable, and os knows them."""
import os
import socket

from support import connected, outcome

ours, theirs = connected()
print(ours.get_inheritable(), os.get_inheritable(ours.fileno()))
ours.set_inheritable(True)
copy = ours.dup()
print(ours.get_inheritable(), copy.get_inheritable())
print(os.get_blocking(ours.fileno()))
os.set_blocking(ours.fileno(), False)
outcome("recv", ours.recv, 1)
print("timeout of the object", ours.gettimeout())
os.set_blocking(ours.fileno(), True)
print(os.isatty(ours.fileno()))
os.write(ours.fileno(), b"through os")
print(os.read(theirs.fileno(), 100))
number = ours.detach()
os.close(number)
outcome("closed", os.fstat, number)
copy.close()
print(theirs.recv(1))
