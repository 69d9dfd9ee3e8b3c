"""The modules that build on sockets can be imported."""
import importlib

for name in (
    "asyncio", "concurrent.futures", "email.utils", "ftplib", "http.client", "http.cookiejar", "http.server", "imaplib", "logging.config",
    "logging.handlers", "mailbox", "poplib", "select", "selectors", "smtplib", "socket", "socketserver", "urllib.request", "urllib.robotparser",
    "uuid", "wsgiref.simple_server", "xmlrpc.client", "xmlrpc.server", "json", "hashlib", "random", "secrets", "tempfile", "threading", "queue",
    "subprocess", "signal", "struct", "datetime", "decimal", "re", "unittest", "argparse", "pathlib", "zipfile", "csv", "configparser",
):
    try:
        print(name, importlib.import_module(name).__name__ == name)
    except Exception as error:
        print(name, type(error).__name__, error)
