//! What sockets call when a thread has to wait for one: CPython's lock is free meanwhile.

use wasocket::backend::threads::{Threads, Unparked, install as install_threads};
use wasocket::time::Deadline;
use wasocket_threads::{Parking, Woken};

use super::{moment_of, threads};
use crate::ffi;

struct Waiting;

/// Has the sockets call it.
pub(super) fn install() {
    install_threads(&Waiting);
}

impl Threads for Waiting {
    fn are_others(&self) -> bool {
        threads().alive() > 1
    }

    fn current(&self) -> usize {
        threads().current().place()
    }

    fn park(&self, deadline: Deadline, outside: bool) -> Unparked {
        let until = moment_of(deadline);
        // SAFETY: it only answers.
        let has_lock = !unsafe { PyThreadState_GetUnchecked() }.is_null();
        // SAFETY: this thread has the lock, and takes it again.
        let state = has_lock.then(|| unsafe { ffi::PyEval_SaveThread() });
        let woken = threads().park(Parking { key: None, until, outside });
        if let Some(state) = state {
            // SAFETY: it is this thread's own.
            unsafe { ffi::PyEval_RestoreThread(state) };
        }
        match woken {
            Woken::Called => Unparked::Woken,
            Woken::Expired => Unparked::Expired,
            Woken::Interrupted => Unparked::InVain,
        }
    }

    fn wake(&self, thread: usize) {
        threads().wake_place(thread, Woken::Called);
    }
}

unsafe extern "C" {
    /// The state of the thread that runs, if it has CPython's lock.
    fn PyThreadState_GetUnchecked() -> *mut ffi::PyThreadState;
}
