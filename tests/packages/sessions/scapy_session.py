# packages: scapy==2.8.0
"""scapy: packets are made, taken apart and sent over a stream socket."""
import socket
import threading

from scapy.all import DNS, DNSQR, IP, Raw, UDP, StreamSocket

packet = IP(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=1000, dport=53) / DNS(rd=1, qd=DNSQR(qname="www.test"))
parsed = IP(bytes(packet))
print(parsed.summary(), hex(parsed[UDP].chksum), parsed[DNSQR].qname)
with socket.create_server(("127.0.0.1", 0)) as listener:
    def serve():
        sock, _ = listener.accept()
        with sock:
            sock.sendall(sock.recv(100)[::-1])
    thread = threading.Thread(target=serve)
    thread.start()
    stream = StreamSocket(socket.create_connection(listener.getsockname()), Raw)
    print(stream.sr1(Raw(b"abc"), timeout=20, verbose=False).load)
    stream.close()
    thread.join()
