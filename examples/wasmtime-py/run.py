"""Run a component that is a command, in a Python program: `run.py COMPONENT [ARGUMENTS…]`."""

import signal
import sys

import host
from wasmtime import Config, Engine, ExitTrap, Store, WasiConfig, _ffi
from wasmtime.component import Component, Linker

# wasmtime-py does not survive a KeyboardInterrupt within a call of the guest.
signal.signal(signal.SIGINT, signal.SIG_DFL)
config = Config()
# wasmtime 50.0 traps where a call passes two handles unless this is off, for which `Config` has no method.
_ffi.wasmtime_config_concurrency_support_set(config.ptr(), False)
config.cache = True  # What is compiled once is kept.
engine = Engine(config)
store = Store(engine)
wasi = WasiConfig()
wasi.argv = sys.argv[1:]
wasi.inherit_stdout()
wasi.inherit_stderr()
store.set_wasi(wasi)

linker = Linker(engine)
linker.add_wasip2()
# What a component of `wasocket compose --backend host` asks for instead of `wasi:sockets`.
host.link(linker)
instance = linker.instantiate(store, Component.from_file(engine, sys.argv[1]))
interface = instance.get_export_index(store, "wasi:cli/run@0.2.12")
try:
    failed = instance.get_func(store, instance.get_export_index(store, "run", interface))(store)
except ExitTrap as status:
    sys.exit(status.code)
sys.exit(1 if getattr(failed, "tag", "ok") == "err" else 0)
