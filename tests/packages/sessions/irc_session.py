# packages: irc==20.5.0 jaraco.collections==5.2.1 jaraco.context==6.1.2 jaraco.functools==4.6.0 jaraco.logging==3.4.0
# packages: jaraco.stream==3.0.4 jaraco.text==4.3.0 more-itertools==11.2.1 python-dateutil==4.0.0 tempora==5.13.0
# packages: backports.tarfile==1.2.0 importlib_resources==7.1.0
"""irc: its test server in a thread, and two clients in one reactor."""
import threading

import irc.client
from irc.server import IRCClient, IRCServer

server = IRCServer(("127.0.0.1", 0), IRCClient)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
reactor = irc.client.Reactor()
one = reactor.server().connect("127.0.0.1", server.server_address[1], "one")
two = reactor.server().connect("127.0.0.1", server.server_address[1], "two")
said = []
joined = set()


def welcome(connection, event):
    connection.join("#room")


def join(connection, event):
    if connection.get_nickname() == event.source.nick:
        joined.add(event.source.nick)
    if joined == {"one", "two"} and not said:
        said.append(None)
        one.privmsg("#room", "hello all")


def message(connection, event):
    said.append((connection.get_nickname(), event.source.nick, event.target, event.arguments))


reactor.add_global_handler("welcome", welcome)
reactor.add_global_handler("join", join)
reactor.add_global_handler("pubmsg", message)
while len(said) < 2:
    reactor.process_once(0.1)
print(sorted(joined), said[1])
reactor.disconnect_all()
server.shutdown()
server.server_close()
