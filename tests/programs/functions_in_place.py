"""Functions of os and io: the modules that they say they are from, and what the sets say of those that do more."""
import io
import os

NAMES = "close dup fstat isatty lseek read write access listdir lstat open remove scandir stat unlink mkdir rename".split()
print({name: getattr(os, name).__module__ for name in NAMES})
print(open.__module__ in ("io", "_io"), io.open is open)
for name in ("stat", "truncate", "utime"):
    print(name, "takes descriptors", getattr(os, name) in os.supports_fd)
for name in ("access", "mkdir", "open", "readlink", "rename", "rmdir", "stat", "unlink", "utime"):
    print(name, "takes a folder", getattr(os, name) in os.supports_dir_fd)
for name in ("access", "stat", "utime"):
    print(name, "follows links or not", getattr(os, name) in os.supports_follow_symlinks)
print(os.access in os.supports_effective_ids, os.getcwd in os.supports_fd)
