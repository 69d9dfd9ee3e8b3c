# peers: puppet
"""recv_into fills buffers of every kind and refuses what is not one."""
import array

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
puppet.say(b"0123456789" * 4)
buffer = bytearray(8)
outcome("bytearray", sock.recv_into, buffer)
print(buffer)
outcome("nbytes", sock.recv_into, buffer, 3)
print(buffer)
outcome("keyword", sock.recv_into, buffer=buffer, nbytes=2)
outcome("memoryview", sock.recv_into, memoryview(buffer)[4:6])
print(buffer)
words = array.array("H", [0, 0])
outcome("array", sock.recv_into, words)
print(words.tobytes())
outcome("empty", sock.recv_into, bytearray())
outcome("too small", sock.recv_into, bytearray(3), 4)
outcome("negative", sock.recv_into, bytearray(3), -1)
outcome("bytes", sock.recv_into, b"abc")
outcome("text", sock.recv_into, "abc")
outcome("no buffer", sock.recv_into, None)
puppet.do("close")
