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
mod sleep;
mod stack;
mod turns;
mod waiting;

use std::ffi::c_int;

use wasocket_threads::Scheduler;

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

/// The program ends: no other thread goes on, as when natively the interpreter is finalized.
pub(crate) fn stop_others() {
    threads().stop_others();
    wasocket::backend::threads::forget_parked();
}

/// What `pthread_*` return if it went well; else it is the number of an error.
const OK: c_int = 0;
