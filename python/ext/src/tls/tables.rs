//! What needs no connection: ciphers, objects, random bytes.

use std::ffi::{c_char, c_int};

use wasocket_tls::{Cipher, Context, is_known_curve, object_by_number, object_by_text, random_bytes as fill};

use super::contexts::{given, text};
use crate::arguments::parse_tuple;
use crate::errors::{Exception, PyResult, Raised};
use crate::export::Arguments;
use crate::ffi;
use crate::object::Object;

pub(super) fn ciphers(arguments: Arguments<'_>) -> PyResult<Object> {
    let selection = if arguments.given.is_none() { None } else { Some(arguments.given.utf8()?) };
    Object::list(Context::ciphers(selection.as_deref())?.into_iter().map(facts))
}

fn facts(cipher: &Cipher) -> PyResult<Object> {
    Object::tuple([
        Object::integer(cipher.id().into())?,
        Object::text(cipher.name)?,
        Object::text(cipher.protocol)?,
        Object::text(&cipher.description())?,
        Object::integer(cipher.bits.into())?,
        Object::text(cipher.symmetric)?,
        Object::text(cipher.exchange)?,
        Object::text(cipher.authentication)?,
    ])
}

pub(super) fn random_bytes(arguments: Arguments<'_>) -> PyResult<Object> {
    let count = arguments.given.c_int()?;
    let count = usize::try_from(count).map_err(|_| Exception::Value.raise("num must be positive"))?;
    let mut bytes = vec![0; count];
    fill(&mut bytes)?;
    Object::bytes(&bytes)
}

/// By number if that is not negative, else by text.
pub(super) fn object(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut number, mut name, mut names): (c_int, _, c_int) = (-1, std::ptr::null::<c_char>(), 0);
    parse_tuple!(arguments.given, c"izp", &raw mut number, &raw mut name, &raw mut names)?;
    let found = match text(name) {
        Some(text) if number < 0 => object_by_text(&text, names != 0),
        Some(_) | None => object_by_number(number),
    };
    found.map_or_else(
        || Ok(Object::none()),
        |object| {
            Object::tuple([
                Object::integer(object.number.into())?,
                Object::text(object.short)?,
                Object::text(object.long)?,
                Object::text(object.identifier)?,
            ])
        },
    )
}

pub(super) fn is_curve(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::boolean(is_known_curve(&arguments.given.utf8()?))
}

/// Makes a type immutable, as those of a module in C are.
pub(super) fn freeze(arguments: Arguments<'_>) -> PyResult<Object> {
    // SAFETY: the object is alive, and CPython frees no type that a call's argument refers to.
    unsafe {
        let kind = arguments.given.as_pointer();
        if ffi::PyType_Check(kind) == 0 {
            return Err(Exception::Type.raise("only a type can be made immutable"));
        }
        if ffi::PyType_Freeze(kind.cast()) < 0 {
            return Err(Raised);
        }
    }
    Ok(Object::none())
}

/// Hands an exception of a callback to `sys.unraisablehook`, as `_ssl` does.
pub(super) fn write_unraisable(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut exception, mut function, mut is_result): (_, _, c_int) = (std::ptr::null_mut(), std::ptr::null_mut(), 0);
    parse_tuple!(arguments.given, c"OOp", &raw mut exception, &raw mut function, &raw mut is_result)?;
    crate::errors::write_unraisable_of_callback(given(exception)?, given(function)?, is_result != 0);
    Ok(Object::none())
}
