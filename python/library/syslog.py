"""An interface to the Unix syslog library routines.

Messages go to the socket `/dev/log`, if something listens there, and are lost otherwise, as on Linux.
"""

import os
import socket as _socket
import sys
import time

LOG_EMERG, LOG_ALERT, LOG_CRIT, LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG = range(8)
LOG_PID, LOG_CONS, LOG_ODELAY, LOG_NDELAY, LOG_NOWAIT, LOG_PERROR = 1, 2, 4, 8, 16, 32
LOG_KERN, LOG_USER, LOG_MAIL, LOG_DAEMON, LOG_AUTH, LOG_SYSLOG, LOG_LPR, LOG_NEWS, LOG_UUCP, LOG_CRON, LOG_AUTHPRIV = (
    number << 3 for number in range(11)
)
LOG_FTP = 11 << 3
LOG_LOCAL0, LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4, LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7 = (
    number << 3 for number in range(16, 24)
)

_PRIORITIES = 7
_ALL = 0xFF
_SOCKET = "/dev/log"


class _Log:
    """What `openlog()` and `setlogmask()` have set."""

    ident = None
    options = 0
    facility = LOG_USER
    mask = _ALL


def openlog(ident=None, logoption=0, facility=LOG_USER):
    """Set logging options of subsequent syslog() calls."""
    if ident is not None and not isinstance(ident, str):
        raise TypeError(f"openlog() argument 'ident' must be str, not {type(ident).__name__}")
    if ident is None and sys.argv and sys.argv[0]:
        ident = sys.argv[0].rpartition("/")[2]
    if ident is not None:
        ident.encode()
    sys.audit("syslog.openlog", ident, logoption, facility)
    _Log.ident, _Log.options, _Log.facility = ident, logoption, facility


def syslog(priority, message=None, /):
    """Send the string message to the system logger."""
    if message is None:
        priority, message = LOG_INFO, priority
    if not isinstance(message, str):
        raise TypeError(f"syslog() argument must be str, not {type(message).__name__}")
    sys.audit("syslog.syslog", priority, message)
    if _Log.ident is None:
        openlog()
    if not _Log.mask & LOG_MASK(priority & _PRIORITIES):
        return
    process = f"[{os.getpid()}]" if _Log.options & LOG_PID else ""
    line = f"{_Log.ident or ''}{process}: {message}"
    if _Log.options & LOG_PERROR and sys.stderr is not None:
        print(line.rstrip("\n"), file=sys.stderr)
    if not priority & ~_PRIORITIES:
        priority |= _Log.facility
    stamp = time.strftime("%b %e %H:%M:%S")
    _send(f"<{priority}>{stamp} {line}".encode(errors="replace"))


def closelog():
    """Reset the syslog module values."""
    sys.audit("syslog.closelog")
    _Log.ident, _Log.options, _Log.facility = None, 0, LOG_USER


def setlogmask(maskpri, /):
    """Set the priority mask to maskpri and return the previous mask value."""
    sys.audit("syslog.setlogmask", maskpri)
    previous = _Log.mask
    _Log.mask = maskpri or previous
    return previous


def LOG_MASK(pri, /):
    """Calculates the mask for the individual priority pri."""
    return 1 << pri


def LOG_UPTO(pri, /):
    """Calculates the mask for all priorities up to and including pri."""
    return (1 << pri + 1) - 1


def _send(line):
    """Give a line to whoever listens."""
    with _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM) as log:
        log.setblocking(False)
        try:
            log.connect(_SOCKET)
            log.send(line)
        except OSError:
            pass  # nobody does
