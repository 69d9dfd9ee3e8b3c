"""Run a program as `__main__` beside another thread: `beside_a_thread.py PROGRAM [ARGS]...`."""

import os
import runpy
import sys

import beside

assert beside
del sys.argv[0]
sys.path[0] = os.path.dirname(sys.argv[0])
runpy.run_path(sys.argv[0], run_name="__main__")
