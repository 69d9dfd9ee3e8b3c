"""Services and protocols, by name and by number."""
import socket

from support import outcome

for name in ("http", "https", "ssh", "smtp", "domain", "ntp", "imaps", "ldap", "mysql", "postgresql", "www", "echo"):
    outcome(name, socket.getservbyname, name)
outcome("tcp", socket.getservbyname, "domain", "tcp")
outcome("udp", socket.getservbyname, "domain", "udp")
outcome("ntp over tcp", socket.getservbyname, "ntp", "tcp")
outcome("unknown", socket.getservbyname, "no-such-service")
outcome("unknown protocol", socket.getservbyname, "http", "sctp")
for port in (22, 25, 53, 80, 110, 143, 443, 993, 5432):
    outcome(port, socket.getservbyport, port, "tcp")
outcome("53 udp", socket.getservbyport, 53, "udp")
outcome("unknown port", socket.getservbyport, 64999)
outcome("port 65536", socket.getservbyport, 65536)
outcome("negative", socket.getservbyport, -1)
for name in ("tcp", "udp", "icmp", "ip", "ipv6", "TCP", "ipv6-icmp", "sctp"):
    outcome(name, socket.getprotobyname, name)
outcome("unknown", socket.getprotobyname, "no-such-protocol")
