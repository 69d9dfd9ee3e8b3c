//! Network interfaces. WASI does not tell them; every host has a loopback interface, and Linux calls it so.

use wasocket::errno::Errno;
use wasocket::netdb::interfaces::LOOPBACK;

use crate::arguments::file_system_bytes;
use crate::errors::PyResult;
use crate::export::Arguments;
use crate::integers::unsigned;
use crate::object::Object;

/// `if_nameindex()`.
pub(super) fn if_nameindex(_: Arguments<'_>) -> PyResult<Object> {
    let (index, name) = LOOPBACK;
    Object::list([Object::integer(index.into()).and_then(|index| Object::tuple([index, Object::text(name)?]))])
}

/// `if_nametoindex(name)`.
pub(super) fn if_nametoindex(arguments: Arguments<'_>) -> PyResult<Object> {
    let (index, name) = LOOPBACK;
    let asked = file_system_bytes(arguments.given)?.borrow().byte_vector()?;
    if asked == name.as_bytes() { Object::integer(index.into()) } else { Err(Errno::ENODEV.into()) }
}

/// `if_indextoname(index)`.
pub(super) fn if_indextoname(arguments: Arguments<'_>) -> PyResult<Object> {
    let (index, name) = LOOPBACK;
    let asked = unsigned(arguments.given, u32::MAX, "unsigned int")?;
    if asked == index { Object::text(name) } else { Err(Errno::ENXIO.into()) }
}
