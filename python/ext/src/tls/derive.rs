//! `hashlib.pbkdf2_hmac` and `hashlib.scrypt`.

use std::ffi::c_char;

use wasocket_tls::{Hash, ScryptCost, ScryptError, scrypt as derive};

use super::contexts::given;
use crate::arguments::{Buffer, names, parse_keywords};
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::ffi;
use crate::integers::unsigned;
use crate::object::{Borrowed, Object};

/// `pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None)`.
pub(super) fn pbkdf2_hmac(arguments: Arguments<'_>) -> PyResult<Object> {
    let null: *mut ffi::PyObject = std::ptr::null_mut();
    let (mut name, mut size): (*const c_char, _) = (std::ptr::null(), 0);
    let (mut password, mut salt, mut iterations, mut length) = (Buffer::empty(), Buffer::empty(), 0_i32, null);
    parse_keywords!(
        arguments.given,
        arguments.keywords,
        c"s#y*y*l|O:pbkdf2_hmac",
        names!(c"hash_name", c"password", c"salt", c"iterations", c"dklen"),
        &raw mut name,
        &raw mut size,
        &raw mut password,
        &raw mut salt,
        &raw mut iterations,
        &raw mut length,
    )?;
    // SAFETY: the parser points into the argument, which outlives this function.
    let name = unsafe { crate::object::slice(name.cast(), size) }.unwrap_or_default();
    let hash = std::str::from_utf8(name).ok().and_then(Hash::named);
    let hash = hash.ok_or_else(|| Exception::Value.raise("[digital envelope routines] unsupported"))?;
    let iterations = u32::try_from(iterations).ok().filter(|count| *count > 0);
    let iterations = iterations.ok_or_else(|| Exception::Value.raise("iteration value must be greater than 0."))?;
    let length = match given(length) {
        Ok(length) if !length.is_none() => length.c_long()?,
        Ok(_) | Err(_) => {
            crate::errors::clear();
            i32::try_from(hash.size()).unwrap_or(i32::MAX)
        }
    };
    let length = usize::try_from(length).ok().filter(|length| *length > 0);
    let mut key = vec![0; length.ok_or_else(|| Exception::Value.raise("key length must be greater than 0."))?];
    hash.pbkdf2(password.bytes(), salt.bytes(), iterations, &mut key);
    Object::bytes(&key)
}

/// `scrypt(password, *, salt, n, r, p, maxmem=0, dklen=64)`.
pub(super) fn scrypt(arguments: Arguments<'_>) -> PyResult<Object> {
    // SAFETY: the arguments are a tuple.
    let count = unsafe { ffi::PyTuple_Size(arguments.given.as_pointer()) };
    if count > 1 {
        let text = format!("scrypt() takes exactly 1 positional argument ({count} given)");
        return Err(Exception::Type.raise(&text));
    }
    let null: *mut ffi::PyObject = std::ptr::null_mut();
    let (mut password, mut salt, mut most_memory, mut length) = (Buffer::empty(), null, null, null);
    let (mut n, mut r, mut p) = (null, null, null);
    parse_keywords!(
        arguments.given,
        arguments.keywords,
        c"y*|$OOOOOO:scrypt",
        names!(c"password", c"salt", c"n", c"r", c"p", c"maxmem", c"dklen"),
        &raw mut password,
        &raw mut salt,
        &raw mut n,
        &raw mut r,
        &raw mut p,
        &raw mut most_memory,
        &raw mut length,
    )?;
    let salt = Buffer::of(required(salt, "salt", 2)?)?;
    let number = |slot, name, position| unsigned(required(slot, name, position)?, u32::MAX, "unsigned long");
    let (n, r, p) = (number(n, "n", 3)?, number(r, "r", 4)?, number(p, "p", 5)?);
    let most_memory = bounded(most_memory, 0, 0, "maxmem must be positive and smaller than 2147483647")?;
    let length = bounded(length, 64, 1, "dklen must be greater than 0 and smaller than 2147483647")?;
    if n < 2 || !n.is_power_of_two() {
        return Err(Exception::Value.raise("n must be a power of 2."));
    }
    let mut key = vec![0; usize::try_from(length).unwrap_or_default()];
    match derive(password.bytes(), salt.bytes(), ScryptCost { n, r, p, most_memory }, &mut key) {
        Ok(()) => Object::bytes(&key),
        Err(ScryptError::Parameters) => {
            Err(Exception::Value.raise("Invalid parameter combination for n, r, p, maxmem."))
        }
        Err(ScryptError::Memory) => Err(Exception::Value.raise("[digital envelope routines] memory limit exceeded")),
    }
}

/// A keyword that has to be there, though the parser takes no such keywords.
fn required(slot: *mut ffi::PyObject, name: &str, position: u32) -> PyResult<Borrowed<'static>> {
    // SAFETY: the parser borrowed it from the arguments, which outlive the function that calls this.
    unsafe { Borrowed::from_pointer(slot) }
        .ok_or_else(|| Exception::Type.raise(&format!("scrypt() missing required argument '{name}' (pos {position})")))
}

/// An integer from `least` up to what a C `int` holds, or what it is by default.
fn bounded(slot: *mut ffi::PyObject, default: u32, least: u32, text: &str) -> PyResult<u32> {
    // SAFETY: as above.
    let Some(value) = (unsafe { Borrowed::from_pointer(slot) }) else { return Ok(default) };
    let number = match unsigned(value, i32::MAX.cast_unsigned() - 1, "long") {
        Ok(number) => Some(number),
        // No integer at all is a TypeError, and stays one.
        Err(raised) if Exception::Type.is_set() => return Err(raised),
        Err(_) => None,
    };
    number.filter(|number| *number >= least).ok_or_else(|| {
        crate::errors::clear();
        Exception::Value.raise(text)
    })
}
