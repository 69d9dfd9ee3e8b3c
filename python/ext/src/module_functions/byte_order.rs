//! `htons`, `htonl`, and their inverses, which are the same functions.

use crate::errors::PyResult;
use crate::export::Arguments;
use crate::integers::unsigned;
use crate::object::Object;

/// `htons(integer)` and `ntohs(integer)`.
pub(super) fn htons(arguments: Arguments<'_>) -> PyResult<Object> {
    let number = unsigned(arguments.given, u16::MAX.into(), "uint16_t")?;
    Object::integer((number.to_be() >> 16).into())
}

/// `htonl(integer)` and `ntohl(integer)`.
pub(super) fn htonl(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::integer(unsigned(arguments.given, u32::MAX, "uint32_t")?.to_be().into())
}
