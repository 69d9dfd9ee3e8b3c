"""Runs mypy's stubtest on the modules as a program finds them here: the arguments are its own."""
import os
import sys
import tempfile

from mypy import stubtest

# There is no null device; stubtest imports silently by way of one.
os.devnull = os.path.join(tempfile.gettempdir(), "null")
sys.exit(stubtest.main())
