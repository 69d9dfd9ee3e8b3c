//! `pthread_attr_t`, as WASI's C library lays it out: it has the functions that read and write it.

use std::ffi::c_int;

use super::pthread::Handle;
use super::{OK, pthread, threads};

/// `pthread_attr_t` on a machine with 32 bits.
#[repr(C)]
pub(super) struct Attributes {
    stack_size: usize,
    guard_size: usize,
    /// Its high end.
    stack: usize,
    is_detached: c_int,
    others: [c_int; 5],
}

impl Attributes {
    /// In bytes; 0 is the default.
    pub(super) fn stack_size(&self) -> usize {
        // The C library writes its own default, for which there is no reason here.
        if self.stack_size == C_DEFAULT { 0 } else { self.stack_size }
    }

    pub(super) fn is_detached(&self) -> bool {
        self.is_detached != 0
    }
}

/// What `pthread_attr_init()` writes.
const C_DEFAULT: usize = 131_072;

/// Where the stack of the thread that runs is: CPython bounds its recursion by it. Of the main thread it knows the end alone.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_getattr_np(thread: *mut Handle, attributes: *mut Attributes) -> c_int {
    let place = threads().machine().place(threads().current());
    let stack = place.stack.as_ref().filter(|_| thread == pthread::current());
    let (low, size) = stack.map_or((0, 0), |stack| stack.bounds());
    let found = Attributes { stack_size: size, guard_size: 0, stack: low + size, is_detached: 0, others: [0; 5] };
    // SAFETY: the caller passes room for it.
    unsafe { attributes.write(found) };
    OK
}
