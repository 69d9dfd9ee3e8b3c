//! What is passed to a function, and what it returns, as a caller or a closure describes it.

use std::ffi::{c_int, c_uint, c_void};

use super::types::{Class, Type};

/// `ffi_cif`.
#[repr(C)]
pub(super) struct Interface {
    count: c_uint,
    arguments: *const *const Type,
    result: *const Type,
}

/// `ffi_status`.
pub(super) const OK: c_int = 0;
const BAD_TYPE: c_int = 1;

impl Interface {
    /// The types of the arguments.
    pub(super) fn arguments(&self) -> impl ExactSizeIterator<Item = &Type> {
        let types = match usize::try_from(self.count) {
            // SAFETY: `_ctypes` keeps as many pointers there for as long as it keeps the interface.
            Ok(count) if count > 0 => unsafe { std::slice::from_raw_parts(self.arguments, count) },
            _ => &[],
        };
        // SAFETY: `ffi_prep_cif()` has refused those with NULL.
        types.iter().map(|one| unsafe { &**one })
    }

    /// The type of the result.
    pub(super) fn result(&self) -> &Type {
        // SAFETY: as above.
        unsafe { &*self.result }
    }

    pub(super) fn classes(&self) -> impl Iterator<Item = Class> {
        self.arguments().map(class_of)
    }

    pub(super) fn result_class(&self) -> Class {
        class_of(self.result())
    }

    fn is_whole(&self) -> bool {
        let Ok(count) = usize::try_from(self.count) else { return false };
        // SAFETY: `_ctypes` keeps as many pointers there.
        let types = (0..count).map(|index| unsafe { *self.arguments.add(index) });
        // SAFETY: what is not NULL is a type.
        types.chain([self.result]).all(|one| unsafe { one.as_ref() }.is_some_and(|one| one.class().is_some()))
    }
}

/// The class of a type that `ffi_prep_cif()` has accepted.
fn class_of(one: &Type) -> Class {
    one.class().unwrap_or(Class::Nothing)
}

/// Fails for a type that is unknown, which raises `RuntimeError`.
#[unsafe(no_mangle)]
unsafe extern "C" fn ffi_prep_cif(
    interface: *mut Interface,
    _abi: c_int,
    count: c_uint,
    result: *const Type,
    arguments: *const *const Type,
) -> c_int {
    let made = Interface { count, arguments, result };
    let is_whole = made.is_whole();
    // SAFETY: `_ctypes` has the place for it.
    unsafe { interface.write(made) };
    if is_whole { OK } else { BAD_TYPE }
}

/// The same where the arguments after the first `_fixed` ones are what `...` stands for.
#[unsafe(no_mangle)]
unsafe extern "C" fn ffi_prep_cif_var(
    interface: *mut Interface,
    abi: c_int,
    _fixed: c_uint,
    count: c_uint,
    result: *const Type,
    arguments: *const *const Type,
) -> c_int {
    // SAFETY: the caller's.
    unsafe { ffi_prep_cif(interface, abi, count, result, arguments) }
}

/// A value that is passed: a number, or where it lies.
#[derive(Clone, Copy)]
pub(super) struct Value {
    pub(super) class: Class,
    pub(super) number: u64,
    pub(super) place: *const c_void,
}
