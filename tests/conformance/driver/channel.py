"""The channel to `cargo xtask conformance`: JSON lines over the standard streams, none of the sockets under test."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


class Channel:
    """Asks the relay and waits for its answer; takes its commands."""

    def __init__(self) -> None:
        """Take the standard streams; what tests print goes to the standard error stream from here on."""
        self._input = sys.stdin
        self._output = open(os.dup(1) if hasattr(os, "dup") and sys.platform != "wasi" else 1, "w", closefd=False)
        sys.stdout = sys.stderr

    def command(self) -> dict[str, Any] | None:
        """What to do next, or None at the end."""
        line = self._input.readline()
        return json.loads(line) if line else None

    def tell(self, message: dict[str, Any]) -> None:
        """Send a line that has no answer."""
        self._output.write(json.dumps(message) + "\n")
        self._output.flush()

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a line and wait for its answer."""
        self.tell(message)
        line = self._input.readline()
        if not line:
            raise SystemExit("the relay has gone")
        return json.loads(line)
