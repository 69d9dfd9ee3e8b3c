//! What the audit hears of a socket's states, beside the calls that `socket.rs` and others carry out.

use std::io;

use super::address::local;
use super::errors;
use super::socket::{Socket, is_writable};
use crate::network::Requester;

impl Socket {
    /// Which socket an attempt is made with.
    pub(super) fn requester(&self) -> Requester<'_> {
        Requester::socket(self.account())
    }

    /// The connection in progress, if any, is complete.
    pub(super) fn note_connected(&self) {
        let network = &self.sockets.network;
        self.account().connected(|| local(self.system()), |remote| network.hold(remote));
    }

    /// The connection in progress has failed, as the system says.
    pub(super) fn note_failed(&self, error: &io::Error) {
        if self.account().is_connecting() {
            self.account().disconnected(error.raw_os_error().and_then(errors::name));
        }
    }

    /// The guest has read `SO_ERROR`: a non-blocking guest learns the outcome of a connection that way.
    pub(super) fn note_error_shown(&self, number: i32) {
        let is_connecting = self.account().is_connecting();
        if is_connecting && number != 0 {
            self.note_failed(&io::Error::from_raw_os_error(number));
        } else if is_connecting && is_writable(self.system()).unwrap_or(false) {
            self.note_connected();
        }
    }
}
