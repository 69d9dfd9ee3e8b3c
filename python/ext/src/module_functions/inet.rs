//! `inet_aton`, `inet_ntoa`, `inet_pton` and `inet_ntop`.

use std::ffi::{CStr, c_char, c_int};

use wasocket::netdb::inet;

use crate::arguments::{Buffer, c_string, parse_tuple};
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::object::{Borrowed, Object};

/// `inet_aton(ip_string)`.
pub(super) fn inet_aton(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::bytes(&inet::inet_aton(one_text(arguments.given, "inet_aton")?.as_bytes())?)
}

/// `inet_ntoa(packed_ip)`.
pub(super) fn inet_ntoa(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::text(&inet::inet_ntoa(Buffer::of(arguments.given)?.bytes())?)
}

/// `inet_pton(address_family, ip_string)`.
pub(super) fn inet_pton(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut family, mut text): (c_int, *const c_char) = (0, std::ptr::null());
    parse_tuple!(arguments.given, c"is:inet_pton", &raw mut family, &raw mut text)?;
    let text = c_string(text).map_or(&[][..], CStr::to_bytes);
    Object::bytes(&inet::inet_pton(family, text)?)
}

/// `inet_ntop(address_family, packed_ip)`.
pub(super) fn inet_ntop(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut family, mut packed): (c_int, _) = (0, Buffer::empty());
    parse_tuple!(arguments.given, c"iy*:inet_ntop", &raw mut family, &raw mut packed)?;
    match inet::inet_ntop(family, packed.bytes()) {
        Ok(text) => Object::text(&text),
        Err(error) => Err(Exception::Value.raise(&error.to_string())),
    }
}

/// The one argument of the function `caller`, which is to be a `str` without NUL.
fn one_text(value: Borrowed<'_>, caller: &str) -> PyResult<String> {
    if !value.is_text() {
        let text = format!("{caller}() argument must be str, not {}", value.type_name());
        return Err(Exception::Type.raise(&text));
    }
    let text = value.utf8()?;
    if text.contains('\0') { Err(Exception::Value.raise("embedded null character")) } else { Ok(text) }
}
