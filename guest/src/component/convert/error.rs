//! Errors.

use super::super::contract::types::{AddressInfoError, Errno, Error, HostError, OsError, OtherError};
use crate::{errno, error};

/// An error of the core in the contract.
pub(in super::super) fn error_from_core(error: error::Error) -> Error {
    match error {
        error::Error::Os { errno, detail } => {
            Error::Os(OsError { code: errno_from_core(errno), detail: detail.map(String::from) })
        }
        error::Error::Timeout => Error::Timeout,
        error::Error::AddressInfo(error) => Error::AddressInfo(address_info_error_from_core(error)),
        error::Error::Host(error) => Error::Host(host_error_from_core(error)),
        error::Error::Text(text) => Error::Message(text.to_owned()),
        error::Error::Other(text) => Error::Other(OtherError { name: None, text }),
    }
}

/// An error that the core does not have, or does not make here.
pub(in super::super) fn contract_error(code: Errno) -> Error {
    Error::Os(OsError { code, detail: None })
}

pub(super) fn errno_from_core(errno: errno::Errno) -> Errno {
    match errno {
        errno::Errno::EACCES => Errno::AccessDenied,
        errno::Errno::EADDRINUSE => Errno::AddressInUse,
        errno::Errno::EADDRNOTAVAIL => Errno::AddressNotAvailable,
        errno::Errno::EAFNOSUPPORT => Errno::AddressFamilyNotSupported,
        errno::Errno::EAGAIN => Errno::WouldBlock,
        errno::Errno::EALREADY => Errno::Already,
        errno::Errno::EBADF => Errno::BadDescriptor,
        errno::Errno::ECONNABORTED => Errno::ConnectionAborted,
        errno::Errno::ECONNREFUSED => Errno::ConnectionRefused,
        errno::Errno::ECONNRESET => Errno::ConnectionReset,
        errno::Errno::EDEADLK => Errno::Deadlock,
        errno::Errno::EDESTADDRREQ => Errno::DestinationAddressRequired,
        errno::Errno::EHOSTUNREACH => Errno::HostUnreachable,
        errno::Errno::EINPROGRESS => Errno::InProgress,
        errno::Errno::EINTR => Errno::Interrupted,
        errno::Errno::EINVAL => Errno::InvalidArgument,
        errno::Errno::EIO => Errno::InputOutput,
        errno::Errno::EISCONN => Errno::IsConnected,
        errno::Errno::EMFILE => Errno::TooManyOpenFiles,
        errno::Errno::EMSGSIZE => Errno::MessageTooLong,
        errno::Errno::ENETDOWN => Errno::NetworkDown,
        errno::Errno::ENETUNREACH => Errno::NetworkUnreachable,
        errno::Errno::ENOBUFS => Errno::NoBufferSpace,
        errno::Errno::ENODEV => Errno::NoSuchDevice,
        errno::Errno::ENOENT => Errno::NoSuchEntry,
        errno::Errno::ENOMEM => Errno::OutOfMemory,
        errno::Errno::ENOPROTOOPT => Errno::NoSuchOption,
        errno::Errno::ENOTCONN => Errno::NotConnected,
        errno::Errno::ENOTSOCK => Errno::NotSocket,
        errno::Errno::ENXIO => Errno::NoSuchAddress,
        errno::Errno::EOPNOTSUPP => Errno::NotSupported,
        errno::Errno::EPERM => Errno::NotPermitted,
        errno::Errno::EPIPE => Errno::BrokenPipe,
        errno::Errno::EPROTO => Errno::ProtocolError,
        errno::Errno::EPROTONOSUPPORT => Errno::ProtocolNotSupported,
        errno::Errno::EPROTOTYPE => Errno::WrongProtocolType,
        errno::Errno::ESOCKTNOSUPPORT => Errno::SocketTypeNotSupported,
        errno::Errno::EBADMSG => Errno::BadMessage,
        errno::Errno::EBUSY => Errno::Busy,
        errno::Errno::ECANCELED => Errno::Canceled,
        errno::Errno::EDOM => Errno::OutsideDomain,
        errno::Errno::EEXIST => Errno::Exists,
        errno::Errno::EFAULT => Errno::BadAddress,
        errno::Errno::EHOSTDOWN => Errno::HostDown,
        errno::Errno::EISDIR => Errno::IsDirectory,
        errno::Errno::ELOOP => Errno::TooManyLinks,
        errno::Errno::ENAMETOOLONG => Errno::NameTooLong,
        errno::Errno::ENETRESET => Errno::NetworkReset,
        errno::Errno::ENFILE => Errno::TooManyOpenFilesInSystem,
        errno::Errno::ENOSPC => Errno::NoSpace,
        errno::Errno::ENOSYS => Errno::NotImplemented,
        errno::Errno::ENOTDIR => Errno::NotDirectory,
        errno::Errno::EOVERFLOW => Errno::Overflow,
        errno::Errno::ERANGE => Errno::OutOfRange,
        errno::Errno::EROFS => Errno::ReadOnly,
        errno::Errno::ESHUTDOWN => Errno::EndpointShutDown,
        errno::Errno::ETOOMANYREFS => Errno::TooManyReferences,
        errno::Errno::EUSERS => Errno::TooManyUsers,
        errno::Errno::ETIMEDOUT => Errno::TimedOut,
    }
}

fn address_info_error_from_core(error: error::AddressInfoError) -> AddressInfoError {
    match error {
        error::AddressInfoError::BadFlags => AddressInfoError::BadFlags,
        error::AddressInfoError::NoName => AddressInfoError::NoName,
        error::AddressInfoError::Again => AddressInfoError::Again,
        error::AddressInfoError::Fail => AddressInfoError::Fail,
        error::AddressInfoError::NoData => AddressInfoError::NoData,
        error::AddressInfoError::Family => AddressInfoError::Family,
        error::AddressInfoError::SocketType => AddressInfoError::SocketType,
        error::AddressInfoError::Service => AddressInfoError::Service,
        error::AddressInfoError::AddressFamily => AddressInfoError::AddressFamily,
        error::AddressInfoError::Memory => AddressInfoError::Memory,
        error::AddressInfoError::Overflow => AddressInfoError::Overflow,
    }
}

fn host_error_from_core(error: error::HostError) -> HostError {
    match error {
        error::HostError::NotFound => HostError::NotFound,
        error::HostError::TryAgain => HostError::TryAgain,
        error::HostError::NoRecovery => HostError::NoRecovery,
        error::HostError::NoData => HostError::NoData,
    }
}
