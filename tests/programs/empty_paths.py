"""An empty path names nothing, least of all the folder in which the program is."""
import os
import tempfile

from support import outcome

os.chdir(tempfile.gettempdir())
with open("there", "w"):
    pass
for name in ("lstat", "stat", "listdir", "scandir", "chdir", "mkdir", "rmdir", "remove", "unlink", "readlink", "utime"):
    for path in ("", b""):
        outcome(name, getattr(os, name), path)
for path in ("", b""):
    outcome("open", open, path)
    outcome("os.open", os.open, path, os.O_RDONLY)
    outcome("chmod", os.chmod, path, 0o600)
    outcome("truncate", os.truncate, path, 0)
    outcome("link", os.link, path, "other")
    outcome("rename", os.rename, path, "other")
    outcome("replace", os.replace, path, "other")
    print(os.access(path, os.F_OK), os.path.exists(path), os.path.isdir(path), os.path.lexists(path))
outcome("by a keyword", os.stat, path="")
outcome("by another", open, file="")
outcome("and a third", os.rename, src="", dst="other")
outcome("of nothing", os.stat)
try:
    os.stat("")
except OSError as error:
    print([error.filename])
print(os.access("there", os.F_OK), os.path.isdir("."), sorted(os.listdir()))
