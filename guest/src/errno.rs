//! Errors by their POSIX names, with what Linux calls them.

/// Defines [`Errno`] and [`LINUX`] from one table: name, Linux's number, and text of `strerror(3)` on Linux.
macro_rules! errnos {
    (
        ours { $($name:ident = $number:literal, $text:literal;)* }
        others { $($other:ident = $other_number:literal, $other_text:literal;)* }
    ) => {
        /// An errno by name; the number is the business of the guest's own `errno` module.
        ///
        /// # References
        /// - <https://man7.org/linux/man-pages/man3/errno.3.html>
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the table says what each means, in the C library's words")]
        pub enum Errno {
            $($name,)*
        }

        impl Errno {
            /// Its name and its text as `strerror(3)` gives it on Linux.
            #[must_use]
            pub fn name_and_text(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$name => (stringify!($name), $text),)*
                }
            }

            /// Its number on Linux.
            pub(crate) fn linux(self) -> i32 {
                match self {
                    $(Self::$name => $number,)*
                }
            }

            /// The one with this number on Linux.
            pub(crate) fn of_linux(number: i32) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }
        }

        /// All that Linux has: name, number on Linux, and text. A number may have two names.
        pub const LINUX: &[(&str, i32, &str)] = &[
            $((stringify!($name), $number, $text),)*
            $((stringify!($other), $other_number, $other_text),)*
        ];
    };
}

errnos! {
    // Those that something here fails with.
    ours {
        EACCES = 13, "Permission denied";
        EADDRINUSE = 98, "Address already in use";
        EADDRNOTAVAIL = 99, "Cannot assign requested address";
        EAFNOSUPPORT = 97, "Address family not supported by protocol";
        EAGAIN = 11, "Resource temporarily unavailable";
        EALREADY = 114, "Operation already in progress";
        EBADF = 9, "Bad file descriptor";
        EBADMSG = 74, "Bad message";
        EBUSY = 16, "Device or resource busy";
        ECANCELED = 125, "Operation canceled";
        ECONNABORTED = 103, "Software caused connection abort";
        ECONNREFUSED = 111, "Connection refused";
        ECONNRESET = 104, "Connection reset by peer";
        EDEADLK = 35, "Resource deadlock avoided";
        EDESTADDRREQ = 89, "Destination address required";
        EDOM = 33, "Numerical argument out of domain";
        EEXIST = 17, "File exists";
        EFAULT = 14, "Bad address";
        EHOSTDOWN = 112, "Host is down";
        EHOSTUNREACH = 113, "No route to host";
        EINPROGRESS = 115, "Operation now in progress";
        EINTR = 4, "Interrupted system call";
        EINVAL = 22, "Invalid argument";
        EIO = 5, "Input/output error";
        EISCONN = 106, "Transport endpoint is already connected";
        EISDIR = 21, "Is a directory";
        ELOOP = 40, "Too many levels of symbolic links";
        EMFILE = 24, "Too many open files";
        EMSGSIZE = 90, "Message too long";
        ENAMETOOLONG = 36, "File name too long";
        ENETDOWN = 100, "Network is down";
        ENETRESET = 102, "Network dropped connection on reset";
        ENETUNREACH = 101, "Network is unreachable";
        ENFILE = 23, "Too many open files in system";
        ENOBUFS = 105, "No buffer space available";
        ENODEV = 19, "No such device";
        ENOENT = 2, "No such file or directory";
        ENOMEM = 12, "Cannot allocate memory";
        ENOPROTOOPT = 92, "Protocol not available";
        ENOSPC = 28, "No space left on device";
        ENOSYS = 38, "Function not implemented";
        ENOTCONN = 107, "Transport endpoint is not connected";
        ENOTDIR = 20, "Not a directory";
        ENOTSOCK = 88, "Socket operation on non-socket";
        ENXIO = 6, "No such device or address";
        EOPNOTSUPP = 95, "Operation not supported";
        EOVERFLOW = 75, "Value too large for defined data type";
        EPERM = 1, "Operation not permitted";
        EPIPE = 32, "Broken pipe";
        EPROTO = 71, "Protocol error";
        EPROTONOSUPPORT = 93, "Protocol not supported";
        EPROTOTYPE = 91, "Protocol wrong type for socket";
        ERANGE = 34, "Numerical result out of range";
        EROFS = 30, "Read-only file system";
        ESHUTDOWN = 108, "Cannot send after transport endpoint shutdown";
        ESOCKTNOSUPPORT = 94, "Socket type not supported";
        ETIMEDOUT = 110, "Connection timed out";
        ETOOMANYREFS = 109, "Too many references: cannot splice";
        EUSERS = 87, "Too many users";
    }
    // Those that programs may ask for nevertheless.
    others {
        ESRCH = 3, "No such process";
        E2BIG = 7, "Argument list too long";
        ENOEXEC = 8, "Exec format error";
        ECHILD = 10, "No child processes";
        EWOULDBLOCK = 11, "Resource temporarily unavailable";
        ENOTBLK = 15, "Block device required";
        EXDEV = 18, "Invalid cross-device link";
        ENOTTY = 25, "Inappropriate ioctl for device";
        ETXTBSY = 26, "Text file busy";
        EFBIG = 27, "File too large";
        ESPIPE = 29, "Illegal seek";
        EMLINK = 31, "Too many links";
        EDEADLOCK = 35, "Resource deadlock avoided";
        ENOLCK = 37, "No locks available";
        ENOTEMPTY = 39, "Directory not empty";
        ENOMSG = 42, "No message of desired type";
        EIDRM = 43, "Identifier removed";
        ECHRNG = 44, "Channel number out of range";
        EL2NSYNC = 45, "Level 2 not synchronized";
        EL3HLT = 46, "Level 3 halted";
        EL3RST = 47, "Level 3 reset";
        ELNRNG = 48, "Link number out of range";
        EUNATCH = 49, "Protocol driver not attached";
        ENOCSI = 50, "No CSI structure available";
        EL2HLT = 51, "Level 2 halted";
        EBADE = 52, "Invalid exchange";
        EBADR = 53, "Invalid request descriptor";
        EXFULL = 54, "Exchange full";
        ENOANO = 55, "No anode";
        EBADRQC = 56, "Invalid request code";
        EBADSLT = 57, "Invalid slot";
        EBFONT = 59, "Bad font file format";
        ENOSTR = 60, "Device not a stream";
        ENODATA = 61, "No data available";
        ETIME = 62, "Timer expired";
        ENOSR = 63, "Out of streams resources";
        ENONET = 64, "Machine is not on the network";
        ENOPKG = 65, "Package not installed";
        EREMOTE = 66, "Object is remote";
        ENOLINK = 67, "Link has been severed";
        EADV = 68, "Advertise error";
        ESRMNT = 69, "Srmount error";
        ECOMM = 70, "Communication error on send";
        EMULTIHOP = 72, "Multihop attempted";
        EDOTDOT = 73, "RFS specific error";
        ENOTUNIQ = 76, "Name not unique on network";
        EBADFD = 77, "File descriptor in bad state";
        EREMCHG = 78, "Remote address changed";
        ELIBACC = 79, "Can not access a needed shared library";
        ELIBBAD = 80, "Accessing a corrupted shared library";
        ELIBSCN = 81, ".lib section in a.out corrupted";
        ELIBMAX = 82, "Attempting to link in too many shared libraries";
        ELIBEXEC = 83, "Cannot exec a shared library directly";
        EILSEQ = 84, "Invalid or incomplete multibyte or wide character";
        ERESTART = 85, "Interrupted system call should be restarted";
        ESTRPIPE = 86, "Streams pipe error";
        ENOTSUP = 95, "Operation not supported";
        EPFNOSUPPORT = 96, "Protocol family not supported";
        ESTALE = 116, "Stale file handle";
        EUCLEAN = 117, "Structure needs cleaning";
        ENOTNAM = 118, "Not a XENIX named type file";
        ENAVAIL = 119, "No XENIX semaphores available";
        EISNAM = 120, "Is a named type file";
        EREMOTEIO = 121, "Remote I/O error";
        EDQUOT = 122, "Disk quota exceeded";
        ENOMEDIUM = 123, "No medium found";
        EMEDIUMTYPE = 124, "Wrong medium type";
        ENOKEY = 126, "Required key not available";
        EKEYEXPIRED = 127, "Key has expired";
        EKEYREVOKED = 128, "Key has been revoked";
        EKEYREJECTED = 129, "Key was rejected by service";
        EOWNERDEAD = 130, "Owner died";
        ENOTRECOVERABLE = 131, "State not recoverable";
        ERFKILL = 132, "Operation not possible due to RF-kill";
        EHWPOISON = 133, "Memory page has hardware error";
    }
}

impl Errno {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_text_and_a_name_stands_once() {
        for (position, (name, number, text)) in LINUX.iter().enumerate() {
            let before = LINUX.iter().take(position);
            for (other, same, its_text) in before {
                assert_ne!(name, other);
                assert!(number != same || text == its_text, "{name} and {other} are {number} with two texts");
            }
        }
        assert_eq!(Errno::ECONNREFUSED.name_and_text(), ("ECONNREFUSED", "Connection refused"));
    }
}
