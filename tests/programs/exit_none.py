"""sys.exit() and SystemExit(None) mean success; os._exit is not asked for."""
import sys

try:
    sys.exit()
except SystemExit as error:
    print("caught", error.code)
try:
    raise SystemExit(None)
except SystemExit as error:
    print("caught", error.code)
raise SystemExit
