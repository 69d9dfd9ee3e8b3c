//! Network interfaces.

use crate::arguments::file_system_bytes;
use crate::errors::PyResult;
use crate::export::Arguments;
use crate::integers::unsigned;
use crate::object::Object;
use crate::state::state;

/// `if_nameindex()`.
pub(super) fn if_nameindex(_: Arguments<'_>) -> PyResult<Object> {
    let pair = |(index, name): (u32, String)| Object::tuple([Object::integer(index.into())?, Object::text(&name)?]);
    Object::list(state().sockets.interfaces()?.into_iter().map(pair))
}

/// `if_nametoindex(name)`.
pub(super) fn if_nametoindex(arguments: Arguments<'_>) -> PyResult<Object> {
    let asked = file_system_bytes(arguments.given)?.borrow().byte_vector()?;
    Object::integer(state().sockets.interface_index(&asked)?.into())
}

/// `if_indextoname(index)`.
pub(super) fn if_indextoname(arguments: Arguments<'_>) -> PyResult<Object> {
    let asked = unsigned(arguments.given, u32::MAX, "unsigned int")?;
    Object::text(&state().sockets.interface_name(asked)?)
}
