//! What is told of a socket's states: the audit's view of calls that `socket.rs` and others carry out.

use std::io;
use std::net::SocketAddr;

use super::errors;
use super::open::Asker;
use super::socket::{Socket, is_writable};
use crate::policy::Tracked;

impl Socket {
    /// Who asks the policy when this socket is used.
    pub(super) fn asker(&self) -> Asker<'_> {
        Asker { network: &self.sockets.network, number: self.tracked.as_ref().map(Tracked::number) }
    }

    /// Tells of a socket of the internet; of others nothing is told.
    pub(super) fn tell(&self, tell: impl FnOnce(&Tracked)) {
        if let Some(tracked) = &self.tracked {
            tell(tracked);
        }
    }

    /// A connection that was under way is there; nothing if none was.
    pub(super) fn is_through(&self) {
        self.tell(|tracked| tracked.is_through(|| local(self.system())));
    }

    /// A connection that was under way will not be, by what the system says.
    pub(super) fn has_failed(&self, error: &io::Error) {
        self.tell(|tracked| tracked.fails(error.raw_os_error().and_then(errors::name)));
    }

    /// The guest has asked for `SO_ERROR`: that is how those who do not wait learn what has become of a connection.
    pub(super) fn has_shown_error(&self, number: i32) {
        let is_under_way = self.tracked.as_ref().is_some_and(Tracked::is_under_way);
        if is_under_way && number != 0 {
            self.has_failed(&io::Error::from_raw_os_error(number));
        } else if is_under_way && is_writable(self.system()).unwrap_or(false) {
            self.is_through();
        }
    }
}

/// An address of the internet that a socket has.
pub(super) fn local(socket: &socket2::Socket) -> Option<SocketAddr> {
    socket.local_addr().ok().and_then(|local| local.as_socket())
}
