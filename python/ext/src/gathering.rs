//! Gathering of small writes on sockets that asked for `TCP_NODELAY`.
//!
//! WASI cannot switch Nagle's algorithm off, so that a program that writes a head, writes a body and reads the answer
//! would wait for a delayed acknowledgement between the two. Where the program's runner allows it, a socket with
//! `TCP_NODELAY` holds small writes back and sends them as one. They go out with the next call of any kind into our
//! modules, except a further small write on the same socket; at close and at exit; and within about a millisecond while
//! Python code computes. Errors of such a write are raised by the next call that moves data on that socket.
//!
//! A socket whose small writes come one by one needs none of this, and is soon known (see `habit`).
//!
//! What a blocking socket holds is waited for by that next call, as its own write would have waited. What the network does
//! not take at once from a socket that does not block stays held; such a socket is *stuck*: it is not writable, nothing
//! more is held for it, and whatever waits, waits for its room as well (see `stuck`).

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::time::Duration;

use wasocket::address::{Family, Kind};
use wasocket::errno::Errno;
use wasocket::message::MessageFlags;
use wasocket::net::Net as _;
use wasocket::options::{OptionValue, SocketOption};
use wasocket::sockets::Fd;
use wasocket::time::{Moment, Timeout};
use wasocket::{Error, Result};

use crate::errors::PyResult;
use crate::ffi;
use crate::habit::Habit;
use crate::state::state;

/// The most that one socket holds back.
const LIMIT: usize = 16 * 1024;

/// How long bytes are held while Python code computes.
const PATIENCE: Duration = Duration::from_millis(1);

/// How long closing waits for a peer that does not read.
const CLOSING_PATIENCE: Duration = Duration::from_secs(1);

/// The clock is read once in so many pending calls: reading it is a call to the host.
const CALLS_PER_CLOCK_READING: u32 = 16;

/// The bytes that sockets hold back.
#[derive(Default)]
pub(crate) struct Gathering {
    on: Cell<bool>,
    held: RefCell<BTreeMap<Fd, Held>>,
    /// Errors of writes that the program believes done.
    deferred: RefCell<BTreeMap<Fd, Error>>,
    /// Sockets that are known to be connected and to have `TCP_NODELAY`.
    eligible: RefCell<BTreeMap<Fd, Habit>>,
    /// The socket whose small write was sent at once, until the next call of any other kind.
    sent_alone: Cell<Option<Fd>>,
    pending_call: Cell<PendingCall>,
}

/// Bytes of one socket.
struct Held {
    data: Vec<u8>,
    /// How many writes these were.
    writes: u32,
    since: Moment,
    /// How long the last write on it would have waited.
    timeout: Timeout,
    stuck: bool,
}

/// Who flushes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flush {
    /// A call of the program, which may wait as the writes would have.
    Call,
    /// The interpreter, between two bytecodes: never waits.
    Background,
}

/// The call that CPython makes between two bytecodes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum PendingCall {
    #[default]
    Idle,
    /// It will be made, and was made so often.
    Armed(u32),
}

impl Gathering {
    /// Whether small writes may be held back.
    pub(crate) fn is_on(&self) -> bool {
        self.on.get()
    }

    /// Allows or forbids it; what is held goes out. An operating system has a `TCP_NODELAY` of its own.
    pub(crate) fn set_on(&self, on: bool) {
        self.on.set(on && state().sockets.net().system().is_none());
    }

    /// Holds `data` back for `fd`. If it is not to be held, sends what is held, and answers false.
    pub(crate) fn take(&self, fd: Fd, data: &[u8], flags: c_int, timeout: Timeout) -> PyResult<bool> {
        self.flush_except(Some(fd), Flush::Call);
        let plain = flags.cast_unsigned() & !MessageFlags::NOSIGNAL.bits() == 0;
        let small = plain && data.len() <= LIMIT && self.is_eligible(fd);
        if small && self.goes_alone(fd) {
            return Ok(false);
        }
        let full = self.held_length(fd).is_some_and(|held| held + data.len() > LIMIT);
        if !small || full || self.is_stuck(fd) {
            self.push(fd, timeout)?;
        }
        if small {
            self.hold(fd, data, timeout);
        }
        Ok(small)
    }

    /// Whether a small write is to be sent at once, since nothing is expected to follow it.
    fn goes_alone(&self, fd: Fd) -> bool {
        let surprises = self.sent_alone.replace(None) == Some(fd);
        let mut eligible = self.eligible.borrow_mut();
        let Some(habit) = eligible.get_mut(&fd) else { return false };
        if surprises {
            *habit = habit.after_surprise();
        }
        let alone = habit.writes_alone() && !self.held.borrow().contains_key(&fd);
        self.sent_alone.set(alone.then_some(fd));
        alone
    }

    /// Raises the error of a write that the program believes done.
    pub(crate) fn raise_deferred(&self, fd: Fd) -> PyResult<()> {
        match self.take_deferred(fd) {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// The error of such a write, once.
    pub(crate) fn take_deferred(&self, fd: Fd) -> Option<Error> {
        self.deferred.borrow_mut().remove(&fd)
    }

    /// The mode of `fd` has changed.
    pub(crate) fn forget_mode(&self, fd: Fd) {
        self.eligible.borrow_mut().remove(&fd);
    }

    /// The sockets whose bytes the network did not take at once.
    pub(crate) fn stuck(&self) -> Vec<Fd> {
        let held = self.held.borrow();
        held.iter().filter(|(_, held)| held.stuck).map(|(fd, _)| *fd).collect()
    }

    /// Whether `fd` has bytes that the network did not take at once.
    pub(crate) fn is_stuck(&self, fd: Fd) -> bool {
        self.held.borrow().get(&fd).is_some_and(|held| held.stuck)
    }

    /// Sends what is held, waiting at most `patience` for each socket that does not take it at once.
    pub(crate) fn settle(&self, patience: Duration) {
        self.flush_except(None, Flush::Background);
        for fd in self.stuck() {
            self.finish(fd, patience);
        }
    }

    fn finish(&self, fd: Fd, patience: Duration) {
        if self.held_length(fd).is_some() && self.push(fd, Timeout::After(patience)).is_err() {
            self.held.borrow_mut().remove(&fd);
        }
    }

    fn flush_except(&self, except: Option<Fd>, flush: Flush) {
        let held = self.held.borrow();
        let others: Vec<(Fd, Timeout)> =
            held.iter().filter(|(fd, _)| Some(**fd) != except).map(|(fd, held)| (*fd, held.timeout)).collect();
        drop(held);
        for (fd, timeout) in others {
            let timeout = if flush == Flush::Background { Timeout::NonBlocking } else { timeout };
            match self.push(fd, timeout) {
                Ok(()) | Err(Error::Os { errno: Errno::EAGAIN, .. }) => {}
                Err(error) => drop(self.deferred.borrow_mut().insert(fd, error)),
            }
        }
    }

    /// Sends what `fd` holds. What a socket that does not wait could not send stays held; after any other error nothing is.
    fn push(&self, fd: Fd, timeout: Timeout) -> Result<()> {
        let Some(mut held) = self.held.borrow_mut().remove(&fd) else { return Ok(()) };
        if let Some(habit) = self.eligible.borrow_mut().get_mut(&fd) {
            *habit = habit.after(held.writes);
        }
        while !held.data.is_empty() {
            match state().sockets.send(fd, &[&held.data], MessageFlags::NOSIGNAL, None, timeout) {
                Ok(sent) => drop(held.data.drain(..sent.min(held.data.len()))),
                Err(error @ Error::Os { errno: Errno::EAGAIN, .. }) => {
                    self.held.borrow_mut().insert(fd, Held { stuck: true, ..held });
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn hold(&self, fd: Fd, data: &[u8], timeout: Timeout) {
        let mut held = self.held.borrow_mut();
        let entry =
            held.entry(fd).or_insert_with(|| Held { data: Vec::new(), writes: 0, since: now(), timeout, stuck: false });
        entry.writes += 1;
        entry.data.extend_from_slice(data);
        entry.timeout = timeout;
        drop(held);
        if self.pending_call.get() == PendingCall::Idle {
            self.arm(0);
        }
    }

    fn held_length(&self, fd: Fd) -> Option<usize> {
        self.held.borrow().get(&fd).map(|held| held.data.len())
    }

    /// Whether `fd` is a connected TCP socket with `TCP_NODELAY`.
    fn is_eligible(&self, fd: Fd) -> bool {
        if self.eligible.borrow().contains_key(&fd) {
            return true;
        }
        let sockets = &state().sockets;
        let stream =
            sockets.kind(fd) == Ok(Kind::Stream) && sockets.family(fd).is_ok_and(|family| family != Family::Unix);
        let asked = || matches!(sockets.option(fd, SocketOption::NoDelay), Ok(OptionValue::Int(value)) if value != 0);
        let eligible = stream && asked() && sockets.peer_address(fd).is_ok();
        if eligible {
            self.eligible.borrow_mut().insert(fd, Habit::default());
        }
        eligible
    }

    fn arm(&self, calls: u32) {
        // SAFETY: the function takes no argument and lives as long as the program.
        let failed = unsafe { ffi::Py_AddPendingCall(Some(pending_call), std::ptr::null_mut()) } < 0;
        self.pending_call.set(if failed { PendingCall::Idle } else { PendingCall::Armed(calls) });
        if failed {
            self.flush_except(None, Flush::Background);
        }
    }

    /// CPython's pending call: sends what was held long enough, and asks to be called again while something is held.
    fn on_pending_call(&self) {
        let calls = match self.pending_call.replace(PendingCall::Idle) {
            PendingCall::Armed(calls) => calls.wrapping_add(1),
            PendingCall::Idle => 0,
        };
        if calls.is_multiple_of(CALLS_PER_CLOCK_READING) && self.is_overdue() {
            self.flush_except(None, Flush::Background);
        }
        let moving = self.held.borrow().values().any(|held| !held.stuck);
        if moving {
            self.arm(calls);
        }
    }

    fn is_overdue(&self) -> bool {
        let now = now();
        self.held.borrow().values().any(|held| held.since.until(now) >= PATIENCE)
    }
}

fn now() -> Moment {
    state().sockets.net().now()
}

/// Sends what is held: before each call into our modules.
pub(crate) fn flush_all() {
    let gathering = &state().gathering;
    gathering.sent_alone.set(None);
    if gathering.is_on() && !gathering.held.borrow().is_empty() {
        gathering.flush_except(None, Flush::Call);
    }
}

/// Sends what `fd` holds before its last bytes may be sent: waits a little for a peer that does not read.
pub(crate) fn before_shutdown(fd: Fd) {
    state().gathering.finish(fd, CLOSING_PATIENCE);
}

/// Sends what `fd` holds, and forgets all about it.
pub(crate) fn before_close(fd: Fd) {
    let gathering = &state().gathering;
    if gathering.is_on() {
        gathering.finish(fd, CLOSING_PATIENCE);
        gathering.forget_mode(fd);
        gathering.take_deferred(fd);
    }
}

extern "C" fn pending_call(_: *mut c_void) -> c_int {
    state().gathering.on_pending_call();
    0
}
