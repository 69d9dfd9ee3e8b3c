//! Socket options: one table of what they are called, what form their value has, and where it is stored.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man7/socket.7.html>
//! - <https://man7.org/linux/man-pages/man7/tcp.7.html>
//! - <https://man7.org/linux/man-pages/man7/ip.7.html>

mod kept;
mod table;

use std::time::Duration;

use crate::address::{Family, Kind};
use crate::constants::number;
use crate::errno::Errno;
use crate::net::NetOption;

pub(crate) use self::kept::{Linger, Taken};

/// `SOL_SOCKET` on Linux.
pub const SOL_SOCKET: i32 = number("SOL_SOCKET");
/// `IPPROTO_IP` and `SOL_IP`.
pub const IPPROTO_IP: i32 = number("IPPROTO_IP");
/// `IPPROTO_TCP` and `SOL_TCP`.
pub const IPPROTO_TCP: i32 = number("IPPROTO_TCP");
/// `IPPROTO_UDP` and `SOL_UDP`.
pub const IPPROTO_UDP: i32 = number("IPPROTO_UDP");
/// `IPPROTO_IPV6`.
pub const IPPROTO_IPV6: i32 = number("IPPROTO_IPV6");

/// The value of an option, in the two forms of `socket.getsockopt(level, optname[, buflen])`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// A C `int`.
    Int(i32),
    /// The bytes of a structure, in the layout of 64-bit Linux.
    Bytes(Vec<u8>),
    /// `SO_ERROR`: an errno, whose number is the front end's to give; `None` is 0.
    Error(Option<Errno>),
}

/// An option by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SocketOption {
    /// `SO_DEBUG`: kept, without effect.
    Debug,
    /// `SO_REUSEADDR`: always on for TCP in WASI; kept.
    ReuseAddress,
    /// `SO_TYPE`.
    Type,
    /// `SO_ERROR`: the error that waits, once.
    Error,
    /// `SO_SNDBUF`.
    SendBuffer,
    /// `SO_RCVBUF`.
    ReceiveBuffer,
    /// `SO_KEEPALIVE`.
    KeepAlive,
    /// `SO_OOBINLINE`: kept; there is no urgent data.
    OutOfBandInline,
    /// `SO_RCVLOWAT`: kept.
    ReceiveLowWater,
    /// `SO_SNDLOWAT`: always 1, as on Linux.
    SendLowWater,
    /// `SO_RCVTIMEO`.
    ReceiveTimeout,
    /// `SO_SNDTIMEO`.
    SendTimeout,
    /// `SO_ACCEPTCONN`.
    AcceptConnections,
    /// `SO_PROTOCOL`.
    Protocol,
    /// `SO_DOMAIN`.
    Domain,
    /// `TCP_NODELAY`: kept; WASI cannot switch Nagle's algorithm off.
    NoDelay,
    /// `TCP_KEEPIDLE`.
    KeepIdle,
    /// `TCP_KEEPINTVL`.
    KeepInterval,
    /// `TCP_KEEPCNT`.
    KeepCount,
    /// `IP_TTL`.
    TimeToLive,
    /// `IPV6_UNICAST_HOPS`.
    UnicastHops,
    /// `IPV6_V6ONLY`: off makes a TCP socket two; always on for UDP.
    V6Only,
    /// `SO_REUSEPORT`: kept; a port has one socket in WASI.
    ReusePort,
    /// `SO_BROADCAST`: kept; the host decides whether broadcasts are sent.
    Broadcast,
    /// `SO_LINGER`: kept; closing never waits, and never resets.
    Linger,
    /// `SO_PRIORITY`: kept.
    Priority,
    /// `SO_PEERCRED`: the program's own, on `AF_UNIX`.
    PeerCredentials,
    /// `SO_BINDTODEVICE`: none.
    BindToDevice,
    /// `TCP_MAXSEG`: kept.
    MaxSegment,
    /// `TCP_CORK`: kept.
    Cork,
    /// `TCP_SYNCNT`: kept.
    SynCount,
    /// `TCP_LINGER2`: kept.
    Linger2,
    /// `TCP_DEFER_ACCEPT`: kept; connections are accepted before they say something.
    DeferAccept,
    /// `TCP_WINDOW_CLAMP`: kept.
    WindowClamp,
    /// `TCP_QUICKACK`: kept.
    QuickAck,
    /// `TCP_THIN_LINEAR_TIMEOUTS`: kept.
    ThinLinearTimeouts,
    /// `TCP_USER_TIMEOUT`: kept; the host gives a connection up when it does.
    UserTimeout,
    /// `TCP_FASTOPEN`: kept.
    FastOpen,
    /// `TCP_FASTOPEN_CONNECT`: kept.
    FastOpenConnect,
    /// `TCP_FASTOPEN_NO_COOKIE`: kept.
    FastOpenNoCookie,
    /// `TCP_NOTSENT_LOWAT`: kept.
    NotSentLowWater,
    /// `IP_TOS`: kept; the host marks packets as it does.
    TypeOfService,
    /// `IP_BIND_ADDRESS_NO_PORT`: kept.
    BindAddressNoPort,
    /// `IP_MULTICAST_TTL`: kept; datagrams to groups go one hop.
    MulticastTtl,
    /// `IPV6_MULTICAST_HOPS`: kept; datagrams to groups go one hop.
    MulticastHops,
    /// `IPV6_TCLASS`: kept; the host marks packets as it does.
    TrafficClass,
    /// An option that can only be what it is without a kernel: its level and its name.
    Fixed(u8, u8),
}

/// Where an option is stored, and which values it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    /// The network keeps it, as this option, with values in this range; the value is multiplied by `unit` on its way.
    Net { option: NetOption, range: (i32, i32), unit: u32 },
    /// A buffer size: Linux reads back the double of what was set.
    Buffer(NetOption),
    /// We keep a flag, 0 or 1; `default` is what a fresh socket reads.
    Flag { default: i32 },
    /// We keep a number; `default` is what a fresh socket reads.
    Number { default: i32, taken: Taken },
    /// We keep a `struct linger`.
    Linger,
    /// It can be read, and set to nothing else: without a kernel it would be a lie.
    Fixed(i32),
    /// It reads as no bytes, and cannot be set.
    Empty,
    /// A `struct ucred`, which cannot be set.
    PeerCredentials,
    /// We keep a `struct timeval`.
    Time,
    /// It says something of the socket and cannot be set.
    ReadOnly,
    /// `SO_ERROR`, which reading clears.
    Error,
    /// `IPV6_V6ONLY`, which is ours for TCP and WASI's for UDP.
    V6Only,
}

/// Which sockets have an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of them.
    Any,
    /// TCP.
    Tcp,
    /// IPv4 and IPv6.
    Ip,
    /// IPv6.
    Ip6,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) level: i32,
    pub(crate) name: i32,
    pub(crate) option: SocketOption,
    pub(crate) scope: Scope,
    pub(crate) storage: Storage,
}

/// The option with these numbers of Linux. Unknown ones are `ENOPROTOOPT`.
///
/// # Errors
/// `ENOPROTOOPT`: there is no such option, or only a kernel has it.
pub fn find(level: i32, name: i32) -> Result<SocketOption, Errno> {
    table::numbered(level, name).map(|row| row.option).ok_or(Errno::ENOPROTOOPT)
}

/// What `getsockopt` answers for an option that [`find`] does not know: Linux tells a level that the socket lacks from an
/// unknown name.
#[must_use]
pub fn unknown_to_get(family: Family, kind: Kind, level: i32) -> Errno {
    let known = match (family, level) {
        // IPv6 alone answers so whatever the level.
        (Family::Inet6, _) | (_, SOL_SOCKET) | (Family::Inet, IPPROTO_IP) => true,
        (Family::Inet, IPPROTO_TCP) => kind == Kind::Stream,
        (Family::Inet, IPPROTO_UDP) => kind == Kind::Datagram,
        (Family::Inet | Family::Unix, _) => false,
    };
    if known { Errno::ENOPROTOOPT } else { Errno::EOPNOTSUPP }
}

/// What `setsockopt` answers for an option that [`find`] does not know: `AF_UNIX` has none but those of all sockets.
#[must_use]
pub fn unknown_to_set(family: Family, level: i32) -> Errno {
    match (family, level) {
        (Family::Unix, SOL_SOCKET) | (Family::Inet | Family::Inet6, _) => Errno::ENOPROTOOPT,
        (Family::Unix, _) => Errno::EOPNOTSUPP,
    }
}

/// The row of the option with these numbers.
pub(crate) fn numbered(level: i32, name: i32) -> Option<Row> {
    table::numbered(level, name)
}

/// The row of `option`; each option has one (a test walks them).
pub(crate) fn row_of(option: SocketOption) -> Option<Row> {
    table::named(option)
}

/// Reads the value of `SO_RCVTIMEO`: a `struct timeval` of two 4-byte or two 8-byte integers, little-endian.
/// `None` is no limit, which Linux writes as zero.
pub(crate) fn time_from_bytes(bytes: &[u8]) -> Result<Option<Duration>, Errno> {
    let (seconds, microseconds) = match bytes.len() {
        16.. => (integer(&bytes[..8]), integer(&bytes[8..16])),
        8..16 => (integer(&bytes[..4]), integer(&bytes[4..8])),
        _ => return Err(Errno::EINVAL),
    };
    let microseconds = u32::try_from(microseconds).ok().filter(|microseconds| *microseconds < 1_000_000);
    let microseconds = microseconds.ok_or(Errno::EDOM)?;
    // Less than no time is no time at all, while none is no limit.
    let Ok(seconds) = u64::try_from(seconds) else { return Ok(Some(Duration::ZERO)) };
    Ok(Some(Duration::new(seconds, microseconds * 1000)).filter(|duration| !duration.is_zero()))
}

/// The value of `SO_RCVTIMEO` as 64-bit Linux lays it out.
pub(crate) fn time_to_bytes(limit: Option<Duration>) -> Vec<u8> {
    let limit = limit.unwrap_or_default();
    let seconds = limit.as_secs().to_le_bytes();
    let microseconds = u64::from(limit.subsec_micros()).to_le_bytes();
    [seconds, microseconds].concat()
}

/// The little-endian integer that these bytes are.
fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes.iter().rev().fold(start, |value, byte| (value << 8) | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_option_is_not_available() {
        assert_eq!(find(SOL_SOCKET, 9999), Err(Errno::ENOPROTOOPT));
        assert_eq!(unknown_to_get(Family::Inet, Kind::Stream, SOL_SOCKET), Errno::ENOPROTOOPT);
        assert_eq!(unknown_to_get(Family::Inet, Kind::Stream, IPPROTO_UDP), Errno::EOPNOTSUPP);
        assert_eq!(unknown_to_get(Family::Inet, Kind::Datagram, 4242), Errno::EOPNOTSUPP);
        assert_eq!(unknown_to_get(Family::Inet6, Kind::Datagram, 4242), Errno::ENOPROTOOPT);
        assert_eq!(unknown_to_get(Family::Unix, Kind::Stream, IPPROTO_TCP), Errno::EOPNOTSUPP);
        assert_eq!(unknown_to_set(Family::Unix, IPPROTO_TCP), Errno::EOPNOTSUPP);
        assert_eq!(unknown_to_set(Family::Inet, 4242), Errno::ENOPROTOOPT);
    }

    #[test]
    fn times_have_both_layouts() {
        let wide = time_to_bytes(Some(Duration::from_micros(1_500_000)));
        assert_eq!(time_from_bytes(&wide), Ok(Some(Duration::from_micros(1_500_000))));
        assert_eq!(time_from_bytes(&[2, 0, 0, 0, 0, 0, 0, 0]), Ok(Some(Duration::from_secs(2))));
        assert_eq!(time_from_bytes(&[0; 16]), Ok(None));
        assert_eq!(time_from_bytes(&[1, 0, 0, 0]), Err(Errno::EINVAL));
        assert_eq!(time_from_bytes(&[0xff; 16]), Err(Errno::EDOM));
        let negative = [[0xff; 8], [0; 8]].concat();
        assert_eq!(time_from_bytes(&negative), Ok(Some(Duration::ZERO)));
    }
}
