//! Errors by their POSIX names, and the one place that says which operation fails with which of them.

/// An errno by name; the number is the business of the guest's own `errno` module.
///
/// # References
/// - <https://man7.org/linux/man-pages/man3/errno.3.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "TEXTS says what each means, in the C library's words")]
pub enum Errno {
    EACCES,
    EADDRINUSE,
    EADDRNOTAVAIL,
    EAFNOSUPPORT,
    EAGAIN,
    EALREADY,
    EBADF,
    EBADMSG,
    EBUSY,
    ECANCELED,
    ECONNABORTED,
    ECONNREFUSED,
    ECONNRESET,
    EDEADLK,
    EDESTADDRREQ,
    EDOM,
    EEXIST,
    EFAULT,
    EHOSTDOWN,
    EHOSTUNREACH,
    EINPROGRESS,
    EINTR,
    EINVAL,
    EIO,
    EISCONN,
    EISDIR,
    ELOOP,
    EMFILE,
    EMSGSIZE,
    ENAMETOOLONG,
    ENETDOWN,
    ENETRESET,
    ENETUNREACH,
    ENFILE,
    ENOBUFS,
    ENODEV,
    ENOENT,
    ENOMEM,
    ENOPROTOOPT,
    ENOSPC,
    ENOSYS,
    ENOTCONN,
    ENOTDIR,
    ENOTSOCK,
    ENXIO,
    EOPNOTSUPP,
    EOVERFLOW,
    EPERM,
    EPIPE,
    EPROTO,
    EPROTONOSUPPORT,
    EPROTOTYPE,
    ERANGE,
    EROFS,
    ESHUTDOWN,
    ESOCKTNOSUPPORT,
    ETIMEDOUT,
    ETOOMANYREFS,
    EUSERS,
}

impl Errno {
    /// Its name and its text as `strerror(3)` gives it on Linux.
    #[must_use]
    pub fn name_and_text(self) -> (&'static str, &'static str) {
        match self {
            Self::EACCES => ("EACCES", "Permission denied"),
            Self::EADDRINUSE => ("EADDRINUSE", "Address already in use"),
            Self::EADDRNOTAVAIL => ("EADDRNOTAVAIL", "Cannot assign requested address"),
            Self::EAFNOSUPPORT => ("EAFNOSUPPORT", "Address family not supported by protocol"),
            Self::EAGAIN => ("EAGAIN", "Resource temporarily unavailable"),
            Self::EALREADY => ("EALREADY", "Operation already in progress"),
            Self::EBADF => ("EBADF", "Bad file descriptor"),
            Self::EBADMSG => ("EBADMSG", "Bad message"),
            Self::EBUSY => ("EBUSY", "Device or resource busy"),
            Self::ECANCELED => ("ECANCELED", "Operation canceled"),
            Self::ECONNABORTED => ("ECONNABORTED", "Software caused connection abort"),
            Self::ECONNREFUSED => ("ECONNREFUSED", "Connection refused"),
            Self::ECONNRESET => ("ECONNRESET", "Connection reset by peer"),
            Self::EDEADLK => ("EDEADLK", "Resource deadlock avoided"),
            Self::EDESTADDRREQ => ("EDESTADDRREQ", "Destination address required"),
            Self::EDOM => ("EDOM", "Numerical argument out of domain"),
            Self::EEXIST => ("EEXIST", "File exists"),
            Self::EFAULT => ("EFAULT", "Bad address"),
            Self::EHOSTDOWN => ("EHOSTDOWN", "Host is down"),
            Self::EHOSTUNREACH => ("EHOSTUNREACH", "No route to host"),
            Self::EINPROGRESS => ("EINPROGRESS", "Operation now in progress"),
            Self::EINTR => ("EINTR", "Interrupted system call"),
            Self::EINVAL => ("EINVAL", "Invalid argument"),
            Self::EIO => ("EIO", "Input/output error"),
            Self::EISCONN => ("EISCONN", "Transport endpoint is already connected"),
            Self::EISDIR => ("EISDIR", "Is a directory"),
            Self::ELOOP => ("ELOOP", "Too many levels of symbolic links"),
            Self::EMFILE => ("EMFILE", "Too many open files"),
            Self::EMSGSIZE => ("EMSGSIZE", "Message too long"),
            Self::ENAMETOOLONG => ("ENAMETOOLONG", "File name too long"),
            Self::ENETDOWN => ("ENETDOWN", "Network is down"),
            Self::ENETRESET => ("ENETRESET", "Network dropped connection on reset"),
            Self::ENETUNREACH => ("ENETUNREACH", "Network is unreachable"),
            Self::ENFILE => ("ENFILE", "Too many open files in system"),
            Self::ENOBUFS => ("ENOBUFS", "No buffer space available"),
            Self::ENODEV => ("ENODEV", "No such device"),
            Self::ENOENT => ("ENOENT", "No such file or directory"),
            Self::ENOMEM => ("ENOMEM", "Cannot allocate memory"),
            Self::ENOPROTOOPT => ("ENOPROTOOPT", "Protocol not available"),
            Self::ENOSPC => ("ENOSPC", "No space left on device"),
            Self::ENOSYS => ("ENOSYS", "Function not implemented"),
            Self::ENOTCONN => ("ENOTCONN", "Transport endpoint is not connected"),
            Self::ENOTDIR => ("ENOTDIR", "Not a directory"),
            Self::ENOTSOCK => ("ENOTSOCK", "Socket operation on non-socket"),
            Self::ENXIO => ("ENXIO", "No such device or address"),
            Self::EOPNOTSUPP => ("EOPNOTSUPP", "Operation not supported"),
            Self::EOVERFLOW => ("EOVERFLOW", "Value too large for defined data type"),
            Self::EPERM => ("EPERM", "Operation not permitted"),
            Self::EPIPE => ("EPIPE", "Broken pipe"),
            Self::EPROTO => ("EPROTO", "Protocol error"),
            Self::EPROTONOSUPPORT => ("EPROTONOSUPPORT", "Protocol not supported"),
            Self::EPROTOTYPE => ("EPROTOTYPE", "Protocol wrong type for socket"),
            Self::ERANGE => ("ERANGE", "Numerical result out of range"),
            Self::EROFS => ("EROFS", "Read-only file system"),
            Self::ESHUTDOWN => ("ESHUTDOWN", "Cannot send after transport endpoint shutdown"),
            Self::ESOCKTNOSUPPORT => ("ESOCKTNOSUPPORT", "Socket type not supported"),
            Self::ETIMEDOUT => ("ETIMEDOUT", "Connection timed out"),
            Self::ETOOMANYREFS => ("ETOOMANYREFS", "Too many references: cannot splice"),
            Self::EUSERS => ("EUSERS", "Too many users"),
        }
    }

    /// Its POSIX name, `"ECONNREFUSED"`: the name to look up in Python's `errno` module.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name_and_text().0
    }

    /// Its text as `strerror(3)` gives it on Linux.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.name_and_text().1
    }
}
