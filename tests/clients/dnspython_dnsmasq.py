# peers: debian:dnsmasq udp-silent
"""dnspython: queries over UDP and TCP, truncation, names that are not there, a server that is silent, asyncio."""
import asyncio

import dns.asyncresolver
import dns.message
import dns.query
import dns.resolver

from support import peer

host, port = peer("dnsmasq")
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port, resolver.lifetime = [host], port, 10
for name, kind in (("www.test", "A"), ("www.test", "AAAA"), ("text.test", "TXT"), ("alias.test", "A"), ("mail.test", "MX")):
    print(name, kind, sorted(record.to_text() for record in resolver.resolve(name, kind)))
print("reverse", [record.to_text() for record in resolver.resolve_address("192.0.2.1")])
for name in ("missing.test", "www.test"):
    try:
        resolver.resolve(name, "A" if name.startswith("missing") else "SRV")
    except dns.exception.DNSException as error:
        print(name, type(error).__name__)
query = dns.message.make_query("large.test", "TXT", use_edns=False)
answer = dns.query.udp(query, host, port=port, timeout=5)
print("truncated", bool(answer.flags & dns.flags.TC))
answer, over_tcp = dns.query.udp_with_fallback(query, host, port=port, timeout=5)
print("fallback", over_tcp, len(answer.answer[0]))
print("tcp", len(dns.query.tcp(query, host, port=port, timeout=5).answer[0]))
silent_host, silent_port = peer("udp-silent")
try:
    dns.query.udp(query, silent_host, port=silent_port, timeout=0.2)
except dns.exception.Timeout as error:
    print(type(error).__name__)


async def main():
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [host], port
    answers = await asyncio.gather(*(resolver.resolve("www.test", "A") for _ in range(20)))
    print({record.to_text() for answer in answers for record in answer})


asyncio.run(main())
