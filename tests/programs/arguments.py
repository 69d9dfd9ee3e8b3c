# arguments: one --two=2 -c -m three -- ä
"""sys.argv, __name__, __file__, sys.path[0]."""
import os
import sys

print(sys.argv[1:], os.path.basename(sys.argv[0]))
print(__name__, __doc__.split(",")[0], sys.modules["__main__"].__dict__ is globals())
print(sys.flags.interactive, sys.byteorder, sys.maxunicode)
import support

print(support.__name__, os.path.basename(os.path.dirname(support.__file__)))
