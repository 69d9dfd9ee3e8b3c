//! The timeout that new sockets begin with.

use crate::errors::PyResult;
use crate::export::Arguments;
use crate::object::Object;
use crate::state::state;
use crate::timeout::PythonTimeout;

/// `getdefaulttimeout()`.
pub(super) fn getdefaulttimeout(_: Arguments<'_>) -> PyResult<Object> {
    PythonTimeout::of(state().sockets.default_timeout()).to_python()
}

/// `setdefaulttimeout(timeout)`.
pub(super) fn setdefaulttimeout(arguments: Arguments<'_>) -> PyResult<Object> {
    let timeout = PythonTimeout::parse(arguments.given)?;
    state().sockets.set_default_timeout(timeout.duration());
    Ok(Object::none())
}
