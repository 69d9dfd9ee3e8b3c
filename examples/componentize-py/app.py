"""Fetch a page, as a component made by stock componentize-py: its arguments are the page's URL."""

import wasocket  # first: from here on `socket` and all above it use its sockets

import sys
import urllib.request


class Run:
    def run(self) -> None:
        with urllib.request.urlopen(sys.argv[1], timeout=10) as response:
            print(response.status, response.read().decode(), end="")
