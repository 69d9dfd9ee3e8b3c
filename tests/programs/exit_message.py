# exit: 1
# stderr: compared
"""sys.exit with a text: it goes to stderr, status 1."""
import sys

print("before")
sys.exit("a message")
