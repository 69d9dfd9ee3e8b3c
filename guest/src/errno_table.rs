//! Which operation fails with which errno: the two tables, and no other place.
//!
//! The first answers from our own state before a network is asked; the second translates what WASI refuses. Two are
//! needed because WASI has one `invalid-state` for what POSIX distinguishes by state, and because one WASI code is
//! a different errno for a different operation.

use crate::errno::Errno::{self, *};
use crate::net::ErrorCode::{self, *};

/// A socket operation, as far as errors depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the socket function of that name")]
pub enum Operation {
    Open,
    Bind,
    Connect,
    Listen,
    Accept,
    Receive,
    Send,
    Shutdown,
    LocalAddress,
    PeerAddress,
    Option,
}

impl Operation {
    /// All of them, for tests that walk the tables.
    pub const ALL: [Self; 11] = [
        Self::Open,
        Self::Bind,
        Self::Connect,
        Self::Listen,
        Self::Accept,
        Self::Receive,
        Self::Send,
        Self::Shutdown,
        Self::LocalAddress,
        Self::PeerAddress,
        Self::Option,
    ];
}

/// The state of a TCP socket, as far as errors depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StateKind {
    /// Neither bound nor connected.
    Fresh,
    /// Bound, nothing more.
    Bound,
    /// A connection is under way.
    Connecting,
    /// Connected, or was until the peer left.
    Connected,
    /// Accepts connections.
    Listening,
}

impl StateKind {
    /// All of them, for tests that walk the tables.
    pub const ALL: [Self; 5] = [Self::Fresh, Self::Bound, Self::Connecting, Self::Connected, Self::Listening];
}

/// What Linux answers when an operation is not legal in a TCP socket's state. Sources: `inet_stream_connect`,
/// `inet_listen`, `tcp_sendmsg` and `tcp_recvmsg` of Linux, whose answers tests compare with a native run.
const ILLEGAL: &[(Operation, StateKind, Errno)] = &[
    (Operation::Bind, StateKind::Bound, EINVAL),
    (Operation::Bind, StateKind::Connecting, EINVAL),
    (Operation::Bind, StateKind::Connected, EINVAL),
    (Operation::Bind, StateKind::Listening, EINVAL),
    (Operation::Connect, StateKind::Listening, EISCONN),
    (Operation::Listen, StateKind::Connecting, EINVAL),
    (Operation::Listen, StateKind::Connected, EINVAL),
    (Operation::Accept, StateKind::Fresh, EINVAL),
    (Operation::Accept, StateKind::Bound, EINVAL),
    (Operation::Accept, StateKind::Connecting, EINVAL),
    (Operation::Accept, StateKind::Connected, EINVAL),
    (Operation::Receive, StateKind::Fresh, ENOTCONN),
    (Operation::Receive, StateKind::Bound, ENOTCONN),
    (Operation::Receive, StateKind::Listening, ENOTCONN),
    (Operation::Send, StateKind::Fresh, EPIPE),
    (Operation::Send, StateKind::Bound, EPIPE),
    (Operation::Send, StateKind::Listening, EPIPE),
    (Operation::Shutdown, StateKind::Fresh, ENOTCONN),
    (Operation::Shutdown, StateKind::Bound, ENOTCONN),
    (Operation::PeerAddress, StateKind::Fresh, ENOTCONN),
    (Operation::PeerAddress, StateKind::Bound, ENOTCONN),
    (Operation::PeerAddress, StateKind::Connecting, ENOTCONN),
    (Operation::PeerAddress, StateKind::Listening, ENOTCONN),
];

/// What POSIX calls what WASI refuses. A row for one operation comes before the row for all of them.
/// Source: the "Typical errors" of `wasi:sockets`.
const REFUSED: &[(Option<Operation>, ErrorCode, Errno)] = &[
    (Some(Operation::Open), NotSupported, EAFNOSUPPORT),
    // wasmtime has no word for a process without room for one more socket, and this word for nothing else that happens here.
    (Some(Operation::Open), Unknown, EMFILE),
    (Some(Operation::Accept), Unknown, EMFILE),
    (Some(Operation::Connect), AddressInUse, EADDRNOTAVAIL),
    (Some(Operation::Connect), InvalidState, EISCONN),
    (Some(Operation::Receive), InvalidState, ENOTCONN),
    (Some(Operation::Send), InvalidState, EPIPE),
    (Some(Operation::Shutdown), InvalidState, ENOTCONN),
    (Some(Operation::PeerAddress), InvalidState, ENOTCONN),
    (None, Unknown, EIO),
    (None, AccessDenied, EACCES),
    (None, NotSupported, EOPNOTSUPP),
    (None, InvalidArgument, EINVAL),
    (None, OutOfMemory, ENOMEM),
    (None, Timeout, ETIMEDOUT),
    (None, ConcurrencyConflict, EALREADY),
    (None, InvalidState, EINVAL),
    (None, NewSocketLimit, EMFILE),
    (None, AddressNotBindable, EADDRNOTAVAIL),
    (None, AddressInUse, EADDRINUSE),
    (None, RemoteUnreachable, EHOSTUNREACH),
    (None, ConnectionRefused, ECONNREFUSED),
    (None, ConnectionReset, ECONNRESET),
    (None, ConnectionAborted, ECONNABORTED),
    (None, DatagramTooLarge, EMSGSIZE),
    (None, BrokenPipe, EPIPE),
];

/// The errno of `operation` on a TCP socket in `state`, if that is not legal.
#[must_use]
pub fn illegal(operation: Operation, state: StateKind) -> Option<Errno> {
    ILLEGAL.iter().find(|row| row.0 == operation && row.1 == state).map(|row| row.2)
}

/// The errno of `operation` when WASI refuses it with `code`; `EIO` for the resolver's codes, which no socket operation
/// answers.
#[must_use]
pub fn refused(operation: Operation, code: ErrorCode) -> Errno {
    REFUSED.iter().find(|row| row.1 == code && row.0.is_none_or(|own| own == operation)).map_or(EIO, |row| row.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_answer_for_each_operation_and_state() {
        for operation in Operation::ALL {
            for state in StateKind::ALL {
                let rows = ILLEGAL.iter().filter(|row| row.0 == operation && row.1 == state).count();
                assert!(rows <= 1, "{operation:?} in {state:?} has {rows} answers");
            }
        }
    }

    #[test]
    fn every_row_of_what_wasi_refuses_is_reachable() {
        for (position, row) in REFUSED.iter().enumerate() {
            let hidden =
                REFUSED[..position].iter().any(|above| above.1 == row.1 && (above.0.is_none() || above.0 == row.0));
            assert!(!hidden, "{row:?} stands below a row that answers first");
        }
    }

    #[test]
    fn the_same_code_differs_by_operation() {
        assert_eq!(refused(Operation::Bind, AddressInUse), EADDRINUSE);
        assert_eq!(refused(Operation::Connect, AddressInUse), EADDRNOTAVAIL);
        assert_eq!(refused(Operation::PeerAddress, InvalidState), ENOTCONN);
    }
}
