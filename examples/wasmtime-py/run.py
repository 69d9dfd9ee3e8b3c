"""Run a component that is a command, in a Python program: `run.py COMPONENT`."""

import sys

from wasmtime import Engine, Store, WasiConfig, _ffi
from wasmtime.component import Component, Linker

engine = Engine()
store = Store(engine)
wasi = WasiConfig()
wasi.inherit_stdout()
wasi.inherit_stderr()
# `WasiConfig` has no method for either; the C API below it has these two functions.
_ffi.wasi_config_inherit_network(wasi.ptr())
_ffi.wasi_config_allow_ip_name_lookup(wasi.ptr(), True)
store.set_wasi(wasi)

linker = Linker(engine)
linker.add_wasip2()
instance = linker.instantiate(store, Component.from_file(engine, sys.argv[1]))
interface = instance.get_export_index(store, "wasi:cli/run@0.2.12")
outcome = instance.get_func(store, instance.get_export_index(store, "run", interface))(store)
sys.exit(0 if outcome is None or getattr(outcome, "tag", "ok") == "ok" else 1)
