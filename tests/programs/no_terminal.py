# stdin: secret\n
"""Without a terminal: termios, tty and pty can be imported, getpass reads anyway, and each call says that there is none."""
import getpass
import os
import pty
import shutil
import sys
import termios
import tty
import warnings

from support import outcome

print(issubclass(termios.error, Exception), issubclass(termios.error, OSError), termios.error.__name__, callable(pty.spawn))


def refused(label, call, *arguments):
    try:
        call(*arguments)
    except termios.error as error:
        print(label, error.args[1])
    except (TypeError, ValueError) as error:
        print(label, type(error).__name__, error)


reader, writer = os.pipe()
for name, fd in (("input", sys.stdin), ("pipe", reader), ("closed", 99), ("negative", -1), ("text", "input")):
    refused(f"get {name}", termios.tcgetattr, fd)
refused("set", termios.tcsetattr, reader, termios.TCSANOW, [0] * 7)
refused("set too little", termios.tcsetattr, reader, termios.TCSANOW, [])
refused("drain", termios.tcdrain, reader)
refused("flush", termios.tcflush, reader, termios.TCIFLUSH)
refused("flow", termios.tcflow, reader, termios.TCOOFF)
refused("break", termios.tcsendbreak, reader, 0)
refused("size", termios.tcgetwinsize, reader)
refused("set size", termios.tcsetwinsize, reader, (24, 80))
refused("set no size", termios.tcsetwinsize, reader, (24,))
refused("raw", tty.setraw, reader)
refused("cbreak", tty.setcbreak, reader)
print(termios.ECHO, termios.ICANON, termios.TCSAFLUSH, termios.B115200, termios.TIOCGWINSZ, termios.VMIN)
outcome("size of a pipe", os.get_terminal_size, reader)
outcome("size of a closed one", os.get_terminal_size, 99)
outcome("name of a pipe", os.ttyname, reader)
outcome("group of a pipe", os.tcgetpgrp, reader)
print(os.ctermid(), shutil.get_terminal_size((33, 44)) if not {"COLUMNS", "LINES"} & set(os.environ) else "set")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(repr(getpass.getpass("Password: ", open(os.devnull, "w"))))
print([warning.category.__name__ for warning in caught if warning.category is getpass.GetPassWarning])
