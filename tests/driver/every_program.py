"""Runs the program that the first argument names: one component for all of them."""
import runpy
import sys

name = sys.argv.pop(1)
runpy.run_module(name, run_name="__main__", alter_sys=True)
