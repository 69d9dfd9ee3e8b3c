# packages: dnspython==2.9.2 dnslib==0.9.26
"""dnspython: a resolver over UDP and TCP, asynchronous too, against dnslib's server."""
import asyncio

import dns.asyncresolver
import dns.message
import dns.query
import dns.resolver
from dnslib import RR, QTYPE
from dnslib.server import BaseResolver, DNSLogger, DNSServer


class Zone(BaseResolver):
    def resolve(self, request, handler):
        reply, name = request.reply(), str(request.q.qname)
        if name.startswith("www"):
            reply.add_answer(*RR.fromZone(f"{name} 60 A 192.0.2.1\n{name} 60 A 192.0.2.2"))
        elif name.startswith("large"):
            reply.add_answer(*RR.fromZone("\n".join(f'{name} 60 TXT "{number:0200}"' for number in range(30))))
        else:
            reply.header.rcode = 3
        return reply


quiet = DNSLogger(logf=lambda text: None)
tcp = DNSServer(Zone(), address="127.0.0.1", port=0, tcp=True, logger=quiet)
port = tcp.server.server_address[1]
udp = DNSServer(Zone(), address="127.0.0.1", port=port, logger=quiet)
tcp.start_thread()
udp.start_thread()
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port, resolver.lifetime = ["127.0.0.1"], port, 20
print(sorted(record.to_text() for record in resolver.resolve("www.test", "A")))
print(len(resolver.resolve("large.test", "TXT", tcp=True)))
try:
    resolver.resolve("none.test", "A")
except dns.resolver.NXDOMAIN as error:
    print(type(error).__name__)
answer = dns.query.tcp(dns.message.make_query("large.test", "TXT"), "127.0.0.1", port=port, timeout=20)
print(len(answer.answer[0]))


async def main():
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], port
    answers = await asyncio.gather(*(resolver.resolve(f"www{number}.test", "A") for number in range(5)))
    print([len(answer) for answer in answers])


asyncio.run(main())
for server in (udp, tcp):
    server.stop()
    server.server.server_close()
