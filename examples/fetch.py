"""Fetch a page with nothing but Python's standard library: `fetch.py URL`."""

import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} URL")
    url = urlsplit(sys.argv[1])
    connection = HTTPConnection(url.hostname, url.port, timeout=10)
    try:
        connection.request("GET", url.path or "/")
        response = connection.getresponse()
        print(response.status, response.reason)
        sys.stdout.write(response.read().decode("utf-8", "replace"))
    finally:
        connection.close()


if __name__ == "__main__":
    main()
