//! `getnameinfo`.

use std::ffi::{CStr, c_char, c_int, c_uint};

use wasocket::netdb;

use crate::address::check_flow_information;
use crate::arguments::{c_string, parse_tuple};
use crate::audit::audit;
use crate::errors::{Exception, PyResult, Raised};
use crate::export::Arguments;
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// `getnameinfo(sockaddr, flags)`.
pub(super) fn getnameinfo(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut address, mut flags): (*mut ffi::PyObject, c_int) = (std::ptr::null_mut(), 0);
    parse_tuple!(arguments.given, c"Oi:getnameinfo", &raw mut address, &raw mut flags)?;
    // SAFETY: the parser borrowed it from the arguments.
    let address = unsafe { Borrowed::from_pointer(address) }.ok_or(Raised)?;
    if !address.is_tuple() {
        return Err(Exception::Type.raise("getnameinfo() argument 1 must be a tuple"));
    }
    let (mut host, mut port): (*const c_char, c_int) = (std::ptr::null(), 0);
    let (mut flow, mut scope): (c_uint, c_uint) = (0, 0);
    parse_tuple!(
        address,
        c"si|II;getnameinfo(): illegal sockaddr argument",
        &raw mut host,
        &raw mut port,
        &raw mut flow,
        &raw mut scope,
    )?;
    check_flow_information(flow, "getnameinfo")?;
    let host = c_string(host).map_or_else(Vec::new, |host| CStr::to_bytes(host).to_vec());
    audit(c"socket.getnameinfo", [address.own()])?;
    // SAFETY: it is a tuple.
    let length = usize::try_from(unsafe { ffi::PyTuple_Size(address.as_pointer()) }).unwrap_or(0);
    let address = netdb::name_info_address(&host, port, flow, scope, length)?;
    let found = state().sockets.getnameinfo(address, flags)?;
    Object::tuple([Object::text(&found.host)?, Object::text(&found.service)?])
}
