//! The table of options that need no more than WASI and memory.
//!
//! Defaults are those of Linux, as its documentation and `net/ipv4/tcp.c` have them.

use super::{IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, Keeper, Row, SOL_SOCKET, Scope, SocketOption, Taken};
use crate::errno::Errno;
use crate::net::NetOption;

const NANOSECONDS: u32 = 1_000_000_000;

/// Linux's ranges: `MAX_TCP_KEEPIDLE`, `MAX_TCP_KEEPINTVL` and `MAX_TCP_KEEPCNT` of `include/net/tcp.h`.
const KEEP_SECONDS: (i32, i32) = (1, 32_767);
const KEEP_PROBES: (i32, i32) = (1, 127);
const HOPS: (i32, i32) = (1, 255);

/// All options that need no more than WASI and memory.
const TABLE: &[Row] = &[
    row(SOL_SOCKET, 1, SocketOption::Debug, Scope::Any, FLAG),
    row(SOL_SOCKET, 2, SocketOption::ReuseAddress, Scope::Any, FLAG),
    row(SOL_SOCKET, 3, SocketOption::Type, Scope::Any, Keeper::Fact),
    row(SOL_SOCKET, 4, SocketOption::Error, Scope::Any, Keeper::Error),
    row(SOL_SOCKET, 7, SocketOption::SendBuffer, Scope::Any, Keeper::Buffer(NetOption::SendBuffer)),
    row(SOL_SOCKET, 8, SocketOption::ReceiveBuffer, Scope::Any, Keeper::Buffer(NetOption::ReceiveBuffer)),
    row(
        SOL_SOCKET,
        9,
        SocketOption::KeepAlive,
        Scope::Any,
        Keeper::Net { option: NetOption::KeepAlive, range: (i32::MIN, i32::MAX), unit: 1 },
    ),
    row(SOL_SOCKET, 10, SocketOption::OutOfBandInline, Scope::Any, FLAG),
    row(SOL_SOCKET, 18, SocketOption::ReceiveLowWater, Scope::Any, Keeper::Number { default: 1, taken: Taken::Bytes }),
    row(SOL_SOCKET, 19, SocketOption::SendLowWater, Scope::Any, Keeper::Fact),
    row(SOL_SOCKET, 20, SocketOption::ReceiveTimeout, Scope::Any, Keeper::Time),
    row(SOL_SOCKET, 21, SocketOption::SendTimeout, Scope::Any, Keeper::Time),
    row(SOL_SOCKET, 30, SocketOption::AcceptConnections, Scope::Any, Keeper::Fact),
    row(SOL_SOCKET, 38, SocketOption::Protocol, Scope::Any, Keeper::Fact),
    row(SOL_SOCKET, 39, SocketOption::Domain, Scope::Any, Keeper::Fact),
    row(IPPROTO_TCP, 1, SocketOption::NoDelay, Scope::Tcp, FLAG),
    row(IPPROTO_TCP, 4, SocketOption::KeepIdle, Scope::Tcp, seconds(NetOption::KeepIdle)),
    row(IPPROTO_TCP, 5, SocketOption::KeepInterval, Scope::Tcp, seconds(NetOption::KeepInterval)),
    row(
        IPPROTO_TCP,
        6,
        SocketOption::KeepCount,
        Scope::Tcp,
        Keeper::Net { option: NetOption::KeepCount, range: KEEP_PROBES, unit: 1 },
    ),
    row(IPPROTO_IP, 2, SocketOption::TimeToLive, Scope::Ip, hops()),
    row(IPPROTO_IPV6, 16, SocketOption::UnicastHops, Scope::Ip6, hops()),
    row(IPPROTO_IPV6, 26, SocketOption::V6Only, Scope::Ip6, Keeper::V6Only),
    row(SOL_SOCKET, 6, SocketOption::Broadcast, Scope::Any, FLAG),
    row(SOL_SOCKET, 12, SocketOption::Priority, Scope::Any, number(0, Taken::Priority)),
    row(SOL_SOCKET, 13, SocketOption::Linger, Scope::Any, Keeper::Linger),
    row(SOL_SOCKET, 15, SocketOption::ReusePort, Scope::Any, FLAG),
    row(SOL_SOCKET, 17, SocketOption::PeerCredentials, Scope::Any, Keeper::PeerCredentials),
    row(SOL_SOCKET, 25, SocketOption::BindToDevice, Scope::Any, Keeper::Empty),
    row(IPPROTO_TCP, 2, SocketOption::MaxSegment, Scope::Tcp, number(536, Taken::MaxSegment)),
    row(IPPROTO_TCP, 3, SocketOption::Cork, Scope::Tcp, FLAG),
    row(IPPROTO_TCP, 7, SocketOption::SynCount, Scope::Tcp, number(6, Taken::Within(1, 127))),
    row(IPPROTO_TCP, 8, SocketOption::Linger2, Scope::Tcp, number(60, Taken::Linger2)),
    row(IPPROTO_TCP, 9, SocketOption::DeferAccept, Scope::Tcp, number(0, Taken::DeferAccept)),
    row(IPPROTO_TCP, 10, SocketOption::WindowClamp, Scope::Tcp, number(0, Taken::WindowClamp)),
    row(IPPROTO_TCP, 12, SocketOption::QuickAck, Scope::Tcp, Keeper::Flag { default: 1 }),
    row(IPPROTO_TCP, 16, SocketOption::ThinLinearTimeouts, Scope::Tcp, number(0, Taken::Within(0, 1))),
    row(IPPROTO_TCP, 18, SocketOption::UserTimeout, Scope::Tcp, number(0, Taken::Within(0, i32::MAX))),
    row(IPPROTO_TCP, 23, SocketOption::FastOpen, Scope::Tcp, number(0, Taken::FastOpen)),
    row(IPPROTO_TCP, 25, SocketOption::NotSentLowWater, Scope::Tcp, number(0, Taken::Any)),
    row(IPPROTO_TCP, 30, SocketOption::FastOpenConnect, Scope::Tcp, number(0, Taken::Within(0, 1))),
    row(IPPROTO_TCP, 34, SocketOption::FastOpenNoCookie, Scope::Tcp, number(0, Taken::Within(0, 1))),
    row(IPPROTO_IP, 1, SocketOption::TypeOfService, Scope::Ip, number(0, Taken::TypeOfService)),
    row(IPPROTO_IP, 24, SocketOption::BindAddressNoPort, Scope::Ip, FLAG),
    row(IPPROTO_IP, 33, SocketOption::MulticastTtl, Scope::Ip, number(1, Taken::GroupHops(Errno::EINVAL))),
    row(IPPROTO_IPV6, 18, SocketOption::MulticastHops, Scope::Ip6, number(1, Taken::GroupHops(Errno::ENOPROTOOPT))),
    row(IPPROTO_IPV6, 67, SocketOption::TrafficClass, Scope::Ip6, number(0, Taken::TrafficClass)),
];

/// Options that read as on a fresh socket and can be nothing else without a kernel: level, name, whose they are, and what
/// they read.
const FIXED: &[(i32, u8, Scope, i8)] = &[
    // SO_DONTROUTE, SO_PASSCRED, SO_MARK, SO_INCOMING_CPU, SO_BINDTOIFINDEX.
    (SOL_SOCKET, 5, Scope::Any, 0),
    (SOL_SOCKET, 16, Scope::Any, 0),
    (SOL_SOCKET, 36, Scope::Any, 0),
    (SOL_SOCKET, 49, Scope::Any, -1),
    (SOL_SOCKET, 62, Scope::Any, 0),
    // TCP_THIN_DUPACK, TCP_SAVE_SYN, TCP_INQ, TCP_TX_DELAY.
    (IPPROTO_TCP, 17, Scope::Tcp, 0),
    (IPPROTO_TCP, 27, Scope::Tcp, 0),
    (IPPROTO_TCP, 36, Scope::Tcp, 0),
    (IPPROTO_TCP, 37, Scope::Tcp, 0),
    // IP_RECVOPTS, IP_RETOPTS, IP_PKTINFO, IP_RECVERR, IP_RECVTTL, IP_RECVTOS, IP_FREEBIND, IP_TRANSPARENT, IP_RECVORIGDSTADDR.
    (IPPROTO_IP, 6, Scope::Ip, 0),
    (IPPROTO_IP, 7, Scope::Ip, 0),
    (IPPROTO_IP, 8, Scope::Ip, 0),
    (IPPROTO_IP, 11, Scope::Ip, 0),
    (IPPROTO_IP, 12, Scope::Ip, 0),
    (IPPROTO_IP, 13, Scope::Ip, 0),
    (IPPROTO_IP, 15, Scope::Ip, 0),
    (IPPROTO_IP, 19, Scope::Ip, 0),
    (IPPROTO_IP, 20, Scope::Ip, 0),
    // IP_MULTICAST_LOOP.
    (IPPROTO_IP, 34, Scope::Ip, 1),
    // IPV6_MULTICAST_LOOP, IPV6_RECVERR, IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVPATHMTU,
    // IPV6_DONTFRAG, IPV6_RECVTCLASS.
    (IPPROTO_IPV6, 19, Scope::Ip6, 1),
    (IPPROTO_IPV6, 25, Scope::Ip6, 0),
    (IPPROTO_IPV6, 49, Scope::Ip6, 0),
    (IPPROTO_IPV6, 51, Scope::Ip6, 0),
    (IPPROTO_IPV6, 60, Scope::Ip6, 0),
    (IPPROTO_IPV6, 62, Scope::Ip6, 0),
    (IPPROTO_IPV6, 66, Scope::Ip6, 0),
];

const fn row(level: i32, name: i32, option: SocketOption, scope: Scope, keeper: Keeper) -> Row {
    Row { level, name, option, scope, keeper }
}

const fn seconds(option: NetOption) -> Keeper {
    Keeper::Net { option, range: KEEP_SECONDS, unit: NANOSECONDS }
}

const fn hops() -> Keeper {
    Keeper::Net { option: NetOption::HopLimit, range: HOPS, unit: 1 }
}

/// A flag that a fresh socket does not have.
const FLAG: Keeper = Keeper::Flag { default: 0 };

const fn number(default: i32, taken: Taken) -> Keeper {
    Keeper::Number { default, taken }
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
    row(level, name.into(), option, scope, Keeper::Fixed(value.into()))
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
