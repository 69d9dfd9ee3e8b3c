"""inet_aton, inet_ntoa, inet_pton, inet_ntop."""
import socket

from support import outcome

for text in ("127.0.0.1", "1", "1.2", "1.2.3", "0x7f.1", "010.1.1.1", "255.255.255.255", "256.1.1.1", "", "1.2.3.4.5", "1.2.3.4 x", "a.b.c.d", "1."):
    outcome(f"aton {text!r}", socket.inet_aton, text)
for packed in (b"\x7f\0\0\x01", b"\xff" * 4, b"", b"123", b"12345"):
    outcome(f"ntoa {packed!r}", socket.inet_ntoa, packed)
outcome("ntoa bytearray", socket.inet_ntoa, bytearray(b"\1\2\3\4"))
outcome("ntoa text", socket.inet_ntoa, "1234")
for text in ("1.2.3.4", "1.2.3", "01.2.3.4", "1.2.3.256", ""):
    outcome(f"pton4 {text!r}", socket.inet_pton, socket.AF_INET, text)
for text in ("::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "fe80::1", "1::2::3", ":::", "12345::", "::1%lo", "1:2:3:4:5:6:7:1.2.3.4", "", "::1.2.3"):
    outcome(f"pton6 {text!r}", socket.inet_pton, socket.AF_INET6, text)
for packed in (
    bytes(16), bytes(15) + b"\1", b"\xfe\x80" + bytes(13) + b"\1", b"\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\1", bytes(10) + b"\xff\xff\1\2\3\4",
    bytes(12) + b"\1\2\3\4", b"\0\1" * 8, b"\0\1\0\0\0\1" + b"\0\1" * 5, bytes(4),
):
    outcome(f"ntop6 {packed.hex()}", socket.inet_ntop, socket.AF_INET6, packed)
outcome("ntop4", socket.inet_ntop, socket.AF_INET, b"\1\2\3\4")
outcome("ntop4 long", socket.inet_ntop, socket.AF_INET, b"12345")
outcome("ntop family", socket.inet_ntop, 99, b"1234")
outcome("pton family", socket.inet_pton, 99, "1.2.3.4")
