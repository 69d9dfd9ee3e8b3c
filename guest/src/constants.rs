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
    ("MSG_CMSG_CLOEXEC", 1073741824),
    ("MSG_CONFIRM", 2048),
    ("MSG_CTRUNC", 8),
    ("MSG_DONTROUTE", 4),
    ("MSG_DONTWAIT", 64),
    ("MSG_EOR", 128),
    ("MSG_ERRQUEUE", 8192),
    ("MSG_FASTOPEN", 536870912),
    ("MSG_MORE", 32768),
    ("MSG_NOSIGNAL", 16384),
    ("MSG_OOB", 1),
    ("MSG_PEEK", 2),
    ("MSG_TRUNC", 32),
    ("MSG_WAITALL", 256),
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
    ("EPOLLERR", 8),
    ("EPOLLET", 2147483648),
    ("EPOLLEXCLUSIVE", 268435456),
    ("EPOLLHUP", 16),
    ("EPOLLIN", 1),
    ("EPOLLMSG", 1024),
    ("EPOLLONESHOT", 1073741824),
    ("EPOLLOUT", 4),
    ("EPOLLPRI", 2),
    ("EPOLLRDBAND", 128),
    ("EPOLLRDHUP", 8192),
    ("EPOLLRDNORM", 64),
    ("EPOLLWAKEUP", 536870912),
    ("EPOLLWRBAND", 512),
    ("EPOLLWRNORM", 256),
    ("EPOLL_CLOEXEC", 524288),
    ("PIPE_BUF", 4096),
    ("POLLERR", 8),
    ("POLLHUP", 16),
    ("POLLIN", 1),
    ("POLLMSG", 1024),
    ("POLLNVAL", 32),
    ("POLLOUT", 4),
    ("POLLPRI", 2),
    ("POLLRDBAND", 128),
    ("POLLRDHUP", 8192),
    ("POLLRDNORM", 64),
    ("POLLWRBAND", 512),
    ("POLLWRNORM", 256),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::AddressInfoError;
    use crate::message::MessageFlags;
    use crate::netdb::numbers;
    use crate::polling::Events;

    fn value(name: &str) -> i64 {
        let all = CONSTANTS.iter().chain(SELECT_CONSTANTS);
        all.copied().find(|(other, _)| *other == name).unwrap_or_else(|| panic!("no {name}")).1
    }

    #[test]
    fn the_tables_are_sorted_and_name_each_constant_once() {
        for table in [CONSTANTS, SELECT_CONSTANTS] {
            assert!(table.is_sorted_by(|one, next| one.0 < next.0));
        }
    }

    #[test]
    fn name_lookup_uses_the_same_numbers() {
        for (name, number) in [
            ("AF_UNSPEC", numbers::AF_UNSPEC),
            ("AF_INET", numbers::AF_INET),
            ("AF_INET6", numbers::AF_INET6),
            ("SOCK_STREAM", numbers::SOCK_STREAM),
            ("SOCK_DGRAM", numbers::SOCK_DGRAM),
            ("SOCK_RAW", numbers::SOCK_RAW),
            ("SOCK_SEQPACKET", numbers::SOCK_SEQPACKET),
            ("IPPROTO_TCP", numbers::IPPROTO_TCP),
            ("IPPROTO_UDP", numbers::IPPROTO_UDP),
            ("IPPROTO_UDPLITE", numbers::IPPROTO_UDPLITE),
            ("AI_PASSIVE", numbers::AI_PASSIVE),
            ("AI_CANONNAME", numbers::AI_CANONNAME),
            ("AI_NUMERICHOST", numbers::AI_NUMERICHOST),
            ("AI_V4MAPPED", numbers::AI_V4MAPPED),
            ("AI_ALL", numbers::AI_ALL),
            ("AI_ADDRCONFIG", numbers::AI_ADDRCONFIG),
            ("AI_NUMERICSERV", numbers::AI_NUMERICSERV),
            ("NI_NUMERICHOST", numbers::NI_NUMERICHOST),
            ("NI_NUMERICSERV", numbers::NI_NUMERICSERV),
            ("NI_NOFQDN", numbers::NI_NOFQDN),
            ("NI_NAMEREQD", numbers::NI_NAMEREQD),
            ("NI_DGRAM", numbers::NI_DGRAM),
            ("NI_IDN", numbers::NI_IDN),
        ] {
            assert_eq!(value(name), i64::from(number), "{name}");
        }
    }

    #[test]
    fn messages_and_polling_use_the_same_numbers() {
        for (name, bits) in [
            ("MSG_PEEK", MessageFlags::PEEK.bits()),
            ("MSG_WAITALL", MessageFlags::WAITALL.bits()),
            ("MSG_DONTWAIT", MessageFlags::DONTWAIT.bits()),
            ("MSG_TRUNC", MessageFlags::TRUNC.bits()),
            ("MSG_NOSIGNAL", MessageFlags::NOSIGNAL.bits()),
            ("POLLIN", Events::IN.bits()),
            ("POLLOUT", Events::OUT.bits()),
            ("POLLERR", Events::ERR.bits()),
            ("POLLHUP", Events::HUP.bits()),
            ("POLLNVAL", Events::NVAL.bits()),
            ("POLLRDHUP", Events::RDHUP.bits()),
            ("EPOLLRDHUP", Events::RDHUP.bits()),
        ] {
            assert_eq!(value(name), i64::from(bits), "{name}");
        }
    }

    #[test]
    fn errors_of_name_lookup_use_the_same_numbers() {
        for (name, error) in [
            ("EAI_BADFLAGS", AddressInfoError::BadFlags),
            ("EAI_NONAME", AddressInfoError::NoName),
            ("EAI_AGAIN", AddressInfoError::Again),
            ("EAI_FAIL", AddressInfoError::Fail),
            ("EAI_NODATA", AddressInfoError::NoData),
            ("EAI_FAMILY", AddressInfoError::Family),
            ("EAI_SOCKTYPE", AddressInfoError::SocketType),
            ("EAI_SERVICE", AddressInfoError::Service),
            ("EAI_ADDRFAMILY", AddressInfoError::AddressFamily),
            ("EAI_MEMORY", AddressInfoError::Memory),
            ("EAI_OVERFLOW", AddressInfoError::Overflow),
        ] {
            assert_eq!(value(name), i64::from(error.code()), "{name}");
        }
    }
}
