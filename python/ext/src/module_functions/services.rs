//! Services and protocols by name and by number.

use std::ffi::{c_char, c_int};

use wasocket::netdb::{protocols, services};

use crate::arguments::{c_string, parse_tuple};
use crate::audit::audit;
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::object::Object;

/// `getservbyname(servicename[, protocolname])`.
pub(super) fn getservbyname(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut name, mut protocol): (*const c_char, *const c_char) = (std::ptr::null(), std::ptr::null());
    parse_tuple!(arguments.given, c"s|s:getservbyname", &raw mut name, &raw mut protocol)?;
    let (name, protocol) = (text(name).unwrap_or_default(), text(protocol));
    audit(c"socket.getservbyname", [Object::text(&name)?, optional_text(protocol.as_deref())?])?;
    Object::integer(services::getservbyname(&name, protocol.as_deref())?.into())
}

/// `getservbyport(port[, protocolname])`.
pub(super) fn getservbyport(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut port, mut protocol): (c_int, *const c_char) = (0, std::ptr::null());
    parse_tuple!(arguments.given, c"i|s:getservbyport", &raw mut port, &raw mut protocol)?;
    let port = u16::try_from(port).map_err(|_| Exception::Overflow.raise("getservbyport: port must be 0-65535."))?;
    let protocol = text(protocol);
    audit(c"socket.getservbyport", [Object::integer(port.into())?, optional_text(protocol.as_deref())?])?;
    Object::text(services::getservbyport(port, protocol.as_deref())?)
}

/// `getprotobyname(protocolname)`.
pub(super) fn getprotobyname(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut name: *const c_char = std::ptr::null();
    parse_tuple!(arguments.given, c"s:getprotobyname", &raw mut name)?;
    Object::integer(protocols::getprotobyname(&text(name).unwrap_or_default())?.into())
}

fn text(pointer: *const c_char) -> Option<String> {
    c_string(pointer).map(|text| text.to_string_lossy().into_owned())
}

fn optional_text(text: Option<&str>) -> PyResult<Object> {
    text.map_or_else(|| Ok(Object::none()), Object::text)
}
