# exit: 120
# ways: run threads single wasi
"""What is printed after os.close(1) is lost, and the exit status says so."""
import os
import sys

sys.stdout = open(1, "w", closefd=False)
print("to standard output", flush=True)
os.close(1)
print("to nowhere")
