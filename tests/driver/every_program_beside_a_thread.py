"""Runs the program that the first argument names beside another thread: one component for all of them."""
import runpy
import sys

import beside

assert beside
name = sys.argv.pop(1)
runpy.run_module(name, run_name="__main__", alter_sys=True)
