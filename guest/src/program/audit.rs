//! Python's audit events of sockets.

use crate::address::{Address, Family, Kind};
use crate::netdb::Hints;

/// What is about to happen: one of the events that Python's module `socket` raises.
///
/// # References
/// - <https://docs.python.org/3/library/audit_events.html>
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditEvent<'a> {
    /// `socket.__new__`.
    New {
        /// The address family.
        family: Family,
        /// The type.
        kind: Kind,
        /// `IPPROTO_*`, or 0.
        protocol: i32,
    },
    /// `socket.bind`.
    Bind(&'a Address),
    /// `socket.connect`.
    Connect(&'a Address),
    /// `socket.sendto`.
    SendTo(&'a Address),
    /// `socket.sendmsg`.
    SendMsg(Option<&'a Address>),
    /// `socket.getaddrinfo`.
    GetAddrInfo {
        /// The address.
        host: Option<&'a str>,
        /// Which service there, or which port.
        service: Option<&'a str>,
        /// What else is known; the flags are no part of Python's event.
        hints: &'a Hints,
    },
    /// `socket.gethostbyname`.
    GetHostByName(&'a str),
    /// `socket.gethostbyaddr`.
    GetHostByAddr(&'a str),
    /// `socket.gethostname`.
    GetHostName,
    /// `socket.sethostname`.
    SetHostName(&'a [u8]),
    /// `socket.getnameinfo`.
    GetNameInfo(&'a Address),
    /// `socket.getservbyname`.
    GetServByName {
        /// Of which service.
        service: &'a str,
        /// `tcp`, `udp`, or either.
        protocol: Option<&'a str>,
    },
    /// `socket.getservbyport`.
    GetServByPort {
        /// At which port.
        port: u16,
        /// `tcp`, `udp`, or either.
        protocol: Option<&'a str>,
    },
}

impl AuditEvent<'_> {
    /// The name that Python gives it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::New { .. } => "socket.__new__",
            Self::Bind(_) => "socket.bind",
            Self::Connect(_) => "socket.connect",
            Self::SendTo(_) => "socket.sendto",
            Self::SendMsg(_) => "socket.sendmsg",
            Self::GetAddrInfo { .. } => "socket.getaddrinfo",
            Self::GetHostByName(_) => "socket.gethostbyname",
            Self::GetHostByAddr(_) => "socket.gethostbyaddr",
            Self::GetHostName => "socket.gethostname",
            Self::SetHostName(_) => "socket.sethostname",
            Self::GetNameInfo(_) => "socket.getnameinfo",
            Self::GetServByName { .. } => "socket.getservbyname",
            Self::GetServByPort { .. } => "socket.getservbyport",
        }
    }
}
