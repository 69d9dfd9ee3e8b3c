//! How the answer of a network becomes the answer of a socket: `EAGAIN` or a timeout, by the mode of the call.

use std::time::Duration;

use crate::errno::Errno;
use crate::errno_table::{Operation, refused};
use crate::error::{Error, Result};
use crate::net::{NetError, Network};
use crate::time::{Deadline, Timeout};

/// One call's right to wait: its mode, and the deadline that was computed once when it began.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    timeout: Timeout,
    expiry: Expiry,
    /// The moment up to which each operation of this call may wait.
    pub(crate) deadline: Deadline,
}

/// What a call answers when its time has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expiry {
    /// `TimeoutError("timed out")`: the socket's own `settimeout`.
    TimedOut,
    /// `EAGAIN`: `SO_RCVTIMEO` and `SO_SNDTIMEO`, as the kernel answers.
    Again,
    /// `EAGAIN`, after which the same call is tried again: one that [`TimedOut`](Self::TimedOut) is for.
    TriedTimedOut,
    /// The same of one that [`Again`](Self::Again) is for.
    TriedAgain,
}

impl Wait {
    /// The wait of a call that begins now with `timeout`.
    pub(crate) fn start<N: Network>(net: &N, timeout: Timeout) -> Self {
        Self { timeout, expiry: Expiry::TimedOut, deadline: timeout.deadline(|| net.now()) }
    }

    /// The wait of a call that begins now, on a blocking socket with `SO_RCVTIMEO` or `SO_SNDTIMEO` set to `limit`.
    pub(crate) fn limited<N: Network>(net: &N, timeout: Timeout, limit: Option<Duration>) -> Self {
        match (timeout, limit) {
            (Timeout::Blocking, Some(limit)) => {
                Self { expiry: Expiry::Again, ..Self::start(net, Timeout::After(limit)) }
            }
            _ => Self::start(net, timeout),
        }
    }

    /// Whether this call is one that a kernel would do on a blocking socket: it goes on until all is done, or until the limit
    /// that an option set.
    pub(crate) fn is_blocking(&self) -> bool {
        self.timeout == Timeout::Blocking || matches!(self.expiry, Expiry::Again | Expiry::TriedAgain)
    }

    /// Whether the program asked not to wait at all.
    pub(crate) fn is_at_once(&self) -> bool {
        self.timeout == Timeout::NonBlocking
    }

    /// The same call as one of several tries that do not wait, since other threads run between them.
    pub(crate) fn tried(self) -> Self {
        let expiry = match self.expiry {
            Expiry::TimedOut | Expiry::TriedTimedOut => Expiry::TriedTimedOut,
            Expiry::Again | Expiry::TriedAgain => Expiry::TriedAgain,
        };
        Self { expiry, deadline: Deadline::Now, ..self }
    }

    /// The same call when its time has run out.
    pub(crate) fn at_last(self) -> Self {
        Self { deadline: Deadline::Now, ..self }
    }

    /// Whether it is to be [tried](Wait::tried) again if it cannot be done as a whole.
    pub(crate) fn is_tried<N: Network>(&self) -> bool {
        N::HAS_THREADS && matches!(self.expiry, Expiry::TriedTimedOut | Expiry::TriedAgain)
    }

    /// The error of a call whose time has run out.
    pub(crate) fn expired(&self) -> Error {
        match (self.timeout, self.expiry) {
            (Timeout::After(_), Expiry::TimedOut) => Error::Timeout,
            _ => Error::from(Errno::EAGAIN),
        }
    }

    /// What `error` of an operating system means to the caller.
    pub(crate) fn system_error(&self, error: Error) -> Error {
        match (self.timeout, self.expiry, error.errno()) {
            (Timeout::After(_), Expiry::TimedOut, Some(Errno::EAGAIN | Errno::EINPROGRESS)) => Error::Timeout,
            _ => error,
        }
    }

    /// What `error` of `operation` means to the caller.
    pub(crate) fn error(&self, operation: Operation, error: NetError) -> Error {
        match error {
            NetError::WouldBlock => self.expired(),
            other => error_of(operation, other),
        }
    }

    /// Waits for something that only this program can make happen: until another thread may have, or the handler of a signal, so that
    /// it is worth another look.
    ///
    /// # Errors
    /// As [`Wait::in_vain`], if there is neither. [`Wait::expired`]: the time has run out.
    pub(crate) fn for_program<N: Network>(&self, net: &N) -> Result<()> {
        if !N::MAY_CHANGE || self.deadline == Deadline::Now {
            return Err(self.in_vain(net));
        }
        if self.deadline.has_passed(|| net.now()) {
            return Err(self.expired());
        }
        if net.wait_for_change(self.deadline)? { Ok(()) } else { Err(self.in_vain(net)) }
    }

    /// Waits for something that nobody can make happen: the rest of the time, or `EDEADLK` if there is no end to it.
    pub(crate) fn in_vain<N: Network>(&self, net: &N) -> Error {
        match self.deadline {
            Deadline::Never => Error::from(Errno::EDEADLK),
            Deadline::Now => self.expired(),
            Deadline::At(_) => loop {
                // Nothing can be found: it sleeps.
                match net.poll(&[], self.deadline) {
                    Err(error) => return error,
                    Ok(_) if self.deadline.has_passed(|| net.now()) || !N::MAY_CHANGE => return self.expired(),
                    Ok(_) => {}
                }
            },
        }
    }
}

/// What `error` of `operation`, which does not wait, means to the caller.
pub(crate) fn error_of(operation: Operation, error: NetError) -> Error {
    match error {
        NetError::WouldBlock => Error::from(Errno::EAGAIN),
        NetError::Code(code) => Error::from(refused(operation, code)),
        NetError::Errno(errno) => Error::from(errno),
        NetError::Error(error) => error,
        NetError::Other(text) => Error::Other(text),
    }
}
