//! The C library's allocator, for all of the interpreter: dlmalloc, which packs small pieces closely.
//!
//! Zig's own rounds every size up to a power of two and lets what is free be used again by the same size alone: a started Python
//! takes twice the memory with it. These symbols take the place of its weak ones. They are not inlined: they are called everywhere.

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::ptr;

use dlmalloc::Dlmalloc;

use crate::state::Single;

/// What every piece is aligned to, in bytes: no type that CPython or its libraries allocate needs more.
const ALIGNMENT: usize = 8;
/// What a piece has beside what it holds: the word before it, which has its whole size and three flags.
const OVERHEAD: usize = size_of::<usize>();
const FLAGS: usize = 7;

/// `__WASI_ERRNO_NOMEM`.
const NOMEM: c_int = 48;

static ALLOCATOR: Single<UnsafeCell<Dlmalloc>> = Single(UnsafeCell::new(Dlmalloc::new()));

/// The allocator. No reference to it outlives one call, and the allocator calls nobody.
fn with<T>(call: impl FnOnce(&mut Dlmalloc) -> T) -> T {
    // SAFETY: as above.
    call(unsafe { &mut *ALLOCATOR.0.get() })
}

/// `malloc(3)`.
#[unsafe(no_mangle)]
#[inline(never)]
unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    or_no_memory(with(|allocator| unsafe { allocator.malloc(size, ALIGNMENT) }))
}

/// `calloc(3)`.
#[unsafe(no_mangle)]
#[inline(never)]
unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    // SAFETY: as above.
    let zeroed = |size| with(|allocator| unsafe { allocator.calloc(size, ALIGNMENT) });
    or_no_memory(count.checked_mul(size).map_or(ptr::null_mut(), zeroed))
}

/// `realloc(3)`.
#[unsafe(no_mangle)]
#[inline(never)]
unsafe extern "C" fn realloc(old: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: `old` is NULL or a piece of this allocator.
    unsafe {
        if old.is_null() {
            return malloc(size);
        }
        let held = malloc_usable_size(old);
        or_no_memory(with(|allocator| allocator.realloc(old.cast(), held, ALIGNMENT, size)))
    }
}

/// `free(3)`.
#[unsafe(no_mangle)]
#[inline(never)]
unsafe extern "C" fn free(old: *mut c_void) {
    if !old.is_null() {
        // SAFETY: `old` is a piece of this allocator.
        unsafe {
            let held = malloc_usable_size(old);
            with(|allocator| allocator.free(old.cast(), held, ALIGNMENT));
        }
    }
}

/// `aligned_alloc(3)`.
#[unsafe(no_mangle)]
#[inline(never)]
unsafe extern "C" fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void {
    // SAFETY: the caller's alignment is a power of two.
    or_no_memory(with(|allocator| unsafe { allocator.malloc(size, alignment) }))
}

/// `posix_memalign(3)`.
#[unsafe(no_mangle)]
unsafe extern "C" fn posix_memalign(place: *mut *mut c_void, alignment: usize, size: usize) -> c_int {
    // SAFETY: as above; `place` is the caller's.
    unsafe {
        let piece = aligned_alloc(alignment, size);
        if piece.is_null() {
            return NOMEM;
        }
        *place = piece;
        0
    }
}

/// `malloc_usable_size(3)`.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn malloc_usable_size(piece: *mut c_void) -> usize {
    if piece.is_null() {
        return 0;
    }
    // SAFETY: dlmalloc keeps the size in the word before a piece.
    let head = unsafe { piece.cast::<usize>().sub(1).read() };
    (head & !FLAGS).saturating_sub(OVERHEAD)
}

fn or_no_memory(piece: *mut u8) -> *mut c_void {
    if piece.is_null() {
        // SAFETY: the C library's errno.
        unsafe { *__errno_location() = NOMEM };
    }
    piece.cast()
}

unsafe extern "C" {
    fn __errno_location() -> *mut c_int;
}
