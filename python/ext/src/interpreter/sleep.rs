//! `clock_nanosleep`: a signal ends it, and others run while a thread sleeps.

use std::ffi::{c_int, c_void};

use libc::{EINTR, EINVAL};
#[cfg(not(feature = "threads"))]
use wasocket::backend::host::now;
#[cfg(feature = "signals")]
use wasocket::backend::host::signals;
#[cfg(feature = "threads")]
use wasocket::backend::threads::now;
#[cfg(not(feature = "signals"))]
use wasocket::time::Timeout;
use wasocket::time::{Deadline, Moment};

#[cfg(not(feature = "signals"))]
use crate::state::state;

/// `struct timespec`.
#[repr(C)]
pub(in crate::interpreter) struct TimeSpec {
    seconds: i64,
    nanoseconds: i32,
}

impl TimeSpec {
    /// All of it in nanoseconds; none if it is no time.
    pub(in crate::interpreter) fn nanoseconds(&self) -> Option<u64> {
        let seconds = u64::try_from(self.seconds).ok()?;
        let rest = u32::try_from(self.nanoseconds).ok().filter(|rest| *rest < 1_000_000_000)?;
        Some(seconds.saturating_mul(1_000_000_000).saturating_add(u64::from(rest)))
    }
}

/// A clock of the C library.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    Real,
    Monotonic,
}

impl Clock {
    pub(super) fn known(clock: *const c_void) -> Option<Self> {
        [Self::Real, Self::Monotonic].into_iter().find(|known| known.id() == clock)
    }

    /// `clockid_t`: the address of a constant.
    fn id(self) -> *const c_void {
        match self {
            Self::Real => &raw const _CLOCK_REALTIME,
            Self::Monotonic => &raw const _CLOCK_MONOTONIC,
        }
    }

    fn now(self) -> u64 {
        let mut now = TimeSpec { seconds: 0, nanoseconds: 0 };
        // SAFETY: the clock is one of the C library's.
        unsafe { clock_gettime(self.id(), &raw mut now) };
        now.nanoseconds().unwrap_or(0)
    }
}

/// What a moment of a clock is on that of deadlines.
pub(super) fn until(clock: Clock, moment: u64) -> u64 {
    let left = moment.saturating_sub(clock.now());
    now().0.saturating_add(left)
}

/// `TIMER_ABSTIME`.
const ABSOLUTE: c_int = 1;

#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_clock_nanosleep(
    clock: *const c_void,
    flags: c_int,
    time: *const TimeSpec,
    _: *mut TimeSpec,
) -> c_int {
    let Some(clock) = Clock::known(clock) else { return EINVAL };
    // SAFETY: the caller passes a time.
    let Some(time) = unsafe { &*time }.nanoseconds() else { return EINVAL };
    let end = if flags & ABSOLUTE == 0 { now().0.saturating_add(time) } else { until(clock, time) };
    if wait(Deadline::At(Moment(end))) { EINTR } else { 0 }
}

/// Waits until a signal has been taken, or until the deadline; whether one was. Others run meanwhile.
pub(super) fn wait(deadline: Deadline) -> bool {
    #[cfg(feature = "threads")]
    if let Some(is_woken) = super::threads::sleep(deadline) {
        return is_woken;
    }
    #[cfg(feature = "signals")]
    return signals::wait(deadline);
    #[cfg(not(feature = "signals"))]
    {
        let timeout = match deadline {
            Deadline::Never => Timeout::Blocking,
            Deadline::Now => Timeout::NonBlocking,
            Deadline::At(moment) => Timeout::After(now().until(moment)),
        };
        // Nothing can be found, and the end of the time is no error.
        let _ = state().sockets.poll(&mut [], timeout);
        false
    }
}

unsafe extern "C" {
    static _CLOCK_REALTIME: c_void;
    static _CLOCK_MONOTONIC: c_void;
    fn clock_gettime(clock: *const c_void, now: *mut TimeSpec) -> c_int;
}
