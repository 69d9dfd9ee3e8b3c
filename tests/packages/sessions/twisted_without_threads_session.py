# packages: Twisted==26.10.0 attrs==26.1.0 constantly==23.10.4 hyperlink==21.0.0 idna==3.20 Incremental==24.11.0
# packages: typing_extensions==4.16.0
# stripped: zope.interface==8.7
# options: --no-threads
"""twisted: `deferToThread()` and names, where the reactor's pool has no threads."""
from twisted.internet import defer, reactor, threads


def square(number):
    if number == 3:
        raise ValueError("three")
    return number * number


@defer.inlineCallbacks
def main():
    print((yield threads.deferToThread(square, 7)))
    try:
        yield threads.deferToThread(square, 3)
    except ValueError as error:
        print("failed:", error)
    print((yield defer.gatherResults([threads.deferToThread(square, number) for number in (1, 2, 4)])))
    print((yield reactor.resolve("127.0.0.1")))
    reactor.stop()


reactor.callWhenRunning(main)
reactor.run()
print("end")
