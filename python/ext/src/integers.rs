//! Unsigned integers of C, with the texts of CPython's converters.

use crate::errors::{Exception, PyResult, Raised, occurred};
use crate::ffi;
use crate::object::{Borrowed, Object};

/// `value` as an unsigned integer of at most `max`, which the texts call `name`.
pub(crate) fn unsigned(value: Borrowed<'_>, max: u32, name: &str) -> PyResult<u32> {
    // SAFETY: the object is alive.
    let index = Object::from_new(unsafe { ffi::PyNumber_Index(value.as_pointer()) })?;
    let mut overflow = 0;
    // SAFETY: as above.
    let number = unsafe { ffi::PyLong_AsLongLongAndOverflow(index.as_pointer(), &raw mut overflow) };
    if number == -1 && overflow == 0 && occurred() {
        return Err(Raised);
    }
    if overflow < 0 || (overflow == 0 && number < 0) {
        return Err(Exception::Value.raise("Cannot convert negative int"));
    }
    let fits = u32::try_from(number).ok().filter(|number| overflow == 0 && *number <= max);
    fits.ok_or_else(|| Exception::Overflow.raise(&format!("Python int too large for C {name}")))
}
