//! How an error becomes a Python exception.

use std::ffi::c_int;

use wasocket::Error;
use wasocket::errno::{Errno, LINUX};

use crate::export::Arguments;
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// A Python exception is set; our caller is to return to the interpreter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raised;

/// A result whose error is in the interpreter.
pub(crate) type PyResult<T> = Result<T, Raised>;

impl From<Error> for Raised {
    fn from(error: Error) -> Self {
        raise_error(&error)
    }
}

impl From<Errno> for Raised {
    fn from(errno: Errno) -> Self {
        raise_errno(errno)
    }
}

/// The built-in exceptions that this module raises.
#[derive(Clone, Copy)]
pub(crate) enum Exception {
    Os,
    Overflow,
    Runtime,
    Timeout,
    Type,
    Value,
}

impl Exception {
    fn class(self) -> *mut ffi::PyObject {
        // SAFETY: CPython sets these before it runs anything.
        unsafe {
            match self {
                Self::Os => ffi::PyExc_OSError,
                Self::Overflow => ffi::PyExc_OverflowError,
                Self::Runtime => ffi::PyExc_RuntimeError,
                Self::Timeout => ffi::PyExc_TimeoutError,
                Self::Type => ffi::PyExc_TypeError,
                Self::Value => ffi::PyExc_ValueError,
            }
        }
    }

    /// Raises it with `text`.
    pub(crate) fn raise(self, text: &str) -> Raised {
        if let Ok(text) = Object::text(text) {
            // SAFETY: the class and the text are alive.
            unsafe { ffi::PyErr_SetObject(self.class(), text.as_pointer()) }
        }
        Raised
    }

    /// Whether the exception that is set is one of these.
    pub(crate) fn is_set(self) -> bool {
        // SAFETY: the class is alive.
        unsafe { ffi::PyErr_ExceptionMatches(self.class()) != 0 }
    }
}

/// Whether an exception is set.
pub(crate) fn occurred() -> bool {
    // SAFETY: the interpreter runs while we are called.
    unsafe { !ffi::PyErr_Occurred().is_null() }
}

/// Drops the exception that is set.
pub(crate) fn clear() {
    // SAFETY: as above.
    unsafe { ffi::PyErr_Clear() }
}

/// Raises `OSError(errno, strerror)`; `OSError` itself picks the subclass by the number.
pub(crate) fn raise_errno(errno: Errno) -> Raised {
    raise_os(errno, errno.text(), None)
}

/// Raises `OSError(errno, strerror, filename)`.
pub(crate) fn raise_errno_of(errno: Errno, path: Borrowed<'_>) -> Raised {
    raise_os(errno, errno.text(), Some(path))
}

/// Raises `OSError`, and leaves its number where a call of the system does: `io` reads it there if a write would block.
fn raise_os(errno: Errno, text: &str, path: Option<Borrowed<'_>>) -> Raised {
    // A handler of a signal has ended the call, with what it raised.
    if errno == Errno::EINTR && occurred() {
        return Raised;
    }
    let number = errno_number(errno);
    raise_coded(Exception::Os.class(), number, text, path);
    // SAFETY: it is where the errno of the current thread is.
    unsafe { *ffi::__errno_location() = number };
    Raised
}

/// Raises `OSError` for the errno of the C library, after one of its functions failed.
pub(crate) fn raise_c_errno() -> Raised {
    // SAFETY: the class is alive.
    unsafe { ffi::PyErr_SetFromErrno(Exception::Os.class()) };
    Raised
}

/// The number of `errno` in this interpreter's `errno` module, which the package `wasocket` completes.
pub(crate) fn errno_number(errno: Errno) -> c_int {
    let number = |errno| state().errno_module().and_then(|module| number_of(module, errno));
    number(errno).or_else(|| number(Errno::EIO)).unwrap_or(0)
}

fn number_of(module: &Object, errno: Errno) -> Option<c_int> {
    let name = Object::text(errno.name()).ok()?;
    // SAFETY: both objects are alive.
    let number = Object::from_new(unsafe { ffi::PyObject_GetAttr(module.as_pointer(), name.as_pointer()) })
        .and_then(|number| number.borrow().c_int());
    number.map_err(|Raised| clear()).ok()
}

/// `linux_errors()`: what Linux calls errors.
pub(crate) fn linux_errors(_: Arguments<'_>) -> PyResult<Object> {
    Object::list(LINUX.iter().map(|(name, number, text)| {
        Object::tuple([Object::text(name)?, Object::integer((*number).into())?, Object::text(text)?])
    }))
}

fn raise_error(error: &Error) -> Raised {
    match error {
        Error::Os { errno, detail: None } => raise_errno(*errno),
        Error::Os { errno, detail: Some(text) } => raise_os(*errno, text, None),
        Error::Timeout => Exception::Timeout.raise("timed out"),
        Error::AddressInfo(error) => raise_coded(state().address_info_error(), error.code(), error.text(), None),
        Error::Host(error) => raise_coded(state().host_error(), error.code(), error.text(), None),
        Error::Text(text) => Exception::Os.raise(text),
        Error::Other(text) => raise_os(Errno::EIO, text, None),
    }
}

fn raise_coded(class: *mut ffi::PyObject, code: c_int, text: &str, path: Option<Borrowed<'_>>) -> Raised {
    let arguments = Object::integer(code.into()).and_then(|code| {
        let text = Object::text(text)?;
        match path {
            Some(path) => Object::tuple([code, text, path.own()]),
            None => Object::tuple([code, text]),
        }
    });
    if let Ok(arguments) = arguments {
        // SAFETY: the class and the arguments are alive.
        unsafe { ffi::PyErr_SetObject(class, arguments.as_pointer()) }
    }
    Raised
}

/// Saves the exception that is set while something else runs, and puts it back.
pub(crate) struct SavedException(*mut ffi::PyObject);

impl SavedException {
    pub(crate) fn save() -> Self {
        // SAFETY: the interpreter runs while we are called.
        Self(unsafe { ffi::PyErr_GetRaisedException() })
    }
}

impl Drop for SavedException {
    fn drop(&mut self) {
        // SAFETY: the reference is the one that was saved, or NULL for none; CPython takes it over.
        unsafe { ffi::PyErr_SetRaisedException(self.0) }
    }
}

/// Prints the exception that is set as one that could not be raised while `socket` was finalized.
pub(crate) fn write_unraisable(socket: Borrowed<'_>) {
    // SAFETY: the object is alive, and `%R` takes an object.
    unsafe {
        ffi::PyErr_FormatUnraisable(c"Exception ignored while finalizing socket %R".as_ptr(), socket.as_pointer());
    }
}

/// Prints an exception that a callback of TLS raised, where no code can catch it.
pub(crate) fn write_unraisable_of_callback(exception: Borrowed<'_>, callback: Borrowed<'_>, is_result: bool) {
    let text = if is_result {
        c"Exception ignored in ssl servername callback while calling set SNI callback (result=%R)"
    } else {
        c"Exception ignored in ssl servername callback while calling set SNI callback %R"
    };
    // SAFETY: both objects are alive; the function takes over a reference to the exception, which is made for it.
    unsafe {
        ffi::Py_INCREF(exception.as_pointer());
        ffi::PyErr_SetRaisedException(exception.as_pointer());
        ffi::PyErr_FormatUnraisable(text.as_ptr(), callback.as_pointer());
    }
}

/// `warnings.warn(ResourceWarning)` in the words of CPython: "unclosed <repr>".
pub(crate) fn warn_unclosed(object: Borrowed<'_>) -> PyResult<()> {
    // SAFETY: the object is alive, and `%R` takes an object.
    let failed =
        unsafe { ffi::PyErr_ResourceWarning(object.as_pointer(), 1, c"unclosed %R".as_ptr(), object.as_pointer()) };
    if failed < 0 { Err(Raised) } else { Ok(()) }
}

/// Whether the exception that is set is a warning that was made an error.
pub(crate) fn warning_is_set() -> bool {
    // SAFETY: the class is alive.
    unsafe { ffi::PyErr_ExceptionMatches(ffi::PyExc_Warning) != 0 }
}
