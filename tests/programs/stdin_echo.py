# stdin: first line\nsecond line ä\nlast without newline
"""Standard input, whole and by lines, and both outputs."""
import sys

print(repr(input()))
print(repr(sys.stdin.readline()))
print(repr(sys.stdin.read()), repr(sys.stdin.read()))
sys.stdout.write("no newline at the end")
sys.stderr.write("to stderr\n")
sys.stdout.buffer.flush()
try:
    input()
except EOFError as error:
    print("\nEOFError", error)
print("ünïcödé", sys.stdin.encoding.lower(), sys.stdout.encoding.lower())
