//! Network interfaces. WASI does not tell them; every host has a loopback interface, and Linux calls it so.

use wasocket::errno::Errno;
use wasocket::net::Net as _;
use wasocket::netdb::interfaces::LOOPBACK;
use wasocket::system::System as _;

use crate::arguments::file_system_bytes;
use crate::errors::PyResult;
use crate::export::Arguments;
use crate::integers::unsigned;
use crate::object::Object;
use crate::state::state;

/// `if_nameindex()`.
pub(super) fn if_nameindex(_: Arguments<'_>) -> PyResult<Object> {
    let pair = |(index, name): (u32, String)| Object::tuple([Object::integer(index.into())?, Object::text(&name)?]);
    Object::list(interfaces()?.into_iter().map(pair))
}

/// `if_nametoindex(name)`.
pub(super) fn if_nametoindex(arguments: Arguments<'_>) -> PyResult<Object> {
    let asked = file_system_bytes(arguments.given)?.borrow().byte_vector()?;
    let found = interfaces()?.into_iter().find(|(_, name)| asked == name.as_bytes());
    found.map_or_else(|| Err(Errno::ENODEV.into()), |(index, _)| Object::integer(index.into()))
}

/// `if_indextoname(index)`.
pub(super) fn if_indextoname(arguments: Arguments<'_>) -> PyResult<Object> {
    let asked = unsigned(arguments.given, u32::MAX, "unsigned int")?;
    let found = interfaces()?.into_iter().find(|(index, _)| asked == *index);
    found.map_or_else(|| Err(Errno::ENXIO.into()), |(_, name)| Object::text(&name))
}

fn interfaces() -> PyResult<Vec<(u32, String)>> {
    let (index, name) = LOOPBACK;
    match state().sockets.net().system() {
        Some(system) => Ok(system.interfaces()?),
        None => Ok(vec![(index, name.to_owned())]),
    }
}
