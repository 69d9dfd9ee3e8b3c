"""The other end of a connection, moved step by step: the peer `puppet`."""
import socket

from . import peer


class Puppet:
    """Commands go over a connection of their own; each answer comes after the effect."""

    def __init__(self):
        self.control = socket.create_connection(peer("puppet"), timeout=None)
        self.answers = self.control.makefile("r", newline="\n")

    def start(self, *command):
        """Give a command and do not wait for its answer."""
        self.control.sendall((" ".join(map(str, command)) + "\n").encode())

    def finish(self):
        """The answer to the oldest command without one."""
        answer = self.answers.readline().rstrip("\n")
        if not answer.startswith("ok"):
            raise RuntimeError(answer or "the puppet has gone")
        return answer[3:]

    def do(self, *command):
        """Give a command and wait for its answer."""
        self.start(*command)
        return self.finish()

    def meet(self, receive_buffer=""):
        """Connect to the puppet: returns our end of the connection that it now holds."""
        port = int(self.do("listen", receive_buffer) if receive_buffer else self.do("listen"))
        ours = socket.create_connection(("127.0.0.1", port), timeout=None)
        self.do("accept")
        return ours

    def say(self, data):
        """Send bytes over the connection."""
        self.do("say", data.hex())

    def receive(self, count):
        """The next bytes that arrive at the puppet."""
        return bytes.fromhex(self.do("receive", count))

    def exchange(self, port, data):
        """Start a whole exchange with a server of ours; `exchanged` gives what the server sent."""
        self.start("exchange", port, data.hex())

    def exchanged(self):
        """What the server sent in the exchange that was started."""
        return bytes.fromhex(self.finish())

    def close(self):
        """Let go of the puppet."""
        self.answers.close()
        self.control.close()
