//! What the core and the interface `host` call things.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::bindings::wasocket::socket::host::{self, Readiness};
use super::bindings::wasocket::socket::types;
use crate::address::{Address, Family, Kind, Shutdown, UnixAddress};
use crate::ancillary::{Ancillary, ControlMessage, ExtendedError};
use crate::errno::Errno;
use crate::error::{AddressInfoError, Error, HostError, Result};
use crate::message::MessageFlags;
use crate::options::{OptionValue, time_to_bytes};
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

/// How often events are reported; with one process there is no other one to wake.
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

/// A control message as 64-bit Linux lays it out.
pub(super) fn ancillary_from_host(message: types::AncillaryData, is_inet6: bool) -> Result<Ancillary> {
    Ok(control_message_from_host(message)?.laid_out(is_inet6))
}

fn control_message_from_host(message: types::AncillaryData) -> Result<ControlMessage> {
    Ok(match message {
        types::AncillaryData::PacketInformation(information) => {
            ControlMessage::PacketInformation(ip_from_host(information.address), information.interface)
        }
        types::AncillaryData::HopLimit(hops) => ControlMessage::HopLimit(hops),
        types::AncillaryData::TrafficClass(class) => ControlMessage::TrafficClass(class),
        types::AncillaryData::OriginalDestination(address) => {
            ControlMessage::OriginalDestination(socket_address_from_host(address)?)
        }
        types::AncillaryData::ExtendedError(error) => ControlMessage::ExtendedError(ExtendedError {
            code: error.code.map(errno_from_host),
            origin: error.origin,
            icmp: [error.icmp_type, error.icmp_code],
            information: error.information,
            offender: error.offender.map(socket_address_from_host).transpose()?,
        }),
        types::AncillaryData::Credentials(types::Credentials { pid, uid, gid }) => {
            ControlMessage::Credentials([pid, uid, gid])
        }
        types::AncillaryData::Timestamp(nanoseconds) => ControlMessage::Timestamp(nanoseconds),
        types::AncillaryData::Other(other) => {
            ControlMessage::Other(Ancillary { level: other.level, kind: other.type_, data: other.data })
        }
    })
}

/// Packets are of IPv4 or IPv6.
fn socket_address_from_host(address: types::Address) -> Result<SocketAddr> {
    match address_from_host(address)? {
        Address::Ip(address) => Ok(address),
        Address::Unix(_) => Err(Errno::EPROTO.into()),
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
