//! A socket as observers see it at one moment.

use std::net::SocketAddr;
use std::time::Duration;

use crate::policy::rule::Protocol;

/// What a socket of the internet does, as far as its host sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SocketState {
    /// It exists.
    Open,
    /// It has an address that the guest has chosen.
    Bound,
    /// It waits for connections.
    Listening,
    /// Its connection is in progress.
    Connecting,
    /// It has a peer.
    Connected,
}

impl SocketState {
    /// The word that the audit has for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Bound => "bound",
            Self::Listening => "listening",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
        }
    }
}

/// A socket at one moment; see [`Network::open_sockets`](crate::policy::Network::open_sockets).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketView {
    /// Its number among all that the guest has ever opened.
    pub number: u64,
    /// Its transport.
    pub protocol: Protocol,
    /// What it does.
    pub state: SocketState,
    /// Its own address, if it has been bound, listens or is connected.
    pub local: Option<SocketAddr>,
    /// The peer, if it has one or is to have one.
    pub remote: Option<SocketAddr>,
    /// How long it has been open.
    pub age: Duration,
    /// Bytes that the guest has sent, where the host counts them.
    pub bytes_sent: Option<u64>,
    /// Bytes that it has received, where the host counts them.
    pub bytes_received: Option<u64>,
}
