//! `pthread_cond_t`.

use std::ffi::{c_int, c_uint, c_void};

use libc::{EINVAL, ETIMEDOUT};
use wasocket_threads::{Parking, Woken};

use super::super::sleep::{Clock, TimeSpec, until};
use super::mutex::{self, Mutex, pthread_mutex_lock};
use super::{OK, threads, turns};

/// `pthread_cond_t`, as long as the C library's or shorter; with zeros nobody waits.
#[repr(C)]
struct Condition {
    waiting: c_uint,
    /// Whether deadlines are of the monotonic clock.
    is_monotonic: c_uint,
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_condattr_init(attributes: *mut c_uint) -> c_int {
    // SAFETY: the caller passes room for it.
    unsafe { attributes.write(0) };
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_condattr_setclock(attributes: *mut c_uint, clock: *const c_void) -> c_int {
    let Some(clock) = Clock::known(clock) else { return EINVAL };
    // SAFETY: the caller passes attributes.
    unsafe { attributes.write(c_uint::from(clock == Clock::Monotonic)) };
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_cond_init(condition: *mut Condition, attributes: *const c_uint) -> c_int {
    // SAFETY: the caller passes attributes, or none.
    let is_monotonic = unsafe { attributes.as_ref() }.copied().unwrap_or(0);
    // SAFETY: the caller passes room for it.
    unsafe { condition.write(Condition { waiting: 0, is_monotonic }) };
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_cond_destroy(_: *mut Condition) -> c_int {
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_cond_wait(condition: *mut Condition, mutex: *mut Mutex) -> c_int {
    // SAFETY: as the caller's.
    unsafe { wait(condition, mutex, None) };
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_cond_timedwait(
    condition: *mut Condition,
    mutex: *mut Mutex,
    deadline: *const TimeSpec,
) -> c_int {
    // SAFETY: the caller passes a condition and a deadline.
    let (is_monotonic, deadline) = unsafe { ((*condition).is_monotonic != 0, &*deadline) };
    let Some(moment) = deadline.nanoseconds() else { return EINVAL };
    let clock = if is_monotonic { Clock::Monotonic } else { Clock::Real };
    // SAFETY: as the caller's.
    match unsafe { wait(condition, mutex, Some(until(clock, moment))) } {
        Woken::Expired => ETIMEDOUT,
        Woken::Called | Woken::Interrupted => OK,
    }
}

/// Waits for a signal. It may end without one: callers look again.
///
/// # Safety
/// Both live at least as long as the wait, and the caller holds the mutex.
unsafe fn wait(condition: *mut Condition, mutex: *mut Mutex, until: Option<u64>) -> Woken {
    // SAFETY: no reference is held while others run.
    unsafe {
        (*condition).waiting += 1;
        mutex::unlock(mutex); // and nobody has a turn before it is parked, or a signal would be lost
        let woken = threads().park(Parking { key: Some(condition.addr()), until, ..Parking::default() });
        (*condition).waiting -= 1;
        pthread_mutex_lock(mutex);
        woken
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_cond_signal(condition: *mut Condition) -> c_int {
    // SAFETY: the caller passes a condition.
    if unsafe { (*condition).waiting } > 0 {
        threads().unpark(condition.addr());
        turns::owe();
    }
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_cond_broadcast(condition: *mut Condition) -> c_int {
    // SAFETY: the caller passes a condition.
    if unsafe { (*condition).waiting } > 0 {
        threads().unpark_all(condition.addr());
        turns::owe();
    }
    OK
}

const _: () = assert!(size_of::<Condition>() <= 48, "a pthread_cond_t of WASI's C library");
const _: () = assert!(size_of::<Mutex>() <= 24, "a pthread_mutex_t of WASI's C library");
