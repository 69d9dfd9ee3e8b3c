//! The integer constants of Python's `socket` and `select` modules, with their values on Linux.
//!
//! CPython defines a constant only where the platform has what it stands for, and programs rely on that: they ask
//! `hasattr(socket, "AF_BLUETOOTH")`. So a constant is listed if its feature works here, or can work where a network has
//! it, or if programs use it to ask and get a plain refusal (`TCP_INFO`: "Protocol not available"). Left out are the
//! names of families that no network here has (`AF_NETLINK`, `AF_PACKET`, `AF_VSOCK`, `AF_CAN`, Bluetooth, TIPC and so
//! on), of protocols that only raw sockets speak, and of kernel features such as `TCP_REPAIR`. `SOCK_RDM` is there although
//! no network has it, because CPython has it everywhere.
//!
//! Values are those of 64-bit Linux: `INADDR_BROADCAST` is positive, whatever the size of the guest's `long`. `EAI_*` and
//! `SOL_*` numbers are Linux's too; only `errno` numbers are the guest's own, and those are not listed here.

use crate::message::MessageFlags;
use crate::polling::{Events, Trigger};

/// The constants of the `socket` module, by name. `has_ipv6` is a `bool` in Python.
pub const CONSTANTS: &[(&str, i64)] = &[
    ("AF_INET", 2),
    ("AF_INET6", 10),
    ("AF_UNIX", 1),
    ("AF_UNSPEC", 0),
    ("AI_ADDRCONFIG", 32),
    ("AI_ALL", 16),
    ("AI_CANONNAME", 2),
    ("AI_NUMERICHOST", 4),
    ("AI_NUMERICSERV", 1024),
    ("AI_PASSIVE", 1),
    ("AI_V4MAPPED", 8),
    ("EAI_ADDRFAMILY", -9),
    ("EAI_AGAIN", -3),
    ("EAI_BADFLAGS", -1),
    ("EAI_FAIL", -4),
    ("EAI_FAMILY", -6),
    ("EAI_MEMORY", -10),
    ("EAI_NODATA", -5),
    ("EAI_NONAME", -2),
    ("EAI_OVERFLOW", -12),
    ("EAI_SERVICE", -8),
    ("EAI_SOCKTYPE", -7),
    ("EAI_SYSTEM", -11),
    ("INADDR_ALLHOSTS_GROUP", 3758096385),
    ("INADDR_ANY", 0),
    ("INADDR_BROADCAST", 4294967295),
    ("INADDR_LOOPBACK", 2130706433),
    ("INADDR_MAX_LOCAL_GROUP", 3758096639),
    ("INADDR_NONE", 4294967295),
    ("INADDR_UNSPEC_GROUP", 3758096384),
    ("IPPORT_RESERVED", 1024),
    ("IPPORT_USERRESERVED", 5000),
    ("IPPROTO_ICMP", 1),
    ("IPPROTO_ICMPV6", 58),
    ("IPPROTO_IP", 0),
    ("IPPROTO_IPV6", 41),
    ("IPPROTO_MPTCP", 262),
    ("IPPROTO_RAW", 255),
    ("IPPROTO_TCP", 6),
    ("IPPROTO_UDP", 17),
    ("IPPROTO_UDPLITE", 136),
    ("IPV6_DONTFRAG", 62),
    ("IPV6_HOPLIMIT", 52),
    ("IPV6_JOIN_GROUP", 20),
    ("IPV6_LEAVE_GROUP", 21),
    ("IPV6_MULTICAST_HOPS", 18),
    ("IPV6_MULTICAST_IF", 17),
    ("IPV6_MULTICAST_LOOP", 19),
    ("IPV6_PATHMTU", 61),
    ("IPV6_PKTINFO", 50),
    ("IPV6_RECVERR", 25),
    ("IPV6_RECVHOPLIMIT", 51),
    ("IPV6_RECVPATHMTU", 60),
    ("IPV6_RECVPKTINFO", 49),
    ("IPV6_RECVTCLASS", 66),
    ("IPV6_TCLASS", 67),
    ("IPV6_UNICAST_HOPS", 16),
    ("IPV6_V6ONLY", 26),
    ("IP_ADD_MEMBERSHIP", 35),
    ("IP_ADD_SOURCE_MEMBERSHIP", 39),
    ("IP_BIND_ADDRESS_NO_PORT", 24),
    ("IP_BLOCK_SOURCE", 38),
    ("IP_DEFAULT_MULTICAST_LOOP", 1),
    ("IP_DEFAULT_MULTICAST_TTL", 1),
    ("IP_DROP_MEMBERSHIP", 36),
    ("IP_DROP_SOURCE_MEMBERSHIP", 40),
    ("IP_FREEBIND", 15),
    ("IP_MAX_MEMBERSHIPS", 20),
    ("IP_MULTICAST_IF", 32),
    ("IP_MULTICAST_LOOP", 34),
    ("IP_MULTICAST_TTL", 33),
    ("IP_OPTIONS", 4),
    ("IP_PKTINFO", 8),
    ("IP_RECVERR", 11),
    ("IP_RECVOPTS", 6),
    ("IP_RECVORIGDSTADDR", 20),
    ("IP_RECVRETOPTS", 7),
    ("IP_RECVTOS", 13),
    ("IP_RECVTTL", 12),
    ("IP_RETOPTS", 7),
    ("IP_TOS", 1),
    ("IP_TRANSPARENT", 19),
    ("IP_TTL", 2),
    ("IP_UNBLOCK_SOURCE", 37),
    ("MSG_CMSG_CLOEXEC", MessageFlags::CMSG_CLOEXEC.bits() as i64),
    ("MSG_CONFIRM", MessageFlags::CONFIRM.bits() as i64),
    ("MSG_CTRUNC", MessageFlags::CTRUNC.bits() as i64),
    ("MSG_DONTROUTE", MessageFlags::DONTROUTE.bits() as i64),
    ("MSG_DONTWAIT", MessageFlags::DONTWAIT.bits() as i64),
    ("MSG_EOR", MessageFlags::EOR.bits() as i64),
    ("MSG_ERRQUEUE", MessageFlags::ERRQUEUE.bits() as i64),
    ("MSG_FASTOPEN", MessageFlags::FASTOPEN.bits() as i64),
    ("MSG_MORE", MessageFlags::MORE.bits() as i64),
    ("MSG_NOSIGNAL", MessageFlags::NOSIGNAL.bits() as i64),
    ("MSG_OOB", MessageFlags::OOB.bits() as i64),
    ("MSG_PEEK", MessageFlags::PEEK.bits() as i64),
    ("MSG_TRUNC", MessageFlags::TRUNC.bits() as i64),
    ("MSG_WAITALL", MessageFlags::WAITALL.bits() as i64),
    ("NI_DGRAM", 16),
    ("NI_IDN", 32),
    ("NI_MAXHOST", 1025),
    ("NI_MAXSERV", 32),
    ("NI_NAMEREQD", 8),
    ("NI_NOFQDN", 4),
    ("NI_NUMERICHOST", 1),
    ("NI_NUMERICSERV", 2),
    ("SCM_CREDENTIALS", 2),
    ("SCM_RIGHTS", 1),
    ("SHUT_RD", 0),
    ("SHUT_RDWR", 2),
    ("SHUT_WR", 1),
    ("SOCK_CLOEXEC", 524288),
    ("SOCK_DGRAM", 2),
    ("SOCK_NONBLOCK", 2048),
    ("SOCK_RAW", 3),
    ("SOCK_RDM", 4),
    ("SOCK_SEQPACKET", 5),
    ("SOCK_STREAM", 1),
    ("SOL_IP", 0),
    ("SOL_SOCKET", 1),
    ("SOL_TCP", 6),
    ("SOL_UDP", 17),
    ("SOMAXCONN", 4096),
    ("SO_ACCEPTCONN", 30),
    ("SO_BINDTODEVICE", 25),
    ("SO_BINDTOIFINDEX", 62),
    ("SO_BROADCAST", 6),
    ("SO_DEBUG", 1),
    ("SO_DOMAIN", 39),
    ("SO_DONTROUTE", 5),
    ("SO_ERROR", 4),
    ("SO_INCOMING_CPU", 49),
    ("SO_KEEPALIVE", 9),
    ("SO_LINGER", 13),
    ("SO_MARK", 36),
    ("SO_OOBINLINE", 10),
    ("SO_PASSCRED", 16),
    ("SO_PEERCRED", 17),
    ("SO_PRIORITY", 12),
    ("SO_PROTOCOL", 38),
    ("SO_RCVBUF", 8),
    ("SO_RCVLOWAT", 18),
    ("SO_RCVTIMEO", 20),
    ("SO_REUSEADDR", 2),
    ("SO_REUSEPORT", 15),
    ("SO_SNDBUF", 7),
    ("SO_SNDLOWAT", 19),
    ("SO_SNDTIMEO", 21),
    ("SO_TYPE", 3),
    ("TCP_CC_INFO", 26),
    ("TCP_CONGESTION", 13),
    ("TCP_CORK", 3),
    ("TCP_DEFER_ACCEPT", 9),
    ("TCP_FASTOPEN", 23),
    ("TCP_FASTOPEN_CONNECT", 30),
    ("TCP_FASTOPEN_KEY", 33),
    ("TCP_FASTOPEN_NO_COOKIE", 34),
    ("TCP_INFO", 11),
    ("TCP_INQ", 36),
    ("TCP_KEEPCNT", 6),
    ("TCP_KEEPIDLE", 4),
    ("TCP_KEEPINTVL", 5),
    ("TCP_LINGER2", 8),
    ("TCP_MAXSEG", 2),
    ("TCP_NODELAY", 1),
    ("TCP_NOTSENT_LOWAT", 25),
    ("TCP_QUICKACK", 12),
    ("TCP_SAVED_SYN", 28),
    ("TCP_SAVE_SYN", 27),
    ("TCP_SYNCNT", 7),
    ("TCP_THIN_DUPACK", 17),
    ("TCP_THIN_LINEAR_TIMEOUTS", 16),
    ("TCP_TIMESTAMP", 24),
    ("TCP_TX_DELAY", 37),
    ("TCP_USER_TIMEOUT", 18),
    ("TCP_WINDOW_CLAMP", 10),
    ("UDPLITE_RECV_CSCOV", 11),
    ("UDPLITE_SEND_CSCOV", 10),
    ("has_ipv6", 1),
];

/// The constants of the `select` module, by name.
pub const SELECT_CONSTANTS: &[(&str, i64)] = &[
    ("EPOLLERR", Events::ERR.bits() as i64),
    ("EPOLLET", Trigger::EDGE.bits() as i64),
    ("EPOLLEXCLUSIVE", Trigger::EXCLUSIVE.bits() as i64),
    ("EPOLLHUP", Events::HUP.bits() as i64),
    ("EPOLLIN", Events::IN.bits() as i64),
    ("EPOLLMSG", Events::MSG.bits() as i64),
    ("EPOLLONESHOT", Trigger::ONE_SHOT.bits() as i64),
    ("EPOLLOUT", Events::OUT.bits() as i64),
    ("EPOLLPRI", Events::PRI.bits() as i64),
    ("EPOLLRDBAND", Events::RDBAND.bits() as i64),
    ("EPOLLRDHUP", Events::RDHUP.bits() as i64),
    ("EPOLLRDNORM", Events::RDNORM.bits() as i64),
    ("EPOLLWAKEUP", Trigger::WAKEUP.bits() as i64),
    ("EPOLLWRBAND", Events::WRBAND.bits() as i64),
    ("EPOLLWRNORM", Events::WRNORM.bits() as i64),
    ("EPOLL_CLOEXEC", 524288),
    ("PIPE_BUF", 4096),
    ("POLLERR", Events::ERR.bits() as i64),
    ("POLLHUP", Events::HUP.bits() as i64),
    ("POLLIN", Events::IN.bits() as i64),
    ("POLLMSG", Events::MSG.bits() as i64),
    ("POLLNVAL", Events::NVAL.bits() as i64),
    ("POLLOUT", Events::OUT.bits() as i64),
    ("POLLPRI", Events::PRI.bits() as i64),
    ("POLLRDBAND", Events::RDBAND.bits() as i64),
    ("POLLRDHUP", Events::RDHUP.bits() as i64),
    ("POLLRDNORM", Events::RDNORM.bits() as i64),
    ("POLLWRBAND", Events::WRBAND.bits() as i64),
    ("POLLWRNORM", Events::WRNORM.bits() as i64),
];

/// Numbers of Linux that neither module has a name for.
const OTHERS: &[(&str, i64)] = &[
    ("IPPROTO_DCCP", 33),
    ("IPPROTO_SCTP", 132),
    ("IPV6_RECVORIGDSTADDR", 74),
    ("IP_MTU_DISCOVER", 10),
    ("SOCK_DCCP", 6),
    ("SO_TIMESTAMP", 29),
];

/// The number of a constant of these tables, for another constant: a name that they do not have does not compile.
#[must_use]
pub const fn number(name: &str) -> i32 {
    let tables = [CONSTANTS, SELECT_CONSTANTS, OTHERS];
    let mut place = 0;
    while place < tables.len() {
        let mut table = tables[place];
        while let [(known, value), rest @ ..] = table {
            if is_same(known.as_bytes(), name.as_bytes()) {
                return *value as i32;
            }
            table = rest;
        }
        place += 1;
    }
    panic!("no such constant")
}

const fn is_same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([first, rest @ ..], [its_first, its_rest @ ..]) = (one, other) {
        if *first != *its_first {
            return false;
        }
        (one, other) = (rest, its_rest);
    }
    one.is_empty() && other.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_name_each_constant_once() {
        for table in [CONSTANTS, SELECT_CONSTANTS, OTHERS] {
            assert!(table.is_sorted_by(|one, next| one.0 < next.0));
        }
        assert!(OTHERS.iter().all(|(name, _)| CONSTANTS.iter().all(|(other, _)| name != other)));
    }

    #[test]
    fn numbers_are_those_of_linux() {
        for (name, expected) in [
            ("AF_INET6", 10),
            ("EAI_OVERFLOW", -12),
            ("MSG_CMSG_CLOEXEC", 0x4000_0000),
            ("EPOLLRDHUP", 0x2000),
            ("EPOLLONESHOT", 1 << 30),
            ("SO_TIMESTAMP", 29),
        ] {
            assert_eq!(number(name), expected, "{name}");
        }
    }
}
