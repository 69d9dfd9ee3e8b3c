//! The older lookups, and the name of this host.

use std::ffi::CStr;

use wasocket::errno::Errno;
use wasocket::net::Net as _;
use wasocket::netdb::{self, HostEntry};
use wasocket::system::System as _;

use crate::address::ip_text;
use crate::arguments::{EncodedText, file_system_bytes, parse_tuple};
use crate::audit::audit;
use crate::errors::{PyResult, Raised};
use crate::export::Arguments;
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::resolve::answer;
use crate::state::state;

/// WASI does not tell the name of a host; every host answers to this one.
const HOST_NAME: &str = "localhost";

/// `gethostbyname(hostname)`.
pub(super) fn gethostbyname(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut name = EncodedText::empty();
    parse_tuple!(arguments.given, c"et:gethostbyname", c"idna".as_ptr(), &raw mut name.0)?;
    announce(arguments, c"socket.gethostbyname")?;
    let address = answer(netdb::gethostbyname(name.bytes())?)?;
    Object::text(&address.to_string())
}

/// `gethostbyname_ex(hostname)`.
pub(super) fn gethostbyname_ex(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut name = EncodedText::empty();
    parse_tuple!(arguments.given, c"et:gethostbyname_ex", c"idna".as_ptr(), &raw mut name.0)?;
    announce(arguments, c"socket.gethostbyname")?;
    host_entry(&answer(netdb::gethostbyname_ex(name.bytes())?)?)
}

/// `gethostbyaddr(ip_address)`.
pub(super) fn gethostbyaddr(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut name = EncodedText::empty();
    parse_tuple!(arguments.given, c"et:gethostbyaddr", c"idna".as_ptr(), &raw mut name.0)?;
    announce(arguments, c"socket.gethostbyaddr")?;
    host_entry(&state().sockets.gethostbyaddr(name.bytes())?)
}

/// The audit event with the one argument as it was given.
fn announce(arguments: Arguments<'_>, event: &CStr) -> PyResult<()> {
    // SAFETY: the parser found one argument in the tuple, which owns it.
    let host = unsafe { Borrowed::from_pointer(ffi::PyTuple_GetItem(arguments.given.as_pointer(), 0)) };
    audit(event, [host.ok_or(Raised)?.own()])
}

fn host_entry(entry: &HostEntry) -> PyResult<Object> {
    Object::tuple([
        Object::text(&entry.name)?,
        Object::list(entry.aliases.iter().map(|alias| Object::text(alias)))?,
        Object::list(entry.addresses.iter().map(|address| Object::text(&ip_text(*address))))?,
    ])
}

/// `gethostname()`.
pub(super) fn gethostname(_: Arguments<'_>) -> PyResult<Object> {
    audit(c"socket.gethostname", [])?;
    match state().sockets.net().system() {
        Some(system) => Object::text(&system.host_name()?),
        None => Object::text(HOST_NAME),
    }
}

/// `sethostname(name)`: WASI has no such thing, and an operating system seldom lets a program do it.
pub(super) fn sethostname(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut given = std::ptr::null_mut();
    parse_tuple!(arguments.given, c"O:sethostname", &raw mut given)?;
    // SAFETY: the parser borrowed it from the arguments.
    let given = unsafe { Borrowed::from_pointer(given) }.ok_or(Raised)?;
    let name = file_system_bytes(given)?;
    let bytes = name.borrow().byte_vector()?;
    audit(c"socket.sethostname", [name])?;
    let system = state().sockets.net().system().ok_or(Errno::EPERM)?;
    let name = String::from_utf8(bytes).map_err(|_| Errno::EINVAL)?;
    system.set_host_name(&name)?;
    Ok(Object::none())
}
