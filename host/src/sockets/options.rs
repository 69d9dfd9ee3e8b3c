//! The options that guests may read and set, by name: what is not in this table does not exist for them.

use std::mem::discriminant;

use super::types::{OtherOption, SocketOption};

/// What is known of an option.
pub(super) struct Row {
    pub(super) option: SocketOption,
    pub(super) level: i32,
    pub(super) name: i32,
    pub(super) form: Form,
    pub(super) access: Access,
}

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Integer,
    /// `struct timeval`.
    Time,
    /// `struct linger`.
    Linger,
    /// The error that waits.
    Error,
    /// A name, with or without the NUL at its end.
    Text,
    /// `struct ip_mreqn`.
    Group,
    /// `struct ip_mreq_source`.
    SourceGroup,
    /// `struct ipv6_mreq`.
    Group6,
    /// `struct ip_mreqn`, without a group.
    Interface,
    /// The index of an interface.
    Interface6,
    Bytes,
}

/// What guests may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// An unprivileged process may read and set it; the system itself refuses to set what is read-only.
    Free,
    /// Read: setting it needs privileges, or would send packets another way than the policy believes.
    Read,
}

/// The row of an option, by its name or by its numbers.
pub(super) fn row(option: &SocketOption) -> Option<&'static Row> {
    match option {
        SocketOption::Other(OtherOption { level, name }) => {
            TABLE.iter().find(|row| (row.level, row.name) == (*level, *name))
        }
        named => TABLE.iter().find(|row| discriminant(&row.option) == discriminant(named)),
    }
}

/// Whether any option of this level is in the table.
pub(super) fn knows_level(level: i32) -> bool {
    TABLE.iter().any(|row| row.level == level)
}

const fn row_of(option: SocketOption, level: i32, name: i32, form: Form) -> Row {
    Row { option, level, name, form, access: Access::Free }
}

const fn read_only(option: SocketOption, level: i32, name: i32, form: Form) -> Row {
    Row { option, level, name, form, access: Access::Read }
}

/// An option that the contract has no name for.
const fn unnamed(level: i32, name: i32) -> Row {
    row_of(SocketOption::Other(OtherOption { level, name }), level, name, Bytes)
}

use Form::{Bytes, Error, Group, Group6, Integer, Interface, Interface6, Linger, SourceGroup, Text, Time};
use SocketOption as Option_;
use libc::{IPPROTO_IP as IP, IPPROTO_IPV6 as IPV6, IPPROTO_TCP as TCP, SOL_SOCKET as SOCKET};

#[rustfmt::skip]
const TABLE: &[Row] = &[
    row_of(Option_::AcceptConnections, SOCKET, libc::SO_ACCEPTCONN, Integer),
    row_of(Option_::BindToDevice, SOCKET, libc::SO_BINDTODEVICE, Text),
    row_of(Option_::BindToInterfaceIndex, SOCKET, libc::SO_BINDTOIFINDEX, Integer),
    row_of(Option_::Broadcast, SOCKET, libc::SO_BROADCAST, Integer),
    read_only(Option_::Debug, SOCKET, libc::SO_DEBUG, Integer),
    row_of(Option_::Domain, SOCKET, libc::SO_DOMAIN, Integer),
    // Past the routes, the same address may be another machine than the one that rules are about.
    read_only(Option_::DontRoute, SOCKET, libc::SO_DONTROUTE, Integer),
    row_of(Option_::Error, SOCKET, libc::SO_ERROR, Error),
    row_of(Option_::IncomingCpu, SOCKET, libc::SO_INCOMING_CPU, Integer),
    row_of(Option_::KeepAlive, SOCKET, libc::SO_KEEPALIVE, Integer),
    row_of(Option_::Linger, SOCKET, libc::SO_LINGER, Linger),
    read_only(Option_::Mark, SOCKET, libc::SO_MARK, Integer),
    row_of(Option_::OutOfBandInline, SOCKET, libc::SO_OOBINLINE, Integer),
    row_of(Option_::PassCredentials, SOCKET, libc::SO_PASSCRED, Integer),
    row_of(Option_::PeerCredentials, SOCKET, libc::SO_PEERCRED, Bytes),
    row_of(Option_::Priority, SOCKET, libc::SO_PRIORITY, Integer),
    row_of(Option_::Protocol, SOCKET, libc::SO_PROTOCOL, Integer),
    row_of(Option_::ReceiveBuffer, SOCKET, libc::SO_RCVBUF, Integer),
    row_of(Option_::ReceiveLowWater, SOCKET, libc::SO_RCVLOWAT, Integer),
    row_of(Option_::ReceiveTimeout, SOCKET, libc::SO_RCVTIMEO, Time),
    row_of(Option_::ReuseAddress, SOCKET, libc::SO_REUSEADDR, Integer),
    row_of(Option_::ReusePort, SOCKET, libc::SO_REUSEPORT, Integer),
    row_of(Option_::SendBuffer, SOCKET, libc::SO_SNDBUF, Integer),
    row_of(Option_::SendLowWater, SOCKET, libc::SO_SNDLOWAT, Integer),
    row_of(Option_::SendTimeout, SOCKET, libc::SO_SNDTIMEO, Time),
    row_of(Option_::Type, SOCKET, libc::SO_TYPE, Integer),
    row_of(Option_::IpAddMembership, IP, libc::IP_ADD_MEMBERSHIP, Group),
    row_of(Option_::IpDropMembership, IP, libc::IP_DROP_MEMBERSHIP, Group),
    row_of(Option_::IpAddSourceMembership, IP, libc::IP_ADD_SOURCE_MEMBERSHIP, SourceGroup),
    row_of(Option_::IpDropSourceMembership, IP, libc::IP_DROP_SOURCE_MEMBERSHIP, SourceGroup),
    row_of(Option_::IpBlockSource, IP, libc::IP_BLOCK_SOURCE, SourceGroup),
    row_of(Option_::IpUnblockSource, IP, libc::IP_UNBLOCK_SOURCE, SourceGroup),
    row_of(Option_::IpBindAddressNoPort, IP, libc::IP_BIND_ADDRESS_NO_PORT, Integer),
    // With it, datagrams of an IPv6 socket could bear the address of anyone as their sender's.
    read_only(Option_::IpFreebind, IP, libc::IP_FREEBIND, Integer),
    row_of(Option_::IpMtuDiscover, IP, libc::IP_MTU_DISCOVER, Integer),
    row_of(Option_::IpMulticastInterface, IP, libc::IP_MULTICAST_IF, Interface),
    row_of(Option_::IpMulticastLoop, IP, libc::IP_MULTICAST_LOOP, Integer),
    row_of(Option_::IpMulticastTtl, IP, libc::IP_MULTICAST_TTL, Integer),
    // A source route would lead packets by way of another host.
    read_only(Option_::IpOptions, IP, libc::IP_OPTIONS, Bytes),
    row_of(Option_::IpPacketInformation, IP, libc::IP_PKTINFO, Integer),
    row_of(Option_::IpReceiveErrors, IP, libc::IP_RECVERR, Integer),
    row_of(Option_::IpReceiveOptions, IP, libc::IP_RECVOPTS, Integer),
    row_of(Option_::IpReceiveOriginalDestination, IP, libc::IP_RECVORIGDSTADDR, Integer),
    row_of(Option_::IpReceiveReturnOptions, IP, libc::IP_RETOPTS, Integer),
    row_of(Option_::IpReceiveTos, IP, libc::IP_RECVTOS, Integer),
    row_of(Option_::IpReceiveTtl, IP, libc::IP_RECVTTL, Integer),
    row_of(Option_::IpTos, IP, libc::IP_TOS, Integer),
    read_only(Option_::IpTransparent, IP, libc::IP_TRANSPARENT, Integer),
    row_of(Option_::IpTtl, IP, libc::IP_TTL, Integer),
    row_of(Option_::Ipv6JoinGroup, IPV6, libc::IPV6_ADD_MEMBERSHIP, Group6),
    row_of(Option_::Ipv6LeaveGroup, IPV6, libc::IPV6_DROP_MEMBERSHIP, Group6),
    row_of(Option_::Ipv6DontFragment, IPV6, libc::IPV6_DONTFRAG, Integer),
    row_of(Option_::Ipv6MulticastHops, IPV6, libc::IPV6_MULTICAST_HOPS, Integer),
    row_of(Option_::Ipv6MulticastInterface, IPV6, libc::IPV6_MULTICAST_IF, Interface6),
    row_of(Option_::Ipv6MulticastLoop, IPV6, libc::IPV6_MULTICAST_LOOP, Integer),
    row_of(Option_::Ipv6PathMtu, IPV6, libc::IPV6_PATHMTU, Bytes),
    row_of(Option_::Ipv6ReceiveErrors, IPV6, libc::IPV6_RECVERR, Integer),
    row_of(Option_::Ipv6ReceiveHopLimit, IPV6, libc::IPV6_RECVHOPLIMIT, Integer),
    row_of(Option_::Ipv6ReceivePathMtu, IPV6, libc::IPV6_RECVPATHMTU, Integer),
    row_of(Option_::Ipv6ReceivePacketInformation, IPV6, libc::IPV6_RECVPKTINFO, Integer),
    row_of(Option_::Ipv6ReceiveTrafficClass, IPV6, libc::IPV6_RECVTCLASS, Integer),
    row_of(Option_::Ipv6TrafficClass, IPV6, libc::IPV6_TCLASS, Integer),
    row_of(Option_::Ipv6UnicastHops, IPV6, libc::IPV6_UNICAST_HOPS, Integer),
    row_of(Option_::Ipv6V6only, IPV6, libc::IPV6_V6ONLY, Integer),
    row_of(Option_::TcpCongestionInformation, TCP, libc::TCP_CC_INFO, Bytes),
    row_of(Option_::TcpCongestion, TCP, libc::TCP_CONGESTION, Text),
    row_of(Option_::TcpCork, TCP, libc::TCP_CORK, Integer),
    row_of(Option_::TcpDeferAccept, TCP, libc::TCP_DEFER_ACCEPT, Integer),
    row_of(Option_::TcpFastOpen, TCP, libc::TCP_FASTOPEN, Integer),
    row_of(Option_::TcpFastOpenConnect, TCP, libc::TCP_FASTOPEN_CONNECT, Integer),
    row_of(Option_::TcpFastOpenKey, TCP, libc::TCP_FASTOPEN_KEY, Bytes),
    row_of(Option_::TcpFastOpenNoCookie, TCP, libc::TCP_FASTOPEN_NO_COOKIE, Integer),
    row_of(Option_::TcpInformation, TCP, libc::TCP_INFO, Bytes),
    row_of(Option_::TcpInQueue, TCP, libc::TCP_INQ, Integer),
    row_of(Option_::TcpKeepCount, TCP, libc::TCP_KEEPCNT, Integer),
    row_of(Option_::TcpKeepIdle, TCP, libc::TCP_KEEPIDLE, Integer),
    row_of(Option_::TcpKeepInterval, TCP, libc::TCP_KEEPINTVL, Integer),
    row_of(Option_::TcpLinger2, TCP, libc::TCP_LINGER2, Integer),
    row_of(Option_::TcpMaxSegment, TCP, libc::TCP_MAXSEG, Integer),
    row_of(Option_::TcpNoDelay, TCP, libc::TCP_NODELAY, Integer),
    row_of(Option_::TcpNotSentLowWater, TCP, libc::TCP_NOTSENT_LOWAT, Integer),
    row_of(Option_::TcpQuickAck, TCP, libc::TCP_QUICKACK, Integer),
    row_of(Option_::TcpSaveSyn, TCP, libc::TCP_SAVE_SYN, Integer),
    row_of(Option_::TcpSavedSyn, TCP, libc::TCP_SAVED_SYN, Bytes),
    row_of(Option_::TcpSynCount, TCP, libc::TCP_SYNCNT, Integer),
    row_of(Option_::TcpThinDuplicateAck, TCP, libc::TCP_THIN_DUPACK, Integer),
    row_of(Option_::TcpThinLinearTimeouts, TCP, libc::TCP_THIN_LINEAR_TIMEOUTS, Integer),
    row_of(Option_::TcpTimestamp, TCP, libc::TCP_TIMESTAMP, Integer),
    row_of(Option_::TcpTransmitDelay, TCP, TCP_TX_DELAY, Integer),
    row_of(Option_::TcpUserTimeout, TCP, libc::TCP_USER_TIMEOUT, Integer),
    row_of(Option_::TcpWindowClamp, TCP, libc::TCP_WINDOW_CLAMP, Integer),
    row_of(Option_::UdpliteSendCoverage, libc::IPPROTO_UDPLITE, UDPLITE_SEND_CSCOV, Integer),
    row_of(Option_::UdpliteReceiveCoverage, libc::IPPROTO_UDPLITE, UDPLITE_RECV_CSCOV, Integer),
    unnamed(SOCKET, libc::SO_TIMESTAMP),
    unnamed(SOCKET, libc::SO_TIMESTAMPNS),
    unnamed(SOCKET, libc::SO_RXQ_OVFL),
    unnamed(SOCKET, libc::SO_INCOMING_NAPI_ID),
    unnamed(IP, libc::IP_MTU),
    unnamed(IP, libc::IP_MULTICAST_ALL),
    unnamed(IPV6, libc::IPV6_MTU),
    unnamed(IPV6, libc::IPV6_MTU_DISCOVER),
    unnamed(IPV6, libc::IPV6_MULTICAST_ALL),
    unnamed(libc::IPPROTO_UDP, libc::UDP_SEGMENT),
    unnamed(libc::IPPROTO_UDP, libc::UDP_GRO),
];

const TCP_TX_DELAY: i32 = 37;
const UDPLITE_SEND_CSCOV: i32 = 10;
const UDPLITE_RECV_CSCOV: i32 = 11;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_option_of_the_contract_has_one_row() -> anyhow::Result<()> {
        let mut resolve = wit_parser::Resolve::default();
        resolve.push_path(concat!(env!("CARGO_MANIFEST_DIR"), "/wit"))?;
        let options = resolve.types.iter().find_map(|(_, definition)| match &definition.kind {
            wit_parser::TypeDefKind::Variant(variant) if definition.name.as_deref() == Some("socket-option") => {
                Some(variant.cases.len())
            }
            _ => None,
        });
        let named = TABLE.iter().filter(|row| !matches!(row.option, SocketOption::Other(_))).count();
        assert_eq!(options, Some(named + 1), "all but `other`");
        let numbers: HashSet<_> = TABLE.iter().map(|row| (row.level, row.name)).collect();
        assert_eq!(numbers.len(), TABLE.len(), "no numbers twice");
        for row in TABLE {
            assert_eq!(super::row(&row.option).map(|found| found.name), Some(row.name), "{:?}", row.option);
        }
        Ok(())
    }
}
