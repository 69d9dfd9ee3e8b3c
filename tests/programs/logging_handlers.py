# peers: puppet
"""logging over TCP and UDP."""
import logging
import logging.handlers
import pickle
import struct

from support.puppet import Puppet

puppet = Puppet()
logger = logging.getLogger("test")
logger.setLevel(logging.INFO)
port = int(puppet.do("listen"))
stream = logging.handlers.SocketHandler("127.0.0.1", port)
logger.addHandler(stream)
logger.info("over %s", "TCP")
puppet.do("accept")
length = struct.unpack(">L", puppet.receive(4))[0]
print(pickle.loads(puppet.receive(length))["msg"])
logger.removeHandler(stream)
stream.close()
print(puppet.receive(1))

datagrams = logging.handlers.DatagramHandler("127.0.0.1", int(puppet.do("bind")))
logger.addHandler(datagrams)
logger.warning("over UDP")
data = bytes.fromhex(puppet.do("datagram").split()[1])
print(pickle.loads(data[4:])["levelname"])
logger.removeHandler(datagrams)
datagrams.close()
syslog = logging.handlers.SysLogHandler(("127.0.0.1", int(puppet.do("bind"))))
logger.addHandler(syslog)
logger.error("to syslog")
print(bytes.fromhex(puppet.do("datagram").split()[1]))
syslog.close()
