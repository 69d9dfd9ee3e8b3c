//! The exception that the errors of TLS are raised as; the package turns it into the classes of `ssl`.

use wasocket_tls::{Error, ErrorKind};

use crate::errors::{PyResult, Raised};
use crate::ffi;
use crate::object::Object;
use crate::state::state;

/// `Refused(kind, library, reason, text, verify_code, verify_message)`.
pub(crate) fn make_exception() -> PyResult<Object> {
    let name = c"_wasocket_tls.Refused";
    // SAFETY: the name is static; NULL stands for `Exception` and for no attributes.
    Object::from_new(unsafe { ffi::PyErr_NewException(name.as_ptr(), std::ptr::null_mut(), std::ptr::null_mut()) })
}

impl From<Error> for Raised {
    fn from(error: Error) -> Self {
        if let (Some(objects), Ok(arguments)) = (state().python(), arguments(&error)) {
            // SAFETY: the class and its arguments are alive.
            unsafe { ffi::PyErr_SetObject(objects.tls_refused.as_pointer(), arguments.as_pointer()) }
        }
        Self
    }
}

fn arguments(error: &Error) -> PyResult<Object> {
    let (kind, code, message) = match &error.kind {
        ErrorKind::Ssl => ("ssl", 0, ""),
        ErrorKind::Verification(failure) => ("verification", failure.code, failure.message.as_str()),
        ErrorKind::EndOfFile => ("eof", 0, ""),
        ErrorKind::Closed => ("closed", 0, ""),
    };
    Object::tuple([
        Object::text(kind)?,
        Object::text(error.library)?,
        Object::text(error.reason)?,
        Object::text(&error.text)?,
        Object::integer(code.into())?,
        Object::text(message)?,
    ])
}
