"""The same worker on the socket module that componentize-py brings along."""

# componentize-py embeds what is imported while it builds; a lookup of any name asks for this one.
import encodings.idna  # noqa: F401

import worker


class Run:
    def run(self):
        worker.main()
