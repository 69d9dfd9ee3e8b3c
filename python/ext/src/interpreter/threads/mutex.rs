//! `pthread_mutex_t`.

use std::ffi::{c_int, c_uint};
use std::ptr;

use libc::{EBUSY, EDEADLK};
use wasocket_threads::Parking;

use super::{OK, threads, turns};

/// `pthread_mutex_t`, as long as the C library's or shorter; with zeros it is free.
#[repr(C)]
pub(super) struct Mutex {
    kind: c_uint,
    /// The place of the thread that holds it, and 1; 0 if nobody does.
    owner: usize,
    /// How often the owner holds it beside the first time.
    again: c_uint,
    waiting: c_uint,
}

/// `PTHREAD_MUTEX_RECURSIVE` and `PTHREAD_MUTEX_ERRORCHECK`.
const RECURSIVE: c_uint = 1;
const ERROR_CHECK: c_uint = 2;
/// The bits of `pthread_mutexattr_t` that say so.
const KINDS: c_uint = 3;

fn me() -> usize {
    threads().current().place() + 1
}

impl Mutex {
    /// Takes it if nobody else holds it.
    fn try_lock(&mut self) -> Result<(), c_int> {
        if self.owner == 0 {
            self.owner = me();
            return Ok(());
        }
        if self.owner == me() && self.kind & KINDS == RECURSIVE {
            self.again += 1;
            return Ok(());
        }
        Err(if self.owner == me() && self.kind & KINDS == ERROR_CHECK { EDEADLK } else { EBUSY })
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_mutex_init(mutex: *mut Mutex, attributes: *const c_uint) -> c_int {
    // SAFETY: the caller passes attributes, or none.
    let kind = unsafe { attributes.as_ref() }.copied().unwrap_or(0);
    // SAFETY: the caller passes room for it.
    unsafe { mutex.write(Mutex { kind, owner: 0, again: 0, waiting: 0 }) };
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_mutex_destroy(_: *mut Mutex) -> c_int {
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_mutex_trylock(mutex: *mut Mutex) -> c_int {
    // SAFETY: the caller passes a mutex, and no other thread runs meanwhile.
    match unsafe { (*mutex).try_lock() } {
        Ok(()) => OK,
        Err(_) => EBUSY,
    }
}

#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn pthread_mutex_lock(mutex: *mut Mutex) -> c_int {
    loop {
        // SAFETY: the caller passes a mutex, which lives at least until it has it; no reference is held while others run.
        unsafe {
            match (*mutex).try_lock() {
                Ok(()) => return OK,
                Err(EDEADLK) => return EDEADLK,
                Err(_) => {}
            }
            (*mutex).waiting += 1;
            threads().park(Parking { key: Some(mutex.addr()), ..Parking::default() });
            (*mutex).waiting -= 1;
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_mutex_unlock(mutex: *mut Mutex) -> c_int {
    // SAFETY: as the caller's.
    unsafe { unlock(mutex) };
    turns::give_if_owed();
    OK
}

/// Unlocks it; the thread goes on.
///
/// # Safety
/// The caller holds the mutex.
pub(super) unsafe fn unlock(mutex: *mut Mutex) {
    // SAFETY: as the caller's.
    let mutex = unsafe { &mut *mutex };
    if mutex.again > 0 {
        mutex.again -= 1;
        return;
    }
    mutex.owner = 0;
    if mutex.waiting > 0 {
        threads().unpark(ptr::from_mut(mutex).addr());
        turns::ask_if_needed();
    }
}
