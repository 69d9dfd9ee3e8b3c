//! CPython's pending call, by which small writes that sockets hold back go out while Python code computes.

use std::cell::Cell;
use std::ffi::{c_int, c_void};

use crate::ffi;
use crate::state::state;

/// How many pending calls share one reading of the clock, which is a call to the host.
const CALLS_PER_CLOCK_READING: u32 = 16;

/// Whether CPython will make the call between two bytecodes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    /// It will, and has made it so often.
    Armed(u32),
}

/// The pending call.
#[derive(Default)]
pub(crate) struct PendingCall(Cell<State>);

impl PendingCall {
    /// After a write: asks to be called if something is held.
    pub(crate) fn after_write(&self) {
        if self.0.get() == State::Idle && state().sockets.holds_writes() {
            self.arm(0);
        }
    }

    fn arm(&self, calls: u32) {
        // SAFETY: the function takes no argument and lives as long as the program.
        let failed = unsafe { ffi::Py_AddPendingCall(Some(pending_call), std::ptr::null_mut()) } < 0;
        self.0.set(if failed { State::Idle } else { State::Armed(calls) });
        if failed {
            state().sockets.flush_without_waiting();
        }
    }

    /// Sends what is overdue, and asks to be called again while something is held.
    fn run(&self) {
        let calls = match self.0.replace(State::Idle) {
            State::Armed(calls) => calls.wrapping_add(1),
            State::Idle => 0,
        };
        let sockets = &state().sockets;
        if calls.is_multiple_of(CALLS_PER_CLOCK_READING) {
            sockets.flush_overdue();
        }
        if sockets.holds_writes() {
            self.arm(calls);
        }
    }
}

extern "C" fn pending_call(_: *mut c_void) -> c_int {
    state().pending_call.run();
    0
}
