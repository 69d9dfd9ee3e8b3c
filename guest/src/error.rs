//! The one error type of the guest.

use crate::errno::Errno;

/// Why a socket function failed; each variant is one family of Python exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// `OSError(errno, strerror)`, or the subclass that CPython picks for the number.
    Os(Errno),
    /// The same with a text of its own, which says what would have helped: what a policy refuses.
    Detailed(Errno, String),
    /// `TimeoutError("timed out")`, without an errno: the socket's own timeout, never the network's `ETIMEDOUT`.
    Timeout,
    /// `socket.gaierror(code, text)`: address information.
    AddressInfo(AddressInfoError),
    /// `socket.herror(code, text)`: the older lookups.
    Host(HostError),
    /// `OSError(text)` without a number: "protocol not found" and the like, CPython's own texts.
    Text(&'static str),
    /// Something that the network below says and this crate has no name for.
    Other(String),
}

/// A result of the guest.
pub type Result<T> = std::result::Result<T, Error>;

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self::Os(errno)
    }
}

impl From<AddressInfoError> for Error {
    fn from(error: AddressInfoError) -> Self {
        Self::AddressInfo(error)
    }
}

/// The `EAI_*` failures of `getaddrinfo(3)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressInfoError {
    /// `EAI_BADFLAGS`.
    BadFlags,
    /// `EAI_NONAME`.
    NoName,
    /// `EAI_AGAIN`.
    Again,
    /// `EAI_FAIL`.
    Fail,
    /// `EAI_NODATA`.
    NoData,
    /// `EAI_FAMILY`.
    Family,
    /// `EAI_SOCKTYPE`.
    SocketType,
    /// `EAI_SERVICE`.
    Service,
    /// `EAI_ADDRFAMILY`.
    AddressFamily,
    /// `EAI_MEMORY`.
    Memory,
    /// `EAI_OVERFLOW`.
    Overflow,
}

impl AddressInfoError {
    /// The `EAI_*` number on Linux.
    #[must_use]
    pub fn code(self) -> i32 {
        match self {
            Self::BadFlags => -1,
            Self::NoName => -2,
            Self::Again => -3,
            Self::Fail => -4,
            Self::NoData => -5,
            Self::Family => -6,
            Self::SocketType => -7,
            Self::Service => -8,
            Self::AddressFamily => -9,
            Self::Memory => -10,
            Self::Overflow => -12,
        }
    }

    /// The text of `gai_strerror(3)` on Linux.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::BadFlags => "Bad value for ai_flags",
            Self::NoName => "Name or service not known",
            Self::Again => "Temporary failure in name resolution",
            Self::Fail => "Non-recoverable failure in name resolution",
            Self::NoData => "No address associated with hostname",
            Self::Family => "ai_family not supported",
            Self::SocketType => "ai_socktype not supported",
            Self::Service => "Servname not supported for ai_socktype",
            Self::AddressFamily => "Address family for hostname not supported",
            Self::Memory => "Memory allocation failure",
            Self::Overflow => "Argument buffer overflow",
        }
    }
}

/// The failures of `gethostbyaddr` and `gethostbyname_ex`; see `gethostbyname(3)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostError {
    /// `HOST_NOT_FOUND`.
    NotFound,
    /// `TRY_AGAIN`.
    TryAgain,
    /// `NO_RECOVERY`.
    NoRecovery,
    /// `NO_DATA`.
    NoData,
}

impl HostError {
    /// The `h_errno` number on Linux.
    #[must_use]
    pub fn code(self) -> i32 {
        match self {
            Self::NotFound => 1,
            Self::TryAgain => 2,
            Self::NoRecovery => 3,
            Self::NoData => 4,
        }
    }

    /// The text of `hstrerror(3)` on Linux.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::NotFound => "Unknown host",
            Self::TryAgain => "Host name lookup failure",
            Self::NoRecovery => "Unknown server error",
            Self::NoData => "No address associated with name",
        }
    }
}
