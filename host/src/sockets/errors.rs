//! What the system says of a failed call, as the contract says it.

use std::io;

use super::types::{AddressInfoError, Errno, Error, OsError, OtherError};
use crate::accounting::quota::{Quota, QuotaExceeded};
use crate::network::unix::PathError;
use crate::policy::denial::Denial;

/// What a call of the interface answers.
pub(super) type HostResult<T> = Result<T, Error>;

/// An error by its code alone.
pub(super) fn os(code: Errno) -> Error {
    Error::Os(OsError { code, detail: None })
}

/// A refusal by the policy: what would allow it is in the words.
pub(super) fn denied(denial: &Denial) -> Error {
    Error::Os(OsError { code: Errno::AccessDenied, detail: Some(denial.detail()) })
}

/// A count that is used up, as a kernel would say that it is busy.
pub(super) fn exceeded(exceeded: QuotaExceeded) -> Error {
    match exceeded.0 {
        Quota::Sockets | Quota::InboundConnections => os(Errno::TooManyOpenFiles),
        Quota::OutboundConnections => os(Errno::AddressNotAvailable),
        Quota::Buffers => os(Errno::NoBufferSpace),
        Quota::Lookups => Error::AddressInfo(AddressInfoError::Again),
    }
}

impl From<PathError> for Error {
    fn from(error: PathError) -> Self {
        match error {
            PathError::Denied(denial) => denied(&denial),
            PathError::System(error) => error.into(),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error().map(errno) {
            Some(Some(code)) => os(code),
            // What this host itself says: the deadline has passed, or a signal is pending.
            None if error.kind() == io::ErrorKind::WouldBlock => os(Errno::WouldBlock),
            None if error.kind() == io::ErrorKind::Interrupted => os(Errno::Interrupted),
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
    CODES.iter().find(|(known, ..)| *known == number).map(|(_, code, _)| *code)
}

/// The name of one of the system's numbers, if the contract names its meaning.
pub(super) fn name(number: i32) -> Option<&'static str> {
    CODES.iter().find(|(known, ..)| *known == number).map(|(.., name)| *name)
}

macro_rules! codes {
    ($($name:ident => $code:ident,)*) => { &[$((libc::$name, Errno::$code, stringify!($name))),*] };
}

const CODES: &[(i32, Errno, &str)] = codes![
    EACCES => AccessDenied,
    EADDRINUSE => AddressInUse,
    EADDRNOTAVAIL => AddressNotAvailable,
    EAFNOSUPPORT => AddressFamilyNotSupported,
    EAGAIN => WouldBlock,
    EALREADY => Already,
    EBADF => BadDescriptor,
    EBADMSG => BadMessage,
    EBUSY => Busy,
    ECANCELED => Canceled,
    ECONNABORTED => ConnectionAborted,
    ECONNREFUSED => ConnectionRefused,
    ECONNRESET => ConnectionReset,
    EDEADLK => Deadlock,
    EDESTADDRREQ => DestinationAddressRequired,
    EDOM => OutsideDomain,
    EEXIST => Exists,
    EFAULT => BadAddress,
    EHOSTDOWN => HostDown,
    EHOSTUNREACH => HostUnreachable,
    EINPROGRESS => InProgress,
    EINTR => Interrupted,
    EINVAL => InvalidArgument,
    EIO => InputOutput,
    EISCONN => IsConnected,
    EISDIR => IsDirectory,
    ELOOP => TooManyLinks,
    EMFILE => TooManyOpenFiles,
    EMSGSIZE => MessageTooLong,
    ENAMETOOLONG => NameTooLong,
    ENETDOWN => NetworkDown,
    ENETRESET => NetworkReset,
    ENETUNREACH => NetworkUnreachable,
    ENFILE => TooManyOpenFilesInSystem,
    ENOBUFS => NoBufferSpace,
    ENODEV => NoSuchDevice,
    ENOENT => NoSuchEntry,
    ENOMEM => OutOfMemory,
    ENOPROTOOPT => NoSuchOption,
    ENOSPC => NoSpace,
    ENOSYS => NotImplemented,
    ENOTCONN => NotConnected,
    ENOTDIR => NotDirectory,
    ENOTSOCK => NotSocket,
    ENXIO => NoSuchAddress,
    EOPNOTSUPP => NotSupported,
    EOVERFLOW => Overflow,
    EPERM => NotPermitted,
    EPIPE => BrokenPipe,
    EPROTO => ProtocolError,
    EPROTONOSUPPORT => ProtocolNotSupported,
    EPROTOTYPE => WrongProtocolType,
    ERANGE => OutOfRange,
    EROFS => ReadOnly,
    ESHUTDOWN => EndpointShutDown,
    ESOCKTNOSUPPORT => SocketTypeNotSupported,
    ETIMEDOUT => TimedOut,
    ETOOMANYREFS => TooManyReferences,
    EUSERS => TooManyUsers,
];
