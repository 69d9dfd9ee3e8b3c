"""Fetch a page with nothing but Python's standard library: `fetch.py URL`."""

import sys
import urllib.request


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} URL")
    with urllib.request.urlopen(sys.argv[1], timeout=10) as response:
        print(response.status, response.reason)
        sys.stdout.write(response.read().decode("utf-8", "replace"))


if __name__ == "__main__":
    main()
