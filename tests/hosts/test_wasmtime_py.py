"""What the host of examples/wasmtime-py refuses, as a component gets it: an error, and never more than it was given."""

import array
import os
import socket
import threading
import unittest

from host import FUNCTIONS
from host.handles import answering
from host.poll_set import PollSet
from host.sockets import Socket
from host.values import record
from wasmtime.component import Variant

NOW, NEVER = Variant("now"), Variant("never")
UNIX, INET, STREAM = Variant("unix"), Variant("inet"), Variant("stream")


class Refusals(unittest.TestCase):
    def refused(self, code, function, *arguments):
        answer = answering(function.__name__, function)(None, *arguments)
        self.assertIsInstance(answer, Variant)
        error = answer.payload if answer.tag == "err" else answer
        self.assertEqual((error.tag, error.payload.code), ("os", code))

    def setUp(self):
        self.left, self.right, self.other = *Socket.pair(UNIX, STREAM, 0), Socket.create(UNIX, STREAM, 0)
        for sock in (self.left, self.right, self.other):
            self.addCleanup(sock._close)

    def test_descriptors_of_the_process_by_their_numbers(self):
        forged = array.array("i", [self.left.fileno()]).tobytes()
        rights = Variant("other", record(level=socket.SOL_SOCKET, type=socket.SCM_RIGHTS, data=forged))
        self.refused("invalid-argument", self.left.send_message, [b"x"], [rights], [], set(), None, NOW)
        self.refused("would-block", self.right.recv, 1, set(), NOW)

    def test_options_that_are_not_on_the_list(self):
        attach_filter = Variant("other", record(level=socket.SOL_SOCKET, name=26))
        self.refused("no-such-option", self.left.set_option, attach_filter, Variant("bytes", bytes(16)))
        self.refused("no-such-option", self.left.get_option, attach_filter)
        self.refused("not-supported", self.left.get_option, Variant("other", record(level=99, name=1)))
        self.refused("no-such-option", self.left.set_option, Variant("linger"), Variant("linger", None))

    def test_names_are_the_guests_own(self):
        path = Variant("unix", Variant("path", os.fsencode(__file__) + b".socket"))
        self.other.bind(path)
        self.assertFalse(os.path.exists(path.payload.payload))
        self.refused("address-in-use", self.left.bind, path)
        self.refused("no-such-entry", self.left.connect, Variant("unix", Variant("path", b"/run/systemd/notify")), NOW)
        self.refused("connection-refused", self.left.connect, Variant("unix", Variant("abstract", b"nobody")), NOW)

    def test_what_there_is_not(self):
        self.refused("socket-type-not-supported", Socket.create, INET, Variant("raw"), 1)
        self.refused("address-family-not-supported", Socket.create, Variant("other", 17), STREAM, 0)
        self.refused("invalid-argument", Socket.create, INET, STREAM, 1 << 31)
        self.refused("not-supported", PollSet().subscribe)
        self.refused("not-permitted", FUNCTIONS["sethostname"], "other")

    def test_a_set_reports_by_its_triggers(self):
        for trigger, again in ((set(), 1), ({"edge"}, 0), ({"one-shot"}, 0)):
            watched = PollSet()
            self.addCleanup(watched._close)
            watched.add_socket(7, self.left, {"readable"}, trigger)
            self.refused("exists", watched.add_socket, 7, self.right, {"readable"}, set())
            self.right.send(b"x", set(), NOW)
            self.assertEqual([(event.token, event.readiness) for event in watched.wait(NOW, 9)], [(7, {"readable"})])
            self.assertEqual(len(watched.wait(NOW, 9)), again)
            watched.modify(7, {"readable"}, trigger)
            self.assertEqual(len(watched.wait(NOW, 9)), 1)
            self.left.recv(1, set(), NOW)
            watched.remove(7)
            self.refused("no-such-entry", watched.modify, 7, set(), set())

    def test_what_may_wait_for_ever_completes(self):
        data, received = bytes(1 << 20), bytearray()

        def receive():
            while len(received) < len(data):
                received.extend(self.right.recv(1 << 20, {"wait-all"}, NEVER))

        thread = threading.Thread(target=receive)
        thread.start()
        self.assertEqual(self.left.send_message([data[1:], b"x"], [], [], set(), None, NEVER), len(data))
        thread.join()
        self.assertLess(self.left.send(data, set(), NOW), len(data))

    def test_what_nobody_has_thought_of(self):
        def broken():
            raise RuntimeError("why")

        answer = answering("broken", broken)(None)
        self.assertEqual((answer.tag, answer.payload.name, answer.payload.text), ("other", "RuntimeError", "why"))
        self.assertEqual(answering("getsockname", broken)(None).tag, "err")


if __name__ == "__main__":
    unittest.main()
