//! The table of options that need no more than WASI and memory.
//!
//! Defaults are those of Linux, as its documentation and `net/ipv4/tcp.c` have them.

use super::{IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, Row, SOL_SOCKET, Scope, SocketOption, Storage, Taken};
use crate::constants::number;
use crate::errno::Errno;
use crate::net::NetOption;

const NANOSECONDS: u32 = 1_000_000_000;

/// Linux's ranges: `MAX_TCP_KEEPIDLE`, `MAX_TCP_KEEPINTVL` and `MAX_TCP_KEEPCNT` of `include/net/tcp.h`.
const KEEP_SECONDS: (i32, i32) = (1, 32_767);
const KEEP_PROBES: (i32, i32) = (1, 127);
const HOPS: (i32, i32) = (1, 255);

/// All options that need no more than WASI and memory.
const TABLE: &[Row] = &[
    row(SOL_SOCKET, number("SO_DEBUG"), SocketOption::Debug, Scope::Any, FLAG),
    row(SOL_SOCKET, number("SO_REUSEADDR"), SocketOption::ReuseAddress, Scope::Any, FLAG),
    row(SOL_SOCKET, number("SO_TYPE"), SocketOption::Type, Scope::Any, Storage::ReadOnly),
    row(SOL_SOCKET, number("SO_ERROR"), SocketOption::Error, Scope::Any, Storage::Error),
    row(SOL_SOCKET, number("SO_SNDBUF"), SocketOption::SendBuffer, Scope::Any, Storage::Buffer(NetOption::SendBuffer)),
    row(
        SOL_SOCKET,
        number("SO_RCVBUF"),
        SocketOption::ReceiveBuffer,
        Scope::Any,
        Storage::Buffer(NetOption::ReceiveBuffer),
    ),
    row(
        SOL_SOCKET,
        number("SO_KEEPALIVE"),
        SocketOption::KeepAlive,
        Scope::Any,
        Storage::Net { option: NetOption::KeepAlive, range: (i32::MIN, i32::MAX), unit: 1 },
    ),
    row(SOL_SOCKET, number("SO_OOBINLINE"), SocketOption::OutOfBandInline, Scope::Any, FLAG),
    row(
        SOL_SOCKET,
        number("SO_RCVLOWAT"),
        SocketOption::ReceiveLowWater,
        Scope::Any,
        Storage::Number { default: 1, taken: Taken::Bytes },
    ),
    row(SOL_SOCKET, number("SO_SNDLOWAT"), SocketOption::SendLowWater, Scope::Any, Storage::ReadOnly),
    row(SOL_SOCKET, number("SO_RCVTIMEO"), SocketOption::ReceiveTimeout, Scope::Any, Storage::Time),
    row(SOL_SOCKET, number("SO_SNDTIMEO"), SocketOption::SendTimeout, Scope::Any, Storage::Time),
    row(SOL_SOCKET, number("SO_ACCEPTCONN"), SocketOption::AcceptConnections, Scope::Any, Storage::ReadOnly),
    row(SOL_SOCKET, number("SO_PROTOCOL"), SocketOption::Protocol, Scope::Any, Storage::ReadOnly),
    row(SOL_SOCKET, number("SO_DOMAIN"), SocketOption::Domain, Scope::Any, Storage::ReadOnly),
    row(IPPROTO_TCP, number("TCP_NODELAY"), SocketOption::NoDelay, Scope::Tcp, FLAG),
    row(IPPROTO_TCP, number("TCP_KEEPIDLE"), SocketOption::KeepIdle, Scope::Tcp, seconds(NetOption::KeepIdle)),
    row(IPPROTO_TCP, number("TCP_KEEPINTVL"), SocketOption::KeepInterval, Scope::Tcp, seconds(NetOption::KeepInterval)),
    row(
        IPPROTO_TCP,
        number("TCP_KEEPCNT"),
        SocketOption::KeepCount,
        Scope::Tcp,
        Storage::Net { option: NetOption::KeepCount, range: KEEP_PROBES, unit: 1 },
    ),
    row(IPPROTO_IP, number("IP_TTL"), SocketOption::TimeToLive, Scope::Ip, hops()),
    row(IPPROTO_IPV6, number("IPV6_UNICAST_HOPS"), SocketOption::UnicastHops, Scope::Ip6, hops()),
    row(IPPROTO_IPV6, number("IPV6_V6ONLY"), SocketOption::V6Only, Scope::Ip6, Storage::V6Only),
    row(SOL_SOCKET, number("SO_BROADCAST"), SocketOption::Broadcast, Scope::Any, FLAG),
    row(SOL_SOCKET, number("SO_PRIORITY"), SocketOption::Priority, Scope::Any, integer(0, Taken::Priority)),
    row(SOL_SOCKET, number("SO_LINGER"), SocketOption::Linger, Scope::Any, Storage::Linger),
    row(SOL_SOCKET, number("SO_REUSEPORT"), SocketOption::ReusePort, Scope::Any, FLAG),
    row(SOL_SOCKET, number("SO_PEERCRED"), SocketOption::PeerCredentials, Scope::Any, Storage::PeerCredentials),
    row(SOL_SOCKET, number("SO_BINDTODEVICE"), SocketOption::BindToDevice, Scope::Any, Storage::Empty),
    row(IPPROTO_TCP, number("TCP_MAXSEG"), SocketOption::MaxSegment, Scope::Tcp, integer(536, Taken::MaxSegment)),
    row(IPPROTO_TCP, number("TCP_CORK"), SocketOption::Cork, Scope::Tcp, FLAG),
    row(IPPROTO_TCP, number("TCP_SYNCNT"), SocketOption::SynCount, Scope::Tcp, integer(6, Taken::Within(1, 127))),
    row(IPPROTO_TCP, number("TCP_LINGER2"), SocketOption::Linger2, Scope::Tcp, integer(60, Taken::Linger2)),
    row(IPPROTO_TCP, number("TCP_DEFER_ACCEPT"), SocketOption::DeferAccept, Scope::Tcp, integer(0, Taken::DeferAccept)),
    row(IPPROTO_TCP, number("TCP_WINDOW_CLAMP"), SocketOption::WindowClamp, Scope::Tcp, integer(0, Taken::WindowClamp)),
    row(IPPROTO_TCP, number("TCP_QUICKACK"), SocketOption::QuickAck, Scope::Tcp, Storage::Flag { default: 1 }),
    row(
        IPPROTO_TCP,
        number("TCP_THIN_LINEAR_TIMEOUTS"),
        SocketOption::ThinLinearTimeouts,
        Scope::Tcp,
        integer(0, Taken::Within(0, 1)),
    ),
    row(
        IPPROTO_TCP,
        number("TCP_USER_TIMEOUT"),
        SocketOption::UserTimeout,
        Scope::Tcp,
        integer(0, Taken::Within(0, i32::MAX)),
    ),
    row(IPPROTO_TCP, number("TCP_FASTOPEN"), SocketOption::FastOpen, Scope::Tcp, integer(0, Taken::FastOpen)),
    row(IPPROTO_TCP, number("TCP_NOTSENT_LOWAT"), SocketOption::NotSentLowWater, Scope::Tcp, integer(0, Taken::Any)),
    row(
        IPPROTO_TCP,
        number("TCP_FASTOPEN_CONNECT"),
        SocketOption::FastOpenConnect,
        Scope::Tcp,
        integer(0, Taken::Within(0, 1)),
    ),
    row(
        IPPROTO_TCP,
        number("TCP_FASTOPEN_NO_COOKIE"),
        SocketOption::FastOpenNoCookie,
        Scope::Tcp,
        integer(0, Taken::Within(0, 1)),
    ),
    row(IPPROTO_IP, number("IP_TOS"), SocketOption::TypeOfService, Scope::Ip, integer(0, Taken::TypeOfService)),
    row(IPPROTO_IP, number("IP_BIND_ADDRESS_NO_PORT"), SocketOption::BindAddressNoPort, Scope::Ip, FLAG),
    row(
        IPPROTO_IP,
        number("IP_MULTICAST_TTL"),
        SocketOption::MulticastTtl,
        Scope::Ip,
        integer(1, Taken::GroupHops(Errno::EINVAL)),
    ),
    row(
        IPPROTO_IPV6,
        number("IPV6_MULTICAST_HOPS"),
        SocketOption::MulticastHops,
        Scope::Ip6,
        integer(1, Taken::GroupHops(Errno::ENOPROTOOPT)),
    ),
    row(IPPROTO_IPV6, number("IPV6_TCLASS"), SocketOption::TrafficClass, Scope::Ip6, integer(0, Taken::TrafficClass)),
];

/// Options that read as on a fresh socket and can be nothing else without a kernel: level, name, whose they are, and what
/// they read.
const FIXED: &[(i32, u8, Scope, i8)] = &[
    (SOL_SOCKET, fixed("SO_DONTROUTE"), Scope::Any, 0),
    (SOL_SOCKET, fixed("SO_PASSCRED"), Scope::Any, 0),
    (SOL_SOCKET, fixed("SO_MARK"), Scope::Any, 0),
    (SOL_SOCKET, fixed("SO_INCOMING_CPU"), Scope::Any, -1),
    (SOL_SOCKET, fixed("SO_BINDTOIFINDEX"), Scope::Any, 0),
    (IPPROTO_TCP, fixed("TCP_THIN_DUPACK"), Scope::Tcp, 0),
    (IPPROTO_TCP, fixed("TCP_SAVE_SYN"), Scope::Tcp, 0),
    (IPPROTO_TCP, fixed("TCP_INQ"), Scope::Tcp, 0),
    (IPPROTO_TCP, fixed("TCP_TX_DELAY"), Scope::Tcp, 0),
    (IPPROTO_IP, fixed("IP_RECVOPTS"), Scope::Ip, 0),
    (IPPROTO_IP, fixed("IP_RETOPTS"), Scope::Ip, 0),
    (IPPROTO_IP, fixed("IP_PKTINFO"), Scope::Ip, 0),
    (IPPROTO_IP, fixed("IP_RECVERR"), Scope::Ip, 0),
    (IPPROTO_IP, fixed("IP_RECVTTL"), Scope::Ip, 0),
    (IPPROTO_IP, fixed("IP_RECVTOS"), Scope::Ip, 0),
    (IPPROTO_IP, fixed("IP_FREEBIND"), Scope::Ip, 0),
    (IPPROTO_IP, fixed("IP_TRANSPARENT"), Scope::Ip, 0),
    (IPPROTO_IP, fixed("IP_RECVORIGDSTADDR"), Scope::Ip, 0),
    (IPPROTO_IP, fixed("IP_MULTICAST_LOOP"), Scope::Ip, 1),
    (IPPROTO_IPV6, fixed("IPV6_MULTICAST_LOOP"), Scope::Ip6, 1),
    (IPPROTO_IPV6, fixed("IPV6_RECVERR"), Scope::Ip6, 0),
    (IPPROTO_IPV6, fixed("IPV6_RECVPKTINFO"), Scope::Ip6, 0),
    (IPPROTO_IPV6, fixed("IPV6_RECVHOPLIMIT"), Scope::Ip6, 0),
    (IPPROTO_IPV6, fixed("IPV6_RECVPATHMTU"), Scope::Ip6, 0),
    (IPPROTO_IPV6, fixed("IPV6_DONTFRAG"), Scope::Ip6, 0),
    (IPPROTO_IPV6, fixed("IPV6_RECVTCLASS"), Scope::Ip6, 0),
];

const fn row(level: i32, name: i32, option: SocketOption, scope: Scope, storage: Storage) -> Row {
    Row { level, name, option, scope, storage }
}

const fn seconds(option: NetOption) -> Storage {
    Storage::Net { option, range: KEEP_SECONDS, unit: NANOSECONDS }
}

const fn hops() -> Storage {
    Storage::Net { option: NetOption::HopLimit, range: HOPS, unit: 1 }
}

/// The number of an option that [`FIXED`] has: they are small.
const fn fixed(name: &str) -> u8 {
    let number = number(name);
    assert!(0 <= number && number <= u8::MAX as i32);
    number as u8
}

/// A flag that a fresh socket does not have.
const FLAG: Storage = Storage::Flag { default: 0 };

const fn integer(default: i32, taken: Taken) -> Storage {
    Storage::Number { default, taken }
}

/// The row of the option with these numbers.
pub(super) fn numbered(level: i32, name: i32) -> Option<Row> {
    let row = TABLE.iter().find(|row| row.level == level && row.name == name);
    row.copied().or_else(|| FIXED.iter().find(|fixed| is_fixed(fixed, level, name)).map(fixed_row))
}

/// The row of `option`.
pub(super) fn named(option: SocketOption) -> Option<Row> {
    match option {
        SocketOption::Fixed(level, name) => {
            FIXED.iter().find(|fixed| is_fixed(fixed, level.into(), name.into())).map(fixed_row)
        }
        _ => TABLE.iter().find(|row| row.option == option).copied(),
    }
}

fn is_fixed(fixed: &(i32, u8, Scope, i8), level: i32, name: i32) -> bool {
    fixed.0 == level && i32::from(fixed.1) == name
}

fn fixed_row(&(level, name, scope, value): &(i32, u8, Scope, i8)) -> Row {
    // Levels of this table are small, as protocols' numbers are.
    let option = SocketOption::Fixed(u8::try_from(level).unwrap_or(u8::MAX), name);
    row(level, name.into(), option, scope, Storage::Fixed(value.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_options_are_each_others_inverse() {
        let fixed = FIXED.iter().map(fixed_row);
        for row in TABLE.iter().copied().chain(fixed) {
            assert_eq!(numbered(row.level, row.name).map(|found| found.option), Some(row.option));
            assert_eq!(named(row.option).map(|found| (found.level, found.name)), Some((row.level, row.name)));
        }
    }
}
