//! The one error type of the guest.

use thiserror::Error;

use crate::constants::number;
use crate::errno::Errno;

/// Why a socket function failed; each variant is one family of Python exceptions. Its text is what Python shows behind the
/// exception's name and number.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// `OSError(errno, strerror)`, or the subclass that CPython picks for the number.
    #[error("{}", .detail.as_deref().unwrap_or(.errno.name_and_text().1))]
    Os {
        /// The number.
        errno: Errno,
        /// A text in the place of `strerror(errno)`: what a policy refused, and what would allow it.
        detail: Option<Box<str>>,
    },
    /// `TimeoutError("timed out")`, without an errno: the socket's own timeout, never the network's `ETIMEDOUT`.
    #[error("timed out")]
    Timeout,
    /// `socket.gaierror(code, text)`: address information.
    #[error(transparent)]
    AddressInfo(#[from] AddressInfoError),
    /// `socket.herror(code, text)`: the older lookups.
    #[error(transparent)]
    Host(HostError),
    /// `OSError(text)` without a number: "protocol not found" and the like, CPython's own texts.
    #[error("{0}")]
    Text(&'static str),
    /// `OSError(EIO, text)`: something that the network below says and this crate has no name for.
    #[error("{0}")]
    Other(String),
}

/// A result of the guest.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// `OSError.errno`: none for the errors that have no number, or a number of another kind.
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Self::Os { errno, .. } => Some(*errno),
            Self::Other(_) => Some(Errno::EIO),
            Self::Timeout | Self::AddressInfo(_) | Self::Host(_) | Self::Text(_) => None,
        }
    }

    /// Whether Python raises `TimeoutError` for it: the socket's timeout has passed, or the network gave up (`ETIMEDOUT`).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        *self == Self::Timeout || self.errno() == Some(Errno::ETIMEDOUT)
    }

    /// Whether Python raises `BlockingIOError` for it: the call would have to wait.
    #[must_use]
    pub fn is_would_block(&self) -> bool {
        matches!(self.errno(), Some(Errno::EAGAIN | Errno::EINPROGRESS | Errno::EALREADY))
    }

    /// Whether Python raises `InterruptedError` for it, or what a handler of a signal has raised.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.errno() == Some(Errno::EINTR)
    }
}

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self::Os { errno, detail: None }
    }
}

/// The `EAI_*` failures of `getaddrinfo(3)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{}", self.text())]
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
            Self::BadFlags => const { number("EAI_BADFLAGS") },
            Self::NoName => const { number("EAI_NONAME") },
            Self::Again => const { number("EAI_AGAIN") },
            Self::Fail => const { number("EAI_FAIL") },
            Self::NoData => const { number("EAI_NODATA") },
            Self::Family => const { number("EAI_FAMILY") },
            Self::SocketType => const { number("EAI_SOCKTYPE") },
            Self::Service => const { number("EAI_SERVICE") },
            Self::AddressFamily => const { number("EAI_ADDRFAMILY") },
            Self::Memory => const { number("EAI_MEMORY") },
            Self::Overflow => const { number("EAI_OVERFLOW") },
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{}", self.text())]
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
