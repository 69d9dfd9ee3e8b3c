"""The parts of the surroundings that are plain Python, compared with what Linux has."""

import copy
import errno
import fcntl
import importlib.util
import mmap
import os
import pickle
import pwd
import resource
import sys
import syslog
import tempfile
import termios
import threading
import unittest
from types import ModuleType
from typing import Any
from unittest import mock

from tests import FOLDER

LIBRARY = "_multiprocessing _posixshmem _posixsubprocess fcntl grp mmap pwd resource syslog termios".split()


def of_library(name: str) -> ModuleType:
    """A module of `python/library`, beside native Python's of that name."""
    spec = importlib.util.spec_from_file_location(f"library_{name}", FOLDER / "library" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def setUpModule() -> None:
    """Import what is tested, with an extension that has no descriptors open."""
    extension = mock.MagicMock()
    extension.is_socket_fd.return_value = False
    with mock.patch.dict(sys.modules, {"_wasocket": extension}):
        from wasocket import control, file_attributes, identity, locks, machine, processes, struct_sequence

        globals().update(identity=identity, locks=locks, machine=machine, processes=processes)
        globals().update(control=control, file_attributes=file_attributes, define=struct_sequence.define)
        for name in LIBRARY:
            globals()[f"our_{name}"] = of_library(name)


class Constants(unittest.TestCase):
    """Numbers of constants are Linux's."""

    def test_modules(self) -> None:
        for native in (fcntl, mmap, resource, syslog, termios):
            ours = globals()[f"our_{native.__name__}"]
            numbers = {name: value for name, value in vars(native).items() if name.isupper() and isinstance(value, int)}
            self.assertGreater(len(numbers), 15)
            differing = {name: value for name, value in numbers.items() if getattr(ours, name, value) != value}
            self.assertEqual(differing, {}, native.__name__)

    def test_names_of_terminals(self) -> None:
        for name in "ECHO ICANON ISIG IXON OPOST CSIZE CS8 VMIN VTIME TCSANOW TCSADRAIN TCSAFLUSH TIOCGWINSZ".split():
            self.assertEqual(getattr(our_termios, name), getattr(termios, name))

    def test_what_a_star_import_gets(self) -> None:
        strangers = [name for name in ("errno", "os", "arguments", "sys") if hasattr(our_termios, name)]
        self.assertEqual(strangers, [])

    def test_of_os(self) -> None:
        parts = (processes, machine, file_attributes)
        numbers = {name: value for part in parts for name, value in part.ADDED.items() if isinstance(value, int)}
        self.assertGreater(len(numbers), 15)
        self.assertEqual({name: getattr(os, name) for name in numbers}, numbers)


class StructSequences(unittest.TestCase):
    """Tuples with names are like CPython's own."""

    def setUp(self) -> None:
        self.entry, self.native = our_pwd.getpwuid(0), pwd.struct_passwd(our_pwd.getpwuid(0))

    def test_as_a_tuple(self) -> None:
        self.assertEqual(self.entry, self.native)
        self.assertEqual(repr(self.entry), repr(self.native))
        self.assertEqual(hash(self.entry), hash(self.native))
        self.assertEqual(self.entry.pw_name, self.entry[0])
        for name in ("n_fields", "n_sequence_fields", "n_unnamed_fields", "__match_args__"):
            self.assertEqual(getattr(self.entry, name), getattr(self.native, name))

    def test_names_and_values_of_wrong_lengths(self) -> None:
        for given in ((1, 2), range(8), 5):
            with self.assertRaises(TypeError) as native:
                pwd.struct_passwd(given)
            with self.assertRaises(TypeError) as ours:
                our_pwd.struct_passwd(given)
            self.assertEqual(str(ours.exception), str(native.exception))

    def test_copies(self) -> None:
        with mock.patch.object(pwd, "struct_passwd", our_pwd.struct_passwd):
            self.assertEqual(pickle.loads(pickle.dumps(self.entry)), self.entry)
        self.assertIs(type(copy.copy(self.entry)), our_pwd.struct_passwd)
        self.assertEqual(self.entry.__replace__(pw_uid=5).pw_uid, 5)
        with self.assertRaisesRegex(TypeError, r"^Got unexpected field name\(s\): \['name'\]$"):
            self.entry.__replace__(name=5)

    def test_neither_written_nor_subclassed(self) -> None:
        for name in ("pw_name", "other"):
            with self.assertRaises(AttributeError):
                setattr(self.entry, name, "x")
        with self.assertRaisesRegex(TypeError, "^type 'pwd.struct_passwd' is not an acceptable base type$"):
            type("Sub", (our_pwd.struct_passwd,), {})


class Statuses(unittest.TestCase):
    """What takes a status apart does so as natively."""

    def test_every_status(self) -> None:
        names = "WCOREDUMP WEXITSTATUS WIFCONTINUED WIFEXITED WIFSIGNALED WIFSTOPPED WSTOPSIG WTERMSIG".split()
        for status in (*range(0x10000), -1, -256, 0x10000, (1 << 31) - 1):
            for name in names:
                self.assertEqual(processes.ADDED[name](status), getattr(os, name)(status), (name, status))

    def test_codes(self) -> None:
        for status in (*range(0x2000), 0xFFFF, -1):
            ours = self.code(processes.ADDED["waitstatus_to_exitcode"], status)
            self.assertEqual(ours, self.code(os.waitstatus_to_exitcode, status))

    def code(self, function: object, status: int) -> object:
        try:
            return function(status)
        except ValueError as error:
            return str(error)

    def test_numbers_of_devices(self) -> None:
        for device in (0, 1, 2049, 66309, 1 << 20, (1 << 44) + 5):
            major, minor = os.major(device), os.minor(device)
            self.assertEqual((machine.ADDED["major"](device), machine.ADDED["minor"](device)), (major, minor))
            self.assertEqual(machine.ADDED["makedev"](major, minor), device)
        self.assertEqual([machine.ADDED[name](-1) for name in ("major", "minor")], [-1, -1])
        self.assertEqual(machine.ADDED["makedev"](-1, -1), -1)
        for device in (-2, 1 << 64):
            self.assertRaises(OverflowError, machine.ADDED["major"], device)
            self.assertRaises(OverflowError, machine.ADDED["makedev"], 0, device)


class Refusals(unittest.TestCase):
    """What a component does not allow says so, with its number."""

    def assert_refuses(self, code: int, call: object, *arguments: object) -> None:
        with self.assertRaises(OSError) as caught:
            call(*arguments)
        self.assertEqual(errno.errorcode[caught.exception.errno], errno.errorcode[code], caught.exception)

    def test_users(self) -> None:
        added = identity.ADDED
        for name in ("setuid", "seteuid", "setgid", "setegid"):
            added[name](0)
            self.assert_refuses(errno.EPERM, added[name], 1)
            self.assert_refuses(errno.EINVAL, added[name], -1)
        for name, numbers in (("setreuid", 2), ("setregid", 2), ("setresuid", 3), ("setresgid", 3)):
            added[name](*[-1] * numbers)
            self.assert_refuses(errno.EPERM, added[name], *[0] * (numbers - 1), 1)
        added["setgroups"]([0])
        self.assert_refuses(errno.EPERM, added["setgroups"], [0, 1])
        self.assert_refuses(errno.EPERM, added["setgroups"], [])
        self.assertRaises(TypeError, added["setgroups"], 0)
        self.assert_refuses(errno.EPERM, added["initgroups"], "root", 1)
        self.assert_refuses(errno.EPERM, identity.chown, "/", 1, -1)
        self.assert_refuses(errno.EPERM, added["lchown"], "/", -1, 1)
        self.assert_refuses(errno.EPERM, file_attributes.ADDED["chroot"], "/")

    def test_names(self) -> None:
        with mock.patch.dict(os.environ, {"LOGNAME": "somebody"}):
            self.assertEqual(identity.ADDED["getlogin"](), "somebody")
            del os.environ["LOGNAME"]
            self.assert_refuses(errno.ENXIO, identity.ADDED["getlogin"])

    def test_the_process(self) -> None:
        self.assert_refuses(errno.EPERM, processes.ADDED["setsid"])
        self.assert_refuses(errno.EPERM, processes.ADDED["setpgrp"])
        self.assert_refuses(errno.ESRCH, processes.ADDED["setpgid"], os.getpid() + 1, 0)
        self.assert_refuses(errno.EINVAL, processes.ADDED["setpgid"], 0, -1)
        self.assert_refuses(errno.ESRCH, processes.ADDED["kill"], -1, 0)
        self.assertEqual(os.waitstatus_to_exitcode(processes.ADDED["system"]("true")), 127)
        self.assert_refuses(errno.EACCES, processes.ADDED["execv"], __file__, ["program"])
        self.assert_refuses(errno.ENOENT, processes.ADDED["execve"], "/no/such/program", ["no"], {})

    def test_priorities(self) -> None:
        self.addCleanup(setattr, machine, "_nice", 0)
        self.assertEqual([machine.ADDED["nice"](step) for step in (0, 5, 40)], [0, 5, 19])
        self.assertEqual(machine.ADDED["getpriority"](machine.PRIO_USER, 0), 19)
        self.assert_refuses(errno.EPERM, machine.ADDED["nice"], -1)
        self.assert_refuses(errno.EACCES, machine.ADDED["setpriority"], machine.PRIO_PROCESS, 0, 18)

    def test_limits(self) -> None:
        for number in range(16):
            limits = our_resource.getrlimit(number)
            our_resource.setrlimit(number, limits)
            if limits[0] > 0:
                self.assert_refuses(errno.EPERM, our_resource.setrlimit, number, (limits[0] - 1, limits[1]))
                with self.assertRaisesRegex(ValueError, "^not allowed to raise maximum limit$"):
                    our_resource.setrlimit(number, (limits[0], limits[1] + 1))
        self.assert_refuses(errno.EPERM, our_resource.setrlimit, our_resource.RLIMIT_CPU, (5, -1))
        our_resource.setrlimit(our_resource.RLIMIT_CPU, ((1 << 64) - 1, -1))
        self.assertRaises(OverflowError, our_resource.setrlimit, our_resource.RLIMIT_CPU, (1 << 64, -1))

    def test_what_is_shared_between_processes(self) -> None:
        self.assert_refuses(errno.ENOSYS, our__multiprocessing.SemLock._rebuild, 1, 1, 1, "/name")
        self.assert_refuses(errno.ENOENT, our__multiprocessing.sem_unlink, "/name")
        self.assert_refuses(errno.ENOSYS, our__posixshmem.shm_open, "/name", os.O_RDWR)
        self.assert_refuses(errno.ENOSYS, our__posixshmem.shm_unlink, "/name")
        self.assert_refuses(errno.ENOTSUP, our__posixsubprocess.fork_exec, ["true"])


class Semaphores(unittest.TestCase):
    def test_like_native_ones(self) -> None:
        import _multiprocessing

        for kind, value, most in ((0, 1, 1), (1, 0, 1), (1, 1, 1), (1, 2, 3)):
            said = [
                _semaphore_says(module.SemLock, kind, value, most) for module in (_multiprocessing, our__multiprocessing)
            ]
            self.assertEqual(*said)
        with self.assertRaisesRegex(ValueError, "^unrecognized kind$"):
            our__multiprocessing.SemLock(2, 1, 1, "/name", True)

    def test_another_thread_releases(self) -> None:
        semaphore = our__multiprocessing.SemLock(1, 0, 1, "/name", True)
        threading.Timer(0.01, semaphore.release).start()
        self.assertTrue(semaphore.acquire(True, 20))


def _semaphore_says(make: Any, kind: int, value: int, most: int) -> list[object]:
    """What a semaphore of that kind answers to a row of calls."""
    semaphore = make(kind, value, most, f"/wasocket-{os.getpid()}-{kind}-{value}-{most}", True)
    calls = [
        ("acquire", (False,)), ("_count", ()), ("_is_mine", ()), ("acquire", (True, 0.001)), ("_get_value", ()),
        ("acquire", (True, -1)), ("release", ()), ("_is_zero", ()), ("release", ()), ("release", ()), ("release", ()),
        ("_count", ()), ("_get_value", ()), ("__enter__", ()), ("__exit__", (None, None, None)), ("_is_mine", ()),
        ("_after_fork", ()), ("_count", ()),
    ]  # fmt: skip
    said: list[object] = [semaphore.kind, semaphore.maxvalue, semaphore.name]
    for name, arguments in calls:
        if name == "__enter__" and semaphore._is_zero():
            continue
        try:
            said.append((name, getattr(semaphore, name)(*arguments)))
        except (AssertionError, ValueError) as error:
            said.append((name, type(error).__name__, str(error)))
    return said


class Locks(unittest.TestCase):
    """Locks that would wait for their own program, and arguments of `fcntl`."""

    def test_waiting_for_oneself(self) -> None:
        with tempfile.NamedTemporaryFile() as first, open(first.name) as second:
            our_fcntl.flock(first.file, fcntl.LOCK_EX)
            with self.assertRaises(OSError) as caught:
                our_fcntl.flock(second, fcntl.LOCK_SH)
            self.assertEqual(caught.exception.errno, errno.EDEADLK)
            first.file.close()
            our_fcntl.flock(second, fcntl.LOCK_EX)

    def test_a_lost_lock(self) -> None:
        """A lock that becomes another is given back first, as natively."""
        with tempfile.NamedTemporaryFile() as first, open(first.name) as second, open(first.name) as third:
            for flock in (fcntl.flock, our_fcntl.flock):
                flock(first.file, fcntl.LOCK_SH)
                flock(second, fcntl.LOCK_SH)
                self.assertRaises(BlockingIOError, flock, second, fcntl.LOCK_EX | fcntl.LOCK_NB)
                flock(first.file, fcntl.LOCK_UN)
                flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)
                flock(third, fcntl.LOCK_UN)

    def test_arguments(self) -> None:
        with self.assertRaisesRegex(ValueError, "^fcntl argument 3 is too long$"):
            our_fcntl.fcntl(0, fcntl.F_GETLK, bytes(1025))
        with self.assertRaisesRegex(TypeError, r"^fcntl\(\) argument 3 must be an integer, .* not float$"):
            our_fcntl.fcntl(0, fcntl.F_GETFL, 1.5)
        with self.assertWarnsRegex(RuntimeWarning, "^bool is used as a file descriptor$"):
            self.assertRaises(OSError, our_fcntl.fcntl, False, 9999)
        self.assertEqual(our_fcntl._wrapped((1 << 32) - 1), -1)


if __name__ == "__main__":
    unittest.main()
