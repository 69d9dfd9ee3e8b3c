"""Sockets refuse to be pickled and copied."""
import copy
import pickle
import socket

from support import outcome

with socket.socket() as sock:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        outcome(protocol, pickle.dumps, sock, protocol)
    outcome("copy", copy.copy, sock)
    outcome("deepcopy", copy.deepcopy, sock)
    for protocol in (2, 5):
        print(pickle.loads(pickle.dumps(sock.family, protocol)), pickle.loads(pickle.dumps(sock.type, protocol)))
