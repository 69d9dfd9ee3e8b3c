# ways: run threads wasmtime-threads
"""A program ends although threads of it are writing to a standard stream, whose lock they hold."""
import sys
import threading
import traceback


def write():
    while True:
        try:
            raise ValueError("again")
        except ValueError:
            traceback.print_exc()


for _ in range(20):
    threading.Thread(target=write, daemon=True).start()
for number in range(50):
    print("line", number, flush=True)
print("the end")
