"""The user and the group of the program: what os, pwd and grp say of them, and what cannot be changed."""
import grp
import os
import pwd

from support import outcome

user, group = os.getuid(), os.getgid()
print(user == os.geteuid(), group == os.getegid(), (user,) * 3 == os.getresuid(), (group,) * 3 == os.getresgid())
entry = pwd.getpwuid(user)
print(type(entry), isinstance(entry, tuple), len(entry), entry.pw_uid == entry[2] == user, entry.n_fields)
print(pwd.getpwnam(entry.pw_name) == entry, entry in pwd.getpwall(), repr(entry).startswith("pwd.struct_passwd(pw_name="))
print(os.path.expanduser(f"~{entry.pw_name}") == entry.pw_dir, os.path.isabs(entry.pw_dir))
members = grp.getgrgid(group)
print(type(members), members.gr_gid == group, isinstance(members.gr_mem, list), grp.getgrnam(members.gr_name) == members)
print(pwd.struct_passwd(range(7)), grp.struct_group(range(4)))
print([name for name in pwd.struct_passwd.__match_args__ if not hasattr(entry, name)])
for number in (4_000_000, -1, -2, 1 << 40):
    outcome(f"getpwuid {number}", pwd.getpwuid, number)
for number in (4_000_000, -2):
    outcome(f"getgrgid {number}", grp.getgrgid, number)
outcome("getpwuid text", pwd.getpwuid, "root")
outcome("getgrgid text", grp.getgrgid, "root")
outcome("getpwnam", pwd.getpwnam, "no such user")
outcome("getgrnam", grp.getgrnam, "no such group")
outcome("getpwnam nul", pwd.getpwnam, "a\0b")
outcome("getpwnam bytes", pwd.getpwnam, b"root")
outcome("getgrnam bytes", grp.getgrnam, b"root")
outcome("struct", pwd.struct_passwd, (1, 2))
outcome("struct", grp.struct_group, 5)

os.setuid(user)
os.setgid(group)
os.setreuid(-1, user)
os.setresgid(-1, group, -1)
outcome("setuid -2", os.setuid, -2)
outcome("setgid text", os.setgid, "0")
print(os.getgrouplist("no such user", 5), type(os.getgroups()))

before = os.umask(0o077)
print(oct(os.umask(before)), oct(os.umask(before)) == oct(before))
with open("/tmp/owned", "w") as file:
    os.fchown(file.fileno(), -1, group)
status = os.stat("/tmp/owned")
print(status.st_uid == user, status.st_gid == group)
os.chown("/tmp/owned", user, -1)
os.lchown("/tmp/owned", user, group)
print(os.chown in os.supports_fd, os.chown in os.supports_follow_symlinks)
outcome("chown", os.chown, "/tmp/nothing", user, group)
outcome("chown -2", os.chown, "/tmp/owned", -2, group)
outcome("chroot", os.chroot, "/tmp/nothing")
outcome("getxattr", os.getxattr, "/tmp/nothing", "user.x")
outcome("setxattr", os.setxattr, "/tmp/nothing", "user.x", b"")
outcome("removexattr", os.removexattr, "/tmp/nothing", "user.x")
outcome("listxattr", os.listxattr, "/tmp/nothing")
os.unlink("/tmp/owned")
