//! Audit events: hooks are called before the effect, and a hook that raises vetoes it.

use std::ffi::CStr;

use crate::errors::{PyResult, Raised};
use crate::ffi;
use crate::object::Object;

/// `sys.audit(event, *arguments)`. No borrow may be held here: hooks are Python code.
pub(crate) fn audit<const N: usize>(event: &CStr, arguments: [Object; N]) -> PyResult<()> {
    let arguments = Object::tuple(arguments)?;
    // SAFETY: the name and the tuple are alive.
    if unsafe { ffi::PySys_AuditTuple(event.as_ptr(), arguments.as_pointer()) } < 0 { Err(Raised) } else { Ok(()) }
}
