//! What was refused, why, and which flag would allow it.

use std::fmt;
use std::net::SocketAddr;

use super::rule::{Protocol, Rule};

/// What a guest tried.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Attempt {
    /// Connecting a TCP socket to this address.
    Connect(SocketAddr),
    /// Binding a socket to this local address.
    Bind(Protocol, SocketAddr),
    /// Listening on this local address.
    Listen(SocketAddr),
    /// Sending a datagram to this address.
    Send(SocketAddr),
    /// Receiving a datagram from this address.
    Receive(SocketAddr),
    /// Looking up this name.
    Resolve(String),
}

impl Attempt {
    /// The option of `wasocket run` that would allow it.
    fn remedy(&self) -> String {
        match self {
            Self::Connect(remote) => format!("--allow-outbound tcp://{}", plain(*remote)),
            Self::Send(remote) | Self::Receive(remote) => format!("--allow-outbound udp://{}", plain(*remote)),
            Self::Bind(protocol, local) => format!("--allow-inbound {protocol}://{}", plain(*local)),
            // A guest listens on a port that no rule knows only if the system chose the port.
            Self::Listen(local) => format!("--allow-inbound tcp://{}", plain(SocketAddr::new(local.ip(), 0))),
            Self::Resolve(name) => format!("--allow-resolve {name}"),
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(remote) => write!(formatter, "connect to tcp {}", plain(*remote)),
            Self::Bind(protocol, local) => write!(formatter, "bind to {protocol} {}", plain(*local)),
            Self::Listen(local) => write!(formatter, "listen on tcp {}", plain(*local)),
            Self::Send(remote) => write!(formatter, "send to udp {}", plain(*remote)),
            Self::Receive(remote) => write!(formatter, "receive from udp {}", plain(*remote)),
            Self::Resolve(name) => write!(formatter, "look up {name}"),
        }
    }
}

/// Why it was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No rule allows it.
    NoRule,
    /// This rule forbids it: `--deny-outbound`.
    DeniedOutbound(Rule),
    /// This rule forbids it: `--deny-inbound`.
    DeniedInbound(Rule),
}

/// A refused attempt. It displays as one line for the person who runs the guest, with the option that would allow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// What the guest tried.
    pub attempt: Attempt,
    /// Why it may not.
    pub reason: Reason,
}

impl fmt::Display for Denial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attempt, reason } = self;
        match reason {
            Reason::NoRule => write!(formatter, "{attempt}; allow it with {}", attempt.remedy()),
            Reason::DeniedOutbound(rule) => write!(formatter, "{attempt}; --deny-outbound {rule} forbids it"),
            Reason::DeniedInbound(rule) => write!(formatter, "{attempt}; --deny-inbound {rule} forbids it"),
        }
    }
}

/// The address as a rule writes it: without an IPv6 scope or flow label.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
