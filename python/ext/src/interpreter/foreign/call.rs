//! `ffi_call()`: calls what is at an address, if that is a function whose type is known.

use std::ffi::{c_int, c_void};
use std::ptr;

use super::closures::Closure;
use super::functions;
use super::interface::{Interface, Value};
use super::types::Class;
use crate::errors::Exception;

/// The arguments or the result of a call are not those of the function.
pub(super) struct Mismatch;

/// Calls a function and leaves its result at `result`.
///
/// `_ctypes` expects no failure here. An exception that is set makes its call raise: the exception itself for a function of
/// Python's interface, else `SystemError` with the exception as its cause.
#[unsafe(no_mangle)]
unsafe extern "C" fn ffi_call(
    interface: &Interface,
    function: *const c_void,
    result: *mut c_void,
    values: *const *const c_void,
) {
    let arguments: Vec<Value> = interface
        .arguments()
        .zip(interface.classes())
        .enumerate()
        .map(|(index, (kind, class))| {
            // SAFETY: `_ctypes` has a value of its type for each argument.
            let place = unsafe { *values.add(index) };
            // SAFETY: as above.
            Value { class, number: unsafe { kind.read(place) }, place }
        })
        .collect();
    let class = interface.result_class();
    // What a function without a result leaves is 0, and never what was in memory.
    let size = interface.result().size.max(size_of::<usize>());
    // SAFETY: `_ctypes` has as much room for the result.
    unsafe { ptr::write_bytes(result.cast::<u8>(), 0, size) };
    let called = match functions::known_at(function) {
        Some(known) => known.call(&arguments, class),
        None => match Closure::at(function) {
            Some(closure) => closure.call(&arguments, class, result),
            None => {
                raise(&format!("there is no C function at {:#x} that could be called", function.addr()));
                return;
            }
        },
    };
    match called {
        Ok(_) if matches!(class, Class::Memory(_) | Class::Nothing) => {}
        Ok(number) => {
            let bytes = number.to_le_bytes();
            // SAFETY: as above; a number has at most as many bytes.
            unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), result.cast::<u8>(), size.min(bytes.len())) };
        }
        Err(Mismatch) => raise(&format!(
            "the function at {:#x} takes other arguments than these, or has another result",
            function.addr()
        )),
    }
}

/// Sets an exception, whether or not the thread has Python's lock.
fn raise(text: &str) {
    let _lock = Lock::take();
    let _ = Exception::Runtime.raise(text);
}

/// Python's lock, for as long as this lives.
pub(super) struct Lock(c_int);

impl Lock {
    pub(super) fn take() -> Self {
        // SAFETY: Python has been started, for `_ctypes` calls.
        Self(unsafe { PyGILState_Ensure() })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // SAFETY: `take` took it.
        unsafe { PyGILState_Release(self.0) }
    }
}

unsafe extern "C" {
    fn PyGILState_Ensure() -> c_int;
    fn PyGILState_Release(state: c_int);
}
