//! The memory of CPython while the component is built: all of it is the C library's, and what is freed is zero again, so that only
//! what is in use is part of the snapshot.
//!
//! CPython's own allocator keeps what is freed, with whatever was in it. Where it is asked to free memory that it did not allocate, it
//! hands it on to the C library: so it can take over once the snapshot has been taken.

use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::ptr;

/// The allocators of CPython that were in force before.
pub(super) struct Replaced([Allocator; DOMAINS]);

/// Replaces all allocators. Python has not been started.
pub(super) fn replace() -> Replaced {
    let mut replaced = [const { Allocator::OWN }; DOMAINS];
    for (domain, place) in (0..).zip(&mut replaced) {
        let mut own = Allocator::OWN;
        // SAFETY: both are whole allocators; the functions are those of the C library.
        unsafe {
            PyMem_GetAllocator(domain, place);
            PyMem_SetAllocator(domain, &raw mut own);
        }
    }
    Replaced(replaced)
}

impl Replaced {
    /// Puts them back: what they are given to free, and did not allocate, they hand on.
    pub(super) fn restore(mut self) {
        for (domain, allocator) in (0..).zip(&mut self.0) {
            // SAFETY: CPython made it.
            unsafe { PyMem_SetAllocator(domain, allocator) }
        }
    }
}

unsafe extern "C" fn allocate(_: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: CPython asks for 0 bytes and expects an address of its own.
    unsafe { malloc(size.max(1)) }
}

unsafe extern "C" fn allocate_zeroed(_: *mut c_void, count: usize, size: usize) -> *mut c_void {
    // SAFETY: as above; the C library checks that the product fits.
    unsafe { if count == 0 || size == 0 { calloc(1, 1) } else { calloc(count, size) } }
}

unsafe extern "C" fn reallocate(context: *mut c_void, old: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: `old` is NULL or has been allocated above, with as many bytes as the C library says.
    unsafe {
        let new = allocate(context, size);
        if !old.is_null() && !new.is_null() {
            ptr::copy_nonoverlapping(old.cast::<u8>(), new.cast(), malloc_usable_size(old).min(size));
            free(context, old);
        }
        new
    }
}

unsafe extern "C" fn free(_: *mut c_void, old: *mut c_void) {
    if !old.is_null() {
        // SAFETY: `old` has been allocated above, with as many bytes as the C library says.
        unsafe {
            ptr::write_bytes(old.cast::<u8>(), 0, malloc_usable_size(old));
            // The compiler knows that nobody may read it any more; the snapshot does.
            c_free(black_box(old));
        }
    }
}

/// `PyMemAllocatorEx`.
#[repr(C)]
struct Allocator {
    context: *mut c_void,
    allocate: unsafe extern "C" fn(*mut c_void, usize) -> *mut c_void,
    allocate_zeroed: unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void,
    reallocate: unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> *mut c_void,
    free: unsafe extern "C" fn(*mut c_void, *mut c_void),
}

impl Allocator {
    const OWN: Self = Self { context: ptr::null_mut(), allocate, allocate_zeroed, reallocate, free };
}

/// `PyMemAllocatorDomain`: raw memory, other memory, objects.
const DOMAINS: usize = 3;

unsafe extern "C" {
    fn PyMem_GetAllocator(domain: c_int, allocator: *mut Allocator);
    fn PyMem_SetAllocator(domain: c_int, allocator: *mut Allocator);
    fn malloc(size: usize) -> *mut c_void;
    fn calloc(count: usize, size: usize) -> *mut c_void;
    #[link_name = "free"]
    fn c_free(pointer: *mut c_void);
    /// How many bytes are at an address that `malloc()` gave.
    fn malloc_usable_size(pointer: *mut c_void) -> usize;
}
