# packages: pysnmp==7.1.30 pyasn1==0.6.5
"""pysnmp: an agent and a manager in one loop, SNMPv2c over UDP."""
import asyncio

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData, ContextData, ObjectIdentity, ObjectType, SnmpEngine, UdpTransportTarget, get_cmd, next_cmd,
)


async def main():
    agent = engine.SnmpEngine()
    transport = udp.UdpAsyncioTransport()
    config.add_transport(agent, udp.DOMAIN_NAME, transport.open_server_mode(("127.0.0.1", 0)))
    await asyncio.sleep(0)
    await transport._lport
    port = transport.transport.get_extra_info("sockname")[1]
    config.add_v1_system(agent, "area", "public")
    config.add_vacm_user(agent, 2, "area", "noAuthNoPriv", (1, 3, 6, 1), (1, 3, 6, 1))
    known = context.SnmpContext(agent)
    cmdrsp.GetCommandResponder(agent, known)
    cmdrsp.NextCommandResponder(agent, known)
    manager = SnmpEngine()
    target = await UdpTransportTarget.create(("127.0.0.1", port), timeout=10)
    access = (manager, CommunityData("public"), target, ContextData())
    name = ObjectType(ObjectIdentity("1.3.6.1.2.1.1.2.0"))
    error, status, index, found = await get_cmd(*access, name)
    print(error, int(status), found[0][1].prettyPrint())
    error, status, index, found = await next_cmd(*access, ObjectType(ObjectIdentity("1.3.6.1.2.1.1.1")))
    print(error, int(status), str(found[0][0].get_oid()))
    manager.close_dispatcher()
    agent.close_dispatcher()


asyncio.run(main())
