//! Python's threads: what CPython and its libraries call of POSIX threads, over the crate `wasocket-threads`.
//!
//! CPython is unchanged above it: its `_thread`, its locks and its global interpreter lock are what they are natively. A thread
//! runs until it waits, ends, or has had its turn. It gives up the interpreter's lock before it waits for a socket, so no borrow
//! of Rust's may be held there.

mod attributes;
mod builtins;
mod condition;
mod keys;
mod machine;
mod mutex;
mod pthread;
mod stack;
mod turns;
mod waiting;

use std::cell::RefCell;
use std::ffi::c_int;

use wasocket::time::{Deadline, Moment};
use wasocket_threads::{Parking, Scheduler, Thread, Woken};

use crate::state::Single;
use machine::Component;

/// The most threads that a program may have: each takes 1 MiB for its stack, of the 4 GiB that there are.
const MOST: usize = 2048;

static THREADS: Single<Scheduler<Component>> = Single(Scheduler::new(Component::new(), MOST));

fn threads() -> &'static Scheduler<Component> {
    &THREADS.0
}

/// Has the sockets and CPython let other threads run. To be called before a program is run.
pub(super) fn install() {
    waiting::install();
    turns::install();
}

/// When a wait ends by itself, if it ever does.
fn moment_of(deadline: Deadline) -> Option<u64> {
    match deadline {
        Deadline::Never => None,
        Deadline::Now => Some(0),
        Deadline::At(Moment(moment)) => Some(moment),
    }
}

/// Has others run until a signal has been taken, or until the deadline; whether one was. None if there are no others.
pub(super) fn sleep(deadline: Deadline) -> Option<bool> {
    let until = moment_of(deadline);
    let parking = Parking { until, outside: until.is_none(), ..Parking::default() };
    (threads().alive() > 1).then(|| {
        SLEEPERS.0.borrow_mut().push(threads().current());
        let woken = threads().park(parking);
        SLEEPERS.0.borrow_mut().retain(|thread| *thread != threads().current());
        woken == Woken::Called
    })
}

/// Threads that a signal ends the wait of.
static SLEEPERS: Single<RefCell<Vec<Thread>>> = Single(RefCell::new(Vec::new()));

/// A signal has arrived. The main thread, if it waits, looks at it: it is the one that runs handlers. So do those that sleep, which
/// may wait for one that is blocked.
///
/// A wait for CPython's lock ends by itself, after `sys.getswitchinterval()`. It would begin anew, and not end while signals come.
#[cfg(feature = "signals")]
pub(crate) fn wake_for_signal() {
    // SAFETY: it only answers, after Python has been started.
    if !threads().waits_for(Thread::MAIN, unsafe { wasocket_lock_condition() }.addr()) {
        threads().wake(Thread::MAIN, Woken::Called);
    }
    for thread in SLEEPERS.0.borrow().iter() {
        threads().wake(*thread, Woken::Called);
    }
    turns::ask_if_needed();
}

/// The program ends: no other thread goes on, unless this one waits for what it holds, such as the lock of a stream.
pub(crate) fn hold_others() {
    threads().hold_others();
}

/// The program has ended: no other thread goes on, as when natively the interpreter is finalized.
pub(crate) fn stop_others() {
    threads().stop_others();
    #[cfg(feature = "signals")]
    super::signals::forget_others();
    wasocket::backend::threads::forget_parked();
}

/// What `pthread_*` return if it went well; else it is the number of an error.
const OK: c_int = 0;

#[cfg(feature = "signals")]
unsafe extern "C" {
    /// What CPython's lock is waited for by.
    fn wasocket_lock_condition() -> *const std::ffi::c_void;
}
