//! What was refused, why, and which flag would allow it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::address::Special;
use super::remedy::Remedy;
use super::rule::Protocol;
use crate::escape::{printable, printable_path};

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
    /// Looking up the addresses of this name.
    Resolve(String),
    /// Looking up the names of this address.
    Reverse(IpAddr),
    /// Connecting or sending to an `AF_UNIX` socket, by its path in the guest.
    UnixConnect(PathBuf),
    /// Binding an `AF_UNIX` socket to a path in the guest.
    UnixBind(PathBuf),
}

impl fmt::Display for Attempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(remote) => write!(formatter, "connect to tcp {}", plain(*remote)),
            Self::Bind(protocol, local) => write!(formatter, "bind to {protocol} {}", plain(*local)),
            Self::Listen(local) => write!(formatter, "listen on tcp {}", plain(*local)),
            Self::Send(remote) => write!(formatter, "send to udp {}", plain(*remote)),
            Self::Receive(remote) => write!(formatter, "receive from udp {}", plain(*remote)),
            Self::Resolve(name) => write!(formatter, "look up {}", printable(name)),
            Self::Reverse(address) => write!(formatter, "look up the names of {address}"),
            Self::UnixConnect(path) => write!(formatter, "connect to unix {}", printable_path(path)),
            Self::UnixBind(path) => write!(formatter, "bind to unix {}", printable_path(path)),
        }
    }
}

/// Why it was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No rule allows it.
    NoRule,
    /// This rule forbids it, in the words of the command line: `--deny-outbound tcp://10.0.0.0/8:*`.
    Denied(String),
    /// The address is a cloud's metadata service, which only a rule on that one address opens.
    Metadata,
    /// The name leads to this address, which is none of the public internet's, and which no rule names.
    SpecialAddress(IpAddr, Special),
    /// The callback that decides has said no.
    Callback,
    /// The audit has lost an event, and nothing that it does not hear of is to be done.
    AuditFailed,
}

impl Reason {
    /// A word for logs, which does not change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRule => "no-rule",
            Self::Denied(_) => "denied",
            Self::Metadata => "metadata",
            Self::SpecialAddress(..) => "special-address",
            Self::Callback => "asked",
            Self::AuditFailed => "audit-failed",
        }
    }
}

/// A refused attempt. It displays as one line for the person who runs the guest, with the option that would allow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// What the guest tried.
    pub attempt: Attempt,
    /// Why it may not.
    pub reason: Reason,
    /// A name that the guest had looked up and that led to the address, if it had.
    pub name: Option<String>,
    /// Whether it happened all the same, since the policy only reports.
    pub permitted: bool,
}

impl Denial {
    /// The option of `wasocket run` that would allow it and nothing else, as a shell takes it, if an option would.
    pub fn remedy(&self) -> Option<String> {
        let remedy = match (&self.reason, &self.attempt) {
            (Reason::NoRule, attempt) => attempt.remedy(self.name.as_deref()),
            (Reason::Metadata, attempt) => attempt.remedy(None),
            (Reason::SpecialAddress(address, _), Attempt::Resolve(name)) => Remedy::for_mapping(name, Some(*address)),
            (Reason::SpecialAddress(..) | Reason::Denied(_) | Reason::Callback | Reason::AuditFailed, _) => None,
        };
        remedy.map(|remedy| remedy.to_string())
    }

    /// The text for the guest: made from its own request, never from the rules nor from a resolver's answer.
    pub fn detail(&self) -> String {
        let (text, remedy) = match (&self.reason, &self.attempt) {
            (Reason::SpecialAddress(..), attempt @ Attempt::Resolve(name)) => (
                format!("the policy does not allow: {attempt}, which leads to no public address"),
                Remedy::for_mapping(name, None),
            ),
            (Reason::NoRule | Reason::Metadata, attempt) => {
                let name = if self.reason == Reason::NoRule { self.name.as_deref() } else { None };
                (format!("the policy does not allow: {attempt}"), attempt.remedy(name))
            }
            (Reason::Denied(_) | Reason::Callback | Reason::AuditFailed | Reason::SpecialAddress(..), attempt) => {
                (format!("the policy forbids: {attempt}"), None)
            }
        };
        match remedy {
            Some(remedy) => format!("{text}; allow it with {remedy}"),
            None => text,
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attempt = &self.attempt;
        match &self.reason {
            Reason::NoRule => write!(formatter, "{attempt}")?,
            Reason::Denied(rule) => write!(formatter, "{attempt}; {rule} forbids it")?,
            Reason::Metadata => {
                write!(formatter, "{attempt}: {} is open only to a rule on it alone", Special::Metadata)?
            }
            Reason::SpecialAddress(address, kind) => write!(formatter, "{attempt}: it leads to {address}, {kind}")?,
            Reason::Callback => write!(formatter, "{attempt}; whoever was asked said no")?,
            Reason::AuditFailed => write!(formatter, "{attempt}; the audit has lost an event")?,
        }
        self.remedy().map_or(Ok(()), |remedy| write!(formatter, "; allow it with {remedy}"))
    }
}

/// The name under which the domain name system keeps the names of an address.
pub(crate) fn reverse_name(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev().map(|byte| format!("{:x}.{:x}.", byte & 15, byte >> 4));
            nibbles.collect::<String>() + "ip6.arpa"
        }
    }
}

/// The address as a rule writes it: without an IPv6 scope or flow label.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
