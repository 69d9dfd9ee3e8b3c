# packages: Twisted==26.10.0 attrs==26.1.0 constantly==23.10.4 hyperlink==21.0.0 idna==3.20 Incremental==24.11.0
# packages: typing_extensions==4.16.0
# stripped: zope.interface==8.7
"""twisted: a line protocol, deferreds, a thread of the reactor's pool, a web server, the end by the reactor."""
from twisted.internet import defer, protocol, reactor, threads
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.protocols.basic import LineReceiver
from twisted.web import resource, server
from urllib.request import urlopen


class Upper(LineReceiver):
    def lineReceived(self, line):
        self.sendLine(line.upper())


class Client(LineReceiver):
    def connectionMade(self):
        self.answers = defer.DeferredQueue()

    def lineReceived(self, line):
        self.answers.put(line)


class Page(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        return b"page " + request.path


def fetch(port):
    with urlopen(f"http://127.0.0.1:{port}/some/path") as answer:
        return answer.status, answer.read()


@defer.inlineCallbacks
def main():
    lines = yield TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(protocol.Factory.forProtocol(Upper))
    client = yield connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", lines.getHost().port), Client())
    for line in (b"one", b"two"):
        client.sendLine(line)
        print((yield client.answers.get()))
    pages = yield TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(server.Site(Page()))
    print((yield threads.deferToThread(fetch, pages.getHost().port)))
    client.transport.loseConnection()
    yield lines.stopListening()
    yield pages.stopListening()
    reactor.stop()


def failed(failure):
    print(failure.getErrorMessage())
    reactor.stop()


reactor.callWhenRunning(lambda: main().addErrback(failed))
reactor.run()
print("over")
