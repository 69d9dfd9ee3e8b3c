"""This module provides an interface to the Posix calls for tty I/O control.

WASI says whether a stream is a terminal, but neither what its modes are nor its size, and sets none of them. So every
call fails with `ENOTTY`, as for what is no terminal. All functions take a file descriptor, or an object that has one.
"""

import errno as _errno
import os as _os

from wasocket import arguments as _arguments


class error(Exception):
    """Why a call failed: its number and its text."""


def tcgetattr(fd, /):
    """Get the tty attributes for file descriptor fd."""
    _refuse(fd)


def tcsetattr(fd, when, attributes, /):
    """Set the tty attributes for file descriptor fd."""
    _arguments.c_int(when)
    if not isinstance(attributes, list) or len(attributes) != 7:
        raise TypeError("tcsetattr, arg 3: must be 7 element list")
    _refuse(fd)


def tcsendbreak(fd, duration, /):
    """Send a break on file descriptor fd."""
    _arguments.c_int(duration)
    _refuse(fd)


def tcdrain(fd, /):
    """Wait until all output written to file descriptor fd has been transmitted."""
    _refuse(fd)


def tcflush(fd, queue, /):
    """Discard queued data on file descriptor fd."""
    _arguments.c_int(queue)
    _refuse(fd)


def tcflow(fd, action, /):
    """Suspend or resume input or output on file descriptor fd."""
    _arguments.c_int(action)
    _refuse(fd)


def tcgetwinsize(fd, /):
    """Get the tty winsize for file descriptor fd."""
    _refuse(fd)


def tcsetwinsize(fd, winsize, /):
    """Set the tty winsize for file descriptor fd."""
    try:
        length = len(winsize)
    except TypeError:
        length = 0
    if length != 2:
        raise TypeError("tcsetwinsize, arg 2: must be a two-item sequence")
    _refuse(fd)


def _refuse(fd):
    """Raise what Linux does for what is not open, and for what is no terminal."""
    number, code = _arguments.descriptor(fd), _errno.ENOTTY
    try:
        _os.fstat(number)
    except OSError as failure:
        code = failure.errno
    raise error(code, _os.strerror(code))


# Linux's numbers, in the order in which CPython has the names.
B0 = 0
B50 = 1
B75 = 2
B110 = 3
B134 = 4
B150 = 5
B200 = 6
B300 = 7
B600 = 8
B1200 = 9
B1800 = 10
B2400 = 11
B4800 = 12
B9600 = 13
B19200 = 14
B38400 = 15
B57600 = 0x1001
B115200 = 0x1002
B230400 = 0x1003
B460800 = 0x1004
B500000 = 0x1005
B576000 = 0x1006
B921600 = 0x1007
B1000000 = 0x1008
B1152000 = 0x1009
B1500000 = 0x100A
B2000000 = 0x100B
B2500000 = 0x100C
B3000000 = 0x100D
B3500000 = 0x100E
B4000000 = 0x100F
CBAUDEX = 4096
TCSANOW = 0
TCSADRAIN = 1
TCSAFLUSH = 2
TCIFLUSH = 0
TCOFLUSH = 1
TCIOFLUSH = 2
TCOOFF = 0
TCOON = 1
TCIOFF = 2
TCION = 3
IGNBRK = 1
BRKINT = 2
IGNPAR = 4
PARMRK = 8
INPCK = 16
ISTRIP = 32
INLCR = 64
IGNCR = 128
ICRNL = 256
IUCLC = 512
IXON = 1024
IXANY = 2048
IXOFF = 4096
IMAXBEL = 0x2000
IUTF8 = 0x4000
OPOST = 1
OLCUC = 2
ONLCR = 4
OCRNL = 8
ONOCR = 16
ONLRET = 32
OFILL = 64
OFDEL = 128
NLDLY = 256
CRDLY = 1536
TABDLY = 0x1800
BSDLY = 0x2000
VTDLY = 0x4000
FFDLY = 0x8000
NL0 = 0
NL1 = 256
CR0 = 0
CR1 = 512
CR2 = 1024
CR3 = 1536
TAB0 = 0
TAB1 = 2048
TAB2 = 4096
TAB3 = 0x1800
XTABS = 0x1800
BS0 = 0
BS1 = 0x2000
VT0 = 0
VT1 = 0x4000
FF0 = 0
FF1 = 0x8000
CSIZE = 48
CSTOPB = 64
CREAD = 128
PARENB = 256
PARODD = 512
HUPCL = 1024
CLOCAL = 2048
CIBAUD = 0x100F0000
CS5 = 0
CS6 = 16
CS7 = 32
CS8 = 48
ISIG = 1
ICANON = 2
XCASE = 4
ECHO = 8
ECHOE = 16
ECHOK = 32
ECHONL = 64
ECHOCTL = 512
ECHOPRT = 1024
ECHOKE = 2048
FLUSHO = 4096
NOFLSH = 128
TOSTOP = 256
PENDIN = 0x4000
IEXTEN = 0x8000
EXTPROC = 0x10000
VINTR = 0
VQUIT = 1
VERASE = 2
VKILL = 3
VEOF = 4
VTIME = 5
VMIN = 6
VSWTC = 7
VSWTCH = 7
VSTART = 8
VSTOP = 9
VSUSP = 10
VEOL = 11
VREPRINT = 12
VDISCARD = 13
VWERASE = 14
VLNEXT = 15
VEOL2 = 16
B460800 = 0x1004
B500000 = 0x1005
CBAUD = 0x100F
CDSUSP = 25
CEOF = 4
CEOL = 0
CEOT = 4
CERASE = 127
CFLUSH = 15
CINTR = 3
CKILL = 21
CLNEXT = 22
CQUIT = 28
CRPRNT = 18
CSTART = 17
CSTOP = 19
CSUSP = 26
CWERASE = 23
EXTA = 14
EXTB = 15
FIOASYNC = 0x5452
FIOCLEX = 0x5451
FIONBIO = 0x5421
FIONCLEX = 0x5450
FIONREAD = 0x541B
IOCSIZE_MASK = 0x3FFF0000
IOCSIZE_SHIFT = 16
NCC = 8
NCCS = 32
N_MOUSE = 2
N_PPP = 3
N_SLIP = 1
N_STRIP = 4
N_TTY = 0
TCFLSH = 0x540B
TCGETA = 0x5405
TCGETS = 0x5401
TCSBRK = 0x5409
TCSBRKP = 0x5425
TCSETA = 0x5406
TCSETAF = 0x5408
TCSETAW = 0x5407
TCSETS = 0x5402
TCSETSF = 0x5404
TCSETSW = 0x5403
TCXONC = 0x540A
TIOCCONS = 0x541D
TIOCEXCL = 0x540C
TIOCGETD = 0x5424
TIOCGICOUNT = 0x545D
TIOCGLCKTRMIOS = 0x5456
TIOCGPGRP = 0x540F
TIOCGSERIAL = 0x541E
TIOCGSOFTCAR = 0x5419
TIOCGWINSZ = 0x5413
TIOCINQ = 0x541B
TIOCLINUX = 0x541C
TIOCMBIC = 0x5417
TIOCMBIS = 0x5416
TIOCMGET = 0x5415
TIOCMIWAIT = 0x545C
TIOCMSET = 0x5418
TIOCM_CAR = 64
TIOCM_CD = 64
TIOCM_CTS = 32
TIOCM_DSR = 256
TIOCM_DTR = 2
TIOCM_LE = 1
TIOCM_RI = 128
TIOCM_RNG = 128
TIOCM_RTS = 4
TIOCM_SR = 16
TIOCM_ST = 8
TIOCNOTTY = 0x5422
TIOCNXCL = 0x540D
TIOCOUTQ = 0x5411
TIOCPKT = 0x5420
TIOCPKT_DATA = 0
TIOCPKT_DOSTOP = 32
TIOCPKT_FLUSHREAD = 1
TIOCPKT_FLUSHWRITE = 2
TIOCPKT_NOSTOP = 16
TIOCPKT_START = 8
TIOCPKT_STOP = 4
TIOCSCTTY = 0x540E
TIOCSERCONFIG = 0x5453
TIOCSERGETLSR = 0x5459
TIOCSERGETMULTI = 0x545A
TIOCSERGSTRUCT = 0x5458
TIOCSERGWILD = 0x5454
TIOCSERSETMULTI = 0x545B
TIOCSERSWILD = 0x5455
TIOCSER_TEMT = 1
TIOCSETD = 0x5423
TIOCSLCKTRMIOS = 0x5457
TIOCSPGRP = 0x5410
TIOCSSERIAL = 0x541F
TIOCSSOFTCAR = 0x541A
TIOCSTI = 0x5412
TIOCSWINSZ = 0x5414
_POSIX_VDISABLE = 0
CRTSCTS = 0x80000000
