//! Starts Python while the component is built. The memory that results becomes the component's own.

use std::ffi::{CStr, c_char, c_int};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{files, memory, program};
use crate::ffi;
use crate::state::state;

/// The module that prepares the interpreter when it is imported, and that runs programs.
pub(super) const MAIN: &CStr = c"wasocket_interpreter";

/// Where Python seems to be installed.
const PREFIX: &CStr = c"/usr/local";
/// Where the library with our package is while the component is built, and seems to be for ever.
const LIBRARY: &CStr = c"/usr/local/lib/python3.14";
/// That, and what only the build needs.
const SEARCH_PATHS: [&CStr; 2] = [LIBRARY, c"/build/runner"];

static IS_BEING_TAKEN: AtomicBool = AtomicBool::new(true);

/// Whether the component is only being built: then nothing of WASI 0.2 can be called, since a core module imports preview 1 alone.
pub(crate) fn is_being_taken() -> bool {
    IS_BEING_TAKEN.load(Ordering::Relaxed)
}

/// What the snapshot is taken after.
#[unsafe(export_name = "wizer-initialize")]
extern "C" fn initialize() {
    state().sockets.open_standard_streams();
    files::register_folders();
    let replaced = memory::replace();
    if start().is_none() {
        // The build shows what has been written to standard error.
        std::process::abort();
    }
    replaced.restore();
    IS_BEING_TAKEN.store(false, Ordering::Relaxed);
    // SAFETY: nothing of the C library is in use. The preopened folders and the environment are those of the machine that
    // builds; the C library asks for them anew when they are next needed.
    unsafe {
        __wasilibc_reset_preopens();
        __wasilibc_deinitialize_environ();
    }
}

/// Starts Python with our modules built in, and has it prepare itself; none if that failed.
fn start() -> Option<()> {
    // SAFETY: Python has not been started; the names and functions are static.
    let added = unsafe {
        ffi::PyImport_AppendInittab(c"_wasocket".as_ptr(), Some(crate::PyInit__wasocket))
            | ffi::PyImport_AppendInittab(c"_socket".as_ptr(), Some(socket))
            | ffi::PyImport_AppendInittab(c"select".as_ptr(), Some(select))
            | ffi::PyImport_AppendInittab(c"_wasocket_program".as_ptr(), Some(program::make_module))
    };
    if added != 0 {
        return None;
    }
    Configuration::new()?.start()?;
    // SAFETY: Python has been started.
    unsafe {
        let module = ffi::PyImport_ImportModule(MAIN.as_ptr());
        if module.is_null() {
            ffi::PyErr_Print();
            return None;
        }
        ffi::Py_DECREF(module);
    }
    Some(())
}

extern "C" fn socket() -> *mut ffi::PyObject {
    crate::module_of(|objects| &objects.socket)
}

extern "C" fn select() -> *mut ffi::PyObject {
    crate::module_of(|objects| &objects.select)
}

/// How Python starts: [PEP 741](https://peps.python.org/pep-0741/).
struct Configuration(*mut PyInitConfig);

impl Configuration {
    /// An isolated Python: nothing of the environment or of the command line counts.
    fn new() -> Option<Self> {
        // SAFETY: needs no started Python.
        let configuration = unsafe { PyInitConfig_Create() };
        (!configuration.is_null()).then_some(Self(configuration))
    }

    fn start(self) -> Option<()> {
        let paths = SEARCH_PATHS.map(CStr::as_ptr);
        // SAFETY: the configuration lives until it is freed below; names and values are C strings.
        let failed = unsafe {
            let integers = [
                (c"site_import", 0),
                (c"utf8_mode", 1),
                (c"buffered_stdio", 0),
                (c"install_signal_handlers", 1),
                (c"write_bytecode", 0),
            ];
            let mut failed = integers
                .iter()
                .fold(0, |failed, (name, value)| failed | PyInitConfig_SetInt(self.0, name.as_ptr(), *value));
            for name in [c"prefix", c"exec_prefix", c"base_prefix", c"base_exec_prefix"] {
                failed |= PyInitConfig_SetStr(self.0, name.as_ptr(), PREFIX.as_ptr());
            }
            for (name, value) in [(c"executable", c"/usr/local/bin/python3"), (c"stdlib_dir", LIBRARY)] {
                failed |= PyInitConfig_SetStr(self.0, name.as_ptr(), value.as_ptr());
            }
            failed |= PyInitConfig_SetStrList(
                self.0,
                c"module_search_paths".as_ptr(),
                paths.len(),
                paths.as_ptr().cast_mut(),
            );
            failed != 0 || Py_InitializeFromInitConfig(self.0) != 0
        };
        if failed {
            self.report();
        }
        // SAFETY: made by `new` and not used again.
        unsafe { PyInitConfig_Free(self.0) };
        (!failed).then_some(())
    }

    fn report(&self) {
        let mut message: *const c_char = std::ptr::null();
        // SAFETY: the message lives as long as the configuration.
        unsafe {
            if PyInitConfig_GetError(self.0, &raw mut message) != 0 && !message.is_null() {
                eprintln!("Python does not start: {}", CStr::from_ptr(message).to_string_lossy());
            }
        }
    }
}

/// `struct PyInitConfig`, which only CPython looks into.
#[repr(C)]
struct PyInitConfig {
    _private: [u8; 0],
}

unsafe extern "C" {
    fn PyInitConfig_Create() -> *mut PyInitConfig;
    fn PyInitConfig_Free(configuration: *mut PyInitConfig);
    fn PyInitConfig_SetInt(configuration: *mut PyInitConfig, name: *const c_char, value: i64) -> c_int;
    fn PyInitConfig_SetStr(configuration: *mut PyInitConfig, name: *const c_char, value: *const c_char) -> c_int;
    fn PyInitConfig_SetStrList(
        configuration: *mut PyInitConfig,
        name: *const c_char,
        length: usize,
        items: *mut *const c_char,
    ) -> c_int;
    fn PyInitConfig_GetError(configuration: *mut PyInitConfig, message: *mut *const c_char) -> c_int;
    fn Py_InitializeFromInitConfig(configuration: *mut PyInitConfig) -> c_int;
    /// Forgets the preopened folders, and asks for them when a path is next used.
    fn __wasilibc_reset_preopens();
    /// Forgets the environment, and asks for it when it is next read.
    fn __wasilibc_deinitialize_environ();
}
