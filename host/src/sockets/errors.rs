//! What the system says of a failed call, as the contract says it.

use std::io;

use super::bindings::wasocket::socket::types::{AddressInfoError, Errno, Error, OsError, OtherError};
use crate::policy::{Denial, Exceeded};

/// What a call of the interface answers.
pub(super) type Answer<T> = Result<T, Error>;

/// An error by its code alone.
pub(super) fn os(code: Errno) -> Error {
    Error::Os(OsError { code, detail: None })
}

/// A refusal by the policy: what would allow it is in the words.
pub(super) fn denied(denial: &Denial) -> Error {
    Error::Os(OsError { code: Errno::AccessDenied, detail: Some(denial.detail()) })
}

/// A count that is used up, as a kernel would say that it is busy.
pub(super) fn exceeded(count: Exceeded) -> Error {
    match count {
        Exceeded::Sockets | Exceeded::InboundConnections => os(Errno::TooManyOpenFiles),
        Exceeded::OutboundConnections => os(Errno::AddressNotAvailable),
        Exceeded::Buffers => os(Errno::NoBufferSpace),
        Exceeded::Lookups => Error::AddressInfo(AddressInfoError::Again),
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error().map(errno) {
            Some(Some(code)) => os(code),
            // What this host itself says: the deadline has passed.
            None if error.kind() == io::ErrorKind::WouldBlock => os(Errno::WouldBlock),
            Some(None) | None => Self::Other(OtherError { name: None, text: error.to_string() }),
        }
    }
}

impl From<rustix::io::Errno> for Error {
    fn from(error: rustix::io::Errno) -> Self {
        io::Error::from(error).into()
    }
}

/// The code of one of the system's numbers, if the contract names it.
pub(super) fn errno(number: i32) -> Option<Errno> {
    CODES.iter().find(|(known, _)| *known == number).map(|(_, code)| *code)
}

const CODES: &[(i32, Errno)] = &[
    (libc::EACCES, Errno::AccessDenied),
    (libc::EADDRINUSE, Errno::AddressInUse),
    (libc::EADDRNOTAVAIL, Errno::AddressNotAvailable),
    (libc::EAFNOSUPPORT, Errno::AddressFamilyNotSupported),
    (libc::EAGAIN, Errno::WouldBlock),
    (libc::EALREADY, Errno::Already),
    (libc::EBADF, Errno::BadDescriptor),
    (libc::EBADMSG, Errno::BadMessage),
    (libc::EBUSY, Errno::Busy),
    (libc::ECANCELED, Errno::Canceled),
    (libc::ECONNABORTED, Errno::ConnectionAborted),
    (libc::ECONNREFUSED, Errno::ConnectionRefused),
    (libc::ECONNRESET, Errno::ConnectionReset),
    (libc::EDEADLK, Errno::Deadlock),
    (libc::EDESTADDRREQ, Errno::DestinationAddressRequired),
    (libc::EDOM, Errno::OutsideDomain),
    (libc::EEXIST, Errno::Exists),
    (libc::EFAULT, Errno::BadAddress),
    (libc::EHOSTDOWN, Errno::HostDown),
    (libc::EHOSTUNREACH, Errno::HostUnreachable),
    (libc::EINPROGRESS, Errno::InProgress),
    (libc::EINTR, Errno::Interrupted),
    (libc::EINVAL, Errno::InvalidArgument),
    (libc::EIO, Errno::InputOutput),
    (libc::EISCONN, Errno::IsConnected),
    (libc::EISDIR, Errno::IsDirectory),
    (libc::ELOOP, Errno::TooManyLinks),
    (libc::EMFILE, Errno::TooManyOpenFiles),
    (libc::EMSGSIZE, Errno::MessageTooLong),
    (libc::ENAMETOOLONG, Errno::NameTooLong),
    (libc::ENETDOWN, Errno::NetworkDown),
    (libc::ENETRESET, Errno::NetworkReset),
    (libc::ENETUNREACH, Errno::NetworkUnreachable),
    (libc::ENFILE, Errno::TooManyOpenFilesInSystem),
    (libc::ENOBUFS, Errno::NoBufferSpace),
    (libc::ENODEV, Errno::NoSuchDevice),
    (libc::ENOENT, Errno::NoSuchEntry),
    (libc::ENOMEM, Errno::OutOfMemory),
    (libc::ENOPROTOOPT, Errno::NoSuchOption),
    (libc::ENOSPC, Errno::NoSpace),
    (libc::ENOSYS, Errno::NotImplemented),
    (libc::ENOTCONN, Errno::NotConnected),
    (libc::ENOTDIR, Errno::NotDirectory),
    (libc::ENOTSOCK, Errno::NotSocket),
    (libc::ENXIO, Errno::NoSuchAddress),
    (libc::EOPNOTSUPP, Errno::NotSupported),
    (libc::EOVERFLOW, Errno::Overflow),
    (libc::EPERM, Errno::NotPermitted),
    (libc::EPIPE, Errno::BrokenPipe),
    (libc::EPROTO, Errno::ProtocolError),
    (libc::EPROTONOSUPPORT, Errno::ProtocolNotSupported),
    (libc::EPROTOTYPE, Errno::WrongProtocolType),
    (libc::ERANGE, Errno::OutOfRange),
    (libc::EROFS, Errno::ReadOnly),
    (libc::ESHUTDOWN, Errno::EndpointShutDown),
    (libc::ESOCKTNOSUPPORT, Errno::SocketTypeNotSupported),
    (libc::ETIMEDOUT, Errno::TimedOut),
    (libc::ETOOMANYREFS, Errno::TooManyReferences),
    (libc::EUSERS, Errno::TooManyUsers),
];
