//! What the core and the interface `host` call things.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::bindings::wasocket::socket::host::{self, Readiness};
use super::bindings::wasocket::socket::types;
use crate::address::{Address, Family, Kind, Shutdown, UnixAddress};
use crate::ancillary::Ancillary;
use crate::errno::Errno;
use crate::error::{AddressInfoError, Error, HostError, Result};
use crate::message::MessageFlags;
use crate::options::{IPPROTO_IP, IPPROTO_IPV6, OptionValue, SOL_SOCKET, time_to_bytes};
use crate::polling::{Events, Trigger};
use crate::time::{Deadline, Moment};

pub(super) fn deadline_to_host(deadline: Deadline) -> host::Deadline {
    match deadline {
        Deadline::Never => host::Deadline::Never,
        Deadline::Now => host::Deadline::Now,
        Deadline::At(Moment(moment)) => host::Deadline::At(moment),
    }
}

pub(super) fn family_to_host(family: Family) -> types::AddressFamily {
    match family {
        Family::Inet => types::AddressFamily::Inet,
        Family::Inet6 => types::AddressFamily::Inet6,
        Family::Unix => types::AddressFamily::Unix,
    }
}

pub(super) fn kind_to_host(kind: Kind) -> types::SocketType {
    match kind {
        Kind::Stream => types::SocketType::Stream,
        Kind::Datagram => types::SocketType::Datagram,
        Kind::SequentialPacket => types::SocketType::SequentialPacket,
        Kind::Raw => types::SocketType::Raw,
    }
}

/// A protocol's number. Negative ones are no protocols.
pub(super) fn protocol_to_host(protocol: i32) -> Result<u32> {
    u32::try_from(protocol).map_err(|_| Error::from(Errno::EINVAL))
}

pub(super) fn shutdown_to_host(how: Shutdown) -> types::ShutdownType {
    match how {
        Shutdown::Read => types::ShutdownType::Read,
        Shutdown::Write => types::ShutdownType::Write,
        Shutdown::Both => types::ShutdownType::Both,
    }
}

pub(super) fn address_to_host(address: &Address) -> types::Address {
    match address {
        Address::Ip(SocketAddr::V4(address)) => {
            types::Address::Inet(types::InetAddress { address: address.ip().octets().into(), port: address.port() })
        }
        Address::Ip(SocketAddr::V6(address)) => types::Address::Inet6(types::Inet6Address {
            address: address.ip().segments().into(),
            port: address.port(),
            flow_info: address.flowinfo(),
            scope_id: address.scope_id(),
        }),
        Address::Unix(UnixAddress::Unnamed) => types::Address::Unix(types::UnixAddress::Unnamed),
        Address::Unix(UnixAddress::Path(path)) => types::Address::Unix(types::UnixAddress::Path(path.clone())),
        Address::Unix(UnixAddress::Abstract(name)) => types::Address::Unix(types::UnixAddress::Abstract(name.clone())),
    }
}

pub(super) fn address_from_host(address: types::Address) -> Result<Address> {
    Ok(match address {
        types::Address::Inet(types::InetAddress { address, port }) => {
            Address::Ip(SocketAddrV4::new(ipv4(address), port).into())
        }
        types::Address::Inet6(types::Inet6Address { address, port, flow_info, scope_id }) => {
            Address::Ip(SocketAddrV6::new(ipv6(address), port, flow_info, scope_id).into())
        }
        types::Address::Unix(types::UnixAddress::Unnamed) => Address::Unix(UnixAddress::Unnamed),
        types::Address::Unix(types::UnixAddress::Path(path)) => Address::Unix(UnixAddress::Path(path)),
        types::Address::Unix(types::UnixAddress::Abstract(name)) => Address::Unix(UnixAddress::Abstract(name)),
        types::Address::Other(_) => return Err(Errno::EAFNOSUPPORT.into()),
    })
}

pub(super) fn ip_from_host(address: types::IpAddress) -> IpAddr {
    match address {
        types::IpAddress::Ipv4(address) => IpAddr::V4(ipv4(address)),
        types::IpAddress::Ipv6(address) => IpAddr::V6(ipv6(address)),
    }
}

pub(super) fn ip_to_host(address: IpAddr) -> types::IpAddress {
    match address {
        IpAddr::V4(address) => types::IpAddress::Ipv4(address.octets().into()),
        IpAddr::V6(address) => types::IpAddress::Ipv6(address.segments().into()),
    }
}

fn ipv4((a, b, c, d): types::Ipv4Address) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, d)
}

fn ipv6(groups: types::Ipv6Address) -> Ipv6Addr {
    Ipv6Addr::from(<[u16; 8]>::from(groups))
}

pub(super) fn message_flags_to_host(flags: MessageFlags) -> types::MessageFlags {
    MESSAGE_FLAGS.iter().filter(|(_, one)| flags.contains(*one)).map(|(named, _)| *named).collect()
}

pub(super) fn message_flags_from_host(flags: types::MessageFlags) -> MessageFlags {
    let set = MESSAGE_FLAGS.iter().filter(|(named, _)| flags.contains(*named));
    set.fold(MessageFlags::empty(), |all, (_, one)| all.union(*one))
}

/// The events that a program asks for. `POLLERR` and `POLLHUP` are always reported.
pub(super) fn readiness_to_host(events: Events) -> Readiness {
    READINESS.iter().filter(|(_, many)| events.intersects(*many)).map(|(named, _)| *named).collect()
}

/// How often events are reported; with one process there is nobody else to wake.
pub(super) fn trigger_to_host(trigger: Trigger) -> host::Trigger {
    let named = [(Trigger::EDGE, host::Trigger::EDGE), (Trigger::ONE_SHOT, host::Trigger::ONE_SHOT)];
    named.into_iter().filter(|(one, _)| trigger.contains(*one)).map(|(_, named)| named).collect()
}

/// The events of a socket, in both of the ways that Linux names them.
pub(super) fn events_from_host(readiness: Readiness) -> Events {
    let set = READINESS.iter().filter(|(named, _)| readiness.contains(*named));
    set.fold(Events::empty(), |all, (_, many)| all.union(*many))
}

/// The value to set an option to.
pub(super) fn value_to_host(value: &OptionValue) -> Result<types::OptionValue> {
    match value {
        OptionValue::Int(value) => Ok(types::OptionValue::Integer(*value)),
        OptionValue::Bytes(bytes) => Ok(types::OptionValue::Bytes(bytes.clone())),
        OptionValue::Error(_) => Err(Errno::EINVAL.into()),
    }
}

/// The value that an option has. What is asked for by its numbers comes as bytes; the other forms are kept as the
/// kernel would write them.
pub(super) fn value_from_host(value: types::OptionValue) -> Result<OptionValue> {
    Ok(match value {
        types::OptionValue::Integer(value) => OptionValue::Int(value),
        types::OptionValue::Bytes(bytes) => OptionValue::Bytes(bytes),
        types::OptionValue::Error(error) => OptionValue::Error(error.map(errno_from_host)),
        types::OptionValue::Text(text) => OptionValue::Bytes(text.into_bytes()),
        types::OptionValue::Time(limit) => {
            OptionValue::Bytes(time_to_bytes(limit.map(std::time::Duration::from_nanos)))
        }
        types::OptionValue::Linger(seconds) => {
            let on = i32::from(seconds.is_some());
            let seconds = i32::try_from(seconds.unwrap_or(0)).unwrap_or(i32::MAX);
            OptionValue::Bytes([on.to_le_bytes(), seconds.to_le_bytes()].concat())
        }
        types::OptionValue::Membership(_) | types::OptionValue::MulticastInterface(_) => {
            return Err(Errno::EPROTO.into());
        }
    })
}

pub(super) fn ancillary_to_host(message: &Ancillary) -> types::AncillaryData {
    let Ancillary { level, kind, data } = message;
    types::AncillaryData::Other(types::OtherAncillaryData { level: *level, type_: *kind, data: data.clone() })
}

/// A control message as 64-bit Linux lays it out; `v6` says whether it came over IPv6.
pub(super) fn ancillary_from_host(message: types::AncillaryData, v6: bool) -> Ancillary {
    let ip = |v4_kind, v6_kind, data: Vec<u8>| {
        let (level, kind) = if v6 { (IPPROTO_IPV6, v6_kind) } else { (IPPROTO_IP, v4_kind) };
        Ancillary { level, kind, data }
    };
    let integer = |value: u8| i32::from(value).to_le_bytes().to_vec();
    match message {
        types::AncillaryData::Other(other) => Ancillary { level: other.level, kind: other.type_, data: other.data },
        types::AncillaryData::PacketInformation(information) => {
            let interface = information.interface.to_le_bytes();
            let data = match ip_from_host(information.address) {
                // The address of the packet stands twice: where it arrived, and where it was sent to.
                IpAddr::V4(address) => [interface, address.octets(), address.octets()].concat(),
                IpAddr::V6(address) => [address.octets().as_slice(), &interface].concat(),
            };
            ip(IP_PKTINFO, IPV6_PKTINFO, data)
        }
        types::AncillaryData::HopLimit(hops) => ip(IP_TTL, IPV6_HOPLIMIT, integer(hops)),
        types::AncillaryData::TrafficClass(class) if v6 => ip(IP_TOS, IPV6_TCLASS, integer(class)),
        types::AncillaryData::TrafficClass(class) => ip(IP_TOS, IPV6_TCLASS, vec![class]),
        types::AncillaryData::OriginalDestination(address) => {
            ip(IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR, socket_address(Some(&address)))
        }
        types::AncillaryData::ExtendedError(error) => ip(IP_RECVERR, IPV6_RECVERR, extended_error(&error)),
        types::AncillaryData::Credentials(one) => Ancillary {
            level: SOL_SOCKET,
            kind: SCM_CREDENTIALS,
            data: [one.pid, one.uid, one.gid].map(u32::to_le_bytes).concat(),
        },
        types::AncillaryData::Timestamp(nanoseconds) => {
            let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
            let data = [seconds, rest / 1000].map(u64::to_le_bytes).concat();
            Ancillary { level: SOL_SOCKET, kind: SO_TIMESTAMP, data }
        }
    }
}

/// `struct sock_extended_err` with the address of who reported it. The number of the error is Linux's for the errors that
/// a network reports; others are 0.
fn extended_error(error: &types::ExtendedError) -> Vec<u8> {
    let number: u32 = match error.code {
        Some(types::Errno::ConnectionRefused) => 111,
        Some(types::Errno::HostUnreachable) => 113,
        Some(types::Errno::NetworkUnreachable) => 101,
        Some(types::Errno::MessageTooLong) => 90,
        Some(types::Errno::TimedOut) => 110,
        Some(types::Errno::ProtocolError) => 71,
        Some(types::Errno::AccessDenied) => 13,
        Some(types::Errno::NoSuchOption) => 92,
        Some(_) | None => 0,
    };
    let mut bytes = number.to_le_bytes().to_vec();
    bytes.extend([error.origin, error.icmp_type, error.icmp_code, 0]);
    bytes.extend(error.information.to_le_bytes());
    bytes.extend(0_u32.to_le_bytes());
    bytes.extend(socket_address(error.offender.as_ref()));
    bytes
}

/// `struct sockaddr_in` or `struct sockaddr_in6`; one without a family if there is none.
fn socket_address(address: Option<&types::Address>) -> Vec<u8> {
    match address {
        Some(types::Address::Inet(types::InetAddress { address, port })) => {
            let mut bytes = 2_u16.to_le_bytes().to_vec();
            bytes.extend(port.to_be_bytes());
            bytes.extend(ipv4(*address).octets());
            bytes.extend([0; 8]);
            bytes
        }
        Some(types::Address::Inet6(types::Inet6Address { address, port, flow_info, scope_id })) => {
            let mut bytes = 10_u16.to_le_bytes().to_vec();
            bytes.extend(port.to_be_bytes());
            bytes.extend(flow_info.to_be_bytes());
            bytes.extend(ipv6(*address).octets());
            bytes.extend(scope_id.to_le_bytes());
            bytes
        }
        Some(types::Address::Unix(_) | types::Address::Other(_)) | None => vec![0; 16],
    }
}

pub(super) fn error_from_host(error: types::Error) -> Error {
    match error {
        types::Error::Os(types::OsError { code, detail }) => {
            Error::Os { errno: errno_from_host(code), detail: detail.map(String::into_boxed_str) }
        }
        types::Error::Timeout => Error::Timeout,
        types::Error::AddressInfo(error) => Error::AddressInfo(address_info_error(error)),
        types::Error::Host(error) => Error::Host(match error {
            types::HostError::NotFound => HostError::NotFound,
            types::HostError::TryAgain => HostError::TryAgain,
            types::HostError::NoRecovery => HostError::NoRecovery,
            types::HostError::NoData => HostError::NoData,
        }),
        types::Error::Message(text) => Error::Other(text),
        types::Error::Other(types::OtherError { name, text }) => {
            Error::Other(name.map_or(text.clone(), |name| format!("{name}: {text}")))
        }
    }
}

fn address_info_error(error: types::AddressInfoError) -> AddressInfoError {
    match error {
        types::AddressInfoError::BadFlags => AddressInfoError::BadFlags,
        types::AddressInfoError::NoName => AddressInfoError::NoName,
        types::AddressInfoError::Again => AddressInfoError::Again,
        types::AddressInfoError::Fail => AddressInfoError::Fail,
        types::AddressInfoError::NoData => AddressInfoError::NoData,
        types::AddressInfoError::Family => AddressInfoError::Family,
        types::AddressInfoError::SocketType => AddressInfoError::SocketType,
        types::AddressInfoError::Service => AddressInfoError::Service,
        types::AddressInfoError::AddressFamily => AddressInfoError::AddressFamily,
        types::AddressInfoError::Memory => AddressInfoError::Memory,
        types::AddressInfoError::Overflow => AddressInfoError::Overflow,
    }
}

pub(super) fn errno_from_host(errno: types::Errno) -> Errno {
    match errno {
        types::Errno::AccessDenied => Errno::EACCES,
        types::Errno::AddressInUse => Errno::EADDRINUSE,
        types::Errno::AddressNotAvailable => Errno::EADDRNOTAVAIL,
        types::Errno::AddressFamilyNotSupported => Errno::EAFNOSUPPORT,
        types::Errno::WouldBlock => Errno::EAGAIN,
        types::Errno::Already => Errno::EALREADY,
        types::Errno::BadDescriptor => Errno::EBADF,
        types::Errno::BadMessage => Errno::EBADMSG,
        types::Errno::Busy => Errno::EBUSY,
        types::Errno::Canceled => Errno::ECANCELED,
        types::Errno::ConnectionAborted => Errno::ECONNABORTED,
        types::Errno::ConnectionRefused => Errno::ECONNREFUSED,
        types::Errno::ConnectionReset => Errno::ECONNRESET,
        types::Errno::Deadlock => Errno::EDEADLK,
        types::Errno::DestinationAddressRequired => Errno::EDESTADDRREQ,
        types::Errno::OutsideDomain => Errno::EDOM,
        types::Errno::Exists => Errno::EEXIST,
        types::Errno::BadAddress => Errno::EFAULT,
        types::Errno::HostDown => Errno::EHOSTDOWN,
        types::Errno::HostUnreachable => Errno::EHOSTUNREACH,
        types::Errno::InProgress => Errno::EINPROGRESS,
        types::Errno::Interrupted => Errno::EINTR,
        types::Errno::InvalidArgument => Errno::EINVAL,
        types::Errno::InputOutput => Errno::EIO,
        types::Errno::IsConnected => Errno::EISCONN,
        types::Errno::IsDirectory => Errno::EISDIR,
        types::Errno::TooManyLinks => Errno::ELOOP,
        types::Errno::TooManyOpenFiles => Errno::EMFILE,
        types::Errno::MessageTooLong => Errno::EMSGSIZE,
        types::Errno::NameTooLong => Errno::ENAMETOOLONG,
        types::Errno::NetworkDown => Errno::ENETDOWN,
        types::Errno::NetworkReset => Errno::ENETRESET,
        types::Errno::NetworkUnreachable => Errno::ENETUNREACH,
        types::Errno::TooManyOpenFilesInSystem => Errno::ENFILE,
        types::Errno::NoBufferSpace => Errno::ENOBUFS,
        types::Errno::NoSuchDevice => Errno::ENODEV,
        types::Errno::NoSuchEntry => Errno::ENOENT,
        types::Errno::OutOfMemory => Errno::ENOMEM,
        types::Errno::NoSuchOption => Errno::ENOPROTOOPT,
        types::Errno::NoSpace => Errno::ENOSPC,
        types::Errno::NotImplemented => Errno::ENOSYS,
        types::Errno::NotConnected => Errno::ENOTCONN,
        types::Errno::NotDirectory => Errno::ENOTDIR,
        types::Errno::NotSocket => Errno::ENOTSOCK,
        types::Errno::NoSuchAddress => Errno::ENXIO,
        types::Errno::NotSupported => Errno::EOPNOTSUPP,
        types::Errno::Overflow => Errno::EOVERFLOW,
        types::Errno::NotPermitted => Errno::EPERM,
        types::Errno::BrokenPipe => Errno::EPIPE,
        types::Errno::ProtocolError => Errno::EPROTO,
        types::Errno::ProtocolNotSupported => Errno::EPROTONOSUPPORT,
        types::Errno::WrongProtocolType => Errno::EPROTOTYPE,
        types::Errno::OutOfRange => Errno::ERANGE,
        types::Errno::ReadOnly => Errno::EROFS,
        types::Errno::EndpointShutDown => Errno::ESHUTDOWN,
        types::Errno::SocketTypeNotSupported => Errno::ESOCKTNOSUPPORT,
        types::Errno::TimedOut => Errno::ETIMEDOUT,
        types::Errno::TooManyReferences => Errno::ETOOMANYREFS,
        types::Errno::TooManyUsers => Errno::EUSERS,
    }
}

const MESSAGE_FLAGS: [(types::MessageFlags, MessageFlags); 14] = [
    (types::MessageFlags::OUT_OF_BAND, MessageFlags::OOB),
    (types::MessageFlags::PEEK, MessageFlags::PEEK),
    (types::MessageFlags::DONT_ROUTE, MessageFlags::DONTROUTE),
    (types::MessageFlags::CONTROL_TRUNCATED, MessageFlags::CTRUNC),
    (types::MessageFlags::TRUNCATED, MessageFlags::TRUNC),
    (types::MessageFlags::DONT_WAIT, MessageFlags::DONTWAIT),
    (types::MessageFlags::END_OF_RECORD, MessageFlags::EOR),
    (types::MessageFlags::WAIT_ALL, MessageFlags::WAITALL),
    (types::MessageFlags::CONFIRM, MessageFlags::CONFIRM),
    (types::MessageFlags::ERROR_QUEUE, MessageFlags::ERRQUEUE),
    (types::MessageFlags::NO_SIGNAL, MessageFlags::NOSIGNAL),
    (types::MessageFlags::MORE, MessageFlags::MORE),
    (types::MessageFlags::FAST_OPEN, MessageFlags::FASTOPEN),
    (types::MessageFlags::CLOSE_ON_EXEC, MessageFlags::CMSG_CLOEXEC),
];

const READINESS: [(Readiness, Events); 6] = [
    (Readiness::READABLE, Events::READABLE),
    (Readiness::PRIORITY, Events::PRI),
    (Readiness::WRITABLE, Events::WRITABLE_MESSAGES),
    (Readiness::ERROR, Events::ERR),
    (Readiness::HANG_UP, Events::HUP),
    (Readiness::READ_HANG_UP, Events::RDHUP),
];

const IP_TOS: i32 = 1;
const IP_TTL: i32 = 2;
const IP_PKTINFO: i32 = 8;
const IP_RECVERR: i32 = 11;
const IP_RECVORIGDSTADDR: i32 = 20;
const IPV6_RECVERR: i32 = 25;
const IPV6_PKTINFO: i32 = 50;
const IPV6_HOPLIMIT: i32 = 52;
const IPV6_TCLASS: i32 = 67;
const IPV6_RECVORIGDSTADDR: i32 = 74;
const SCM_CREDENTIALS: i32 = 2;
const SO_TIMESTAMP: i32 = 29;
