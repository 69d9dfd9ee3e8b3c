"""A POSIX helper for the subprocess module: a component has no child processes."""

import errno
import sys


def fork_exec(*arguments):
    """Spawn a fresh new child process: it fails as `subprocess.Popen` does."""
    raise OSError(errno.ENOTSUP, f"{sys.platform} does not support processes.")
