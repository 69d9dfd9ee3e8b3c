//! The older lookups, and the name of this host.

use std::ffi::CStr;

use wasocket::netdb::{self, HostEntry};
use wasocket::time::Timeout;

use crate::address::ip_text;
use crate::arguments::{EncodedText, file_system_bytes, parse_tuple};
use crate::audit::audit;
use crate::errors::{PyResult, Raised};
use crate::export::Arguments;
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// `gethostbyname(hostname)`.
pub(super) fn gethostbyname(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut name = EncodedText::empty();
    parse_tuple!(arguments.given, c"et:gethostbyname", c"idna".as_ptr(), &raw mut name.0)?;
    announce(arguments, c"socket.gethostbyname")?;
    let address = state().sockets.answer(netdb::gethostbyname(name.bytes())?, Timeout::Blocking)?;
    Object::text(&address.to_string())
}

/// `gethostbyname_ex(hostname)`.
pub(super) fn gethostbyname_ex(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut name = EncodedText::empty();
    parse_tuple!(arguments.given, c"et:gethostbyname_ex", c"idna".as_ptr(), &raw mut name.0)?;
    announce(arguments, c"socket.gethostbyname")?;
    host_entry(&state().sockets.answer(netdb::gethostbyname_ex(name.bytes())?, Timeout::Blocking)?)
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
    Object::text(&state().sockets.host_name()?)
}

/// `sethostname(name)`.
pub(super) fn sethostname(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut given = std::ptr::null_mut();
    parse_tuple!(arguments.given, c"O:sethostname", &raw mut given)?;
    // SAFETY: the parser borrowed it from the arguments.
    let given = unsafe { Borrowed::from_pointer(given) }.ok_or(Raised)?;
    let name = file_system_bytes(given)?;
    let bytes = name.borrow().byte_vector()?;
    audit(c"socket.sethostname", [name])?;
    state().sockets.set_host_name(&bytes)?;
    Ok(Object::none())
}
