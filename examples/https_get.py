"""Fetch a page over TLS with nothing but Python's standard library: `https_get.py URL [CERTIFICATES]`."""

import ssl
import sys
import urllib.request


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(f"usage: {sys.argv[0]} URL [CERTIFICATES]")
    # Without a file of certificates to trust, Mozilla's authorities are trusted.
    context = ssl.create_default_context(cafile=sys.argv[2] if len(sys.argv) == 3 else None)
    with urllib.request.urlopen(sys.argv[1], timeout=10, context=context) as response:
        print(response.status, response.reason)
        sys.stdout.write(response.read().decode("utf-8", "replace"))


if __name__ == "__main__":
    main()
