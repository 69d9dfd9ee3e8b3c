//! `wasi:cli/run`: calls `wasocket_interpreter.run()`, which runs the program and ends with its status.

use super::bindings;
use super::bindings::exports::wasi::cli::run::Guest;
use crate::errors::PyResult;
use crate::ffi;
use crate::object::Object;

struct Run;

bindings::export!(Run with_types_in bindings);

impl Guest for Run {
    /// An error is a program that failed where the host takes no exact status.
    fn run() -> Result<(), ()> {
        // SAFETY: nothing of the C library is in use.
        unsafe { __wasilibc_maybe_reinitialize_environ_eagerly() };
        super::files::register_folders();
        #[cfg(feature = "signals")]
        super::signals::install();
        #[cfg(feature = "threads")]
        super::threads::install();
        let done = call(c"run");
        if done.is_err() {
            // SAFETY: Python was started when the component was built.
            unsafe { ffi::PyErr_Print() };
        }
        done.map(drop).map_err(drop)
    }
}

unsafe extern "C" {
    /// Reads this run's environment, as the start of a program does.
    fn __wasilibc_maybe_reinitialize_environ_eagerly();
}

/// Calls a function of `wasocket_interpreter`, which is imported when the component is built.
fn call(function: &std::ffi::CStr) -> PyResult<Object> {
    // SAFETY: Python was started when the component was built; the references are owned here.
    unsafe {
        let module = Object::from_new(ffi::PyImport_ImportModule(super::snapshot::MAIN.as_ptr()))?;
        let function = Object::from_new(ffi::PyObject_GetAttrString(module.as_pointer(), function.as_ptr()))?;
        Object::from_new(ffi::PyObject_CallNoArgs(function.as_pointer()))
    }
}
