# packages: dnslib==0.9.26
"""dnslib: a server in a thread and its own client, over UDP and TCP."""
from dnslib import DNSRecord
from dnslib.fixedresolver import FixedResolver
from dnslib.server import DNSLogger, DNSServer

for tcp in (False, True):
    server = DNSServer(FixedResolver("abc.test 60 A 192.0.2.7"), "127.0.0.1", 0, tcp=tcp, logger=DNSLogger(logf=lambda text: None))
    server.start_thread()
    port = server.server.server_address[1]
    for name in ("abc.test", "other.test"):
        answer = DNSRecord.parse(DNSRecord.question(name).send("127.0.0.1", port, tcp=tcp, timeout=20))
        print(tcp, answer.short(), answer.q.qname)
    server.stop()
    server.server.server_close()
