//! Comparing what was got with what was wanted. Nothing here panics: a difference becomes the line of its subject.

use std::fmt::Debug;

use crate::types::{Address, Errno, Error, InetAddress, MessageFlags, OsError};

/// What a subject comes to: nothing, or the first difference.
pub(crate) type Outcome = Result<(), String>;

/// No flags.
pub(crate) const NONE: MessageFlags = MessageFlags::empty();
/// As long as any of the waits that have to succeed may take, in nanoseconds.
pub(crate) const LONG: u64 = 20_000_000_000;

/// `got` equals `wanted`, by their debug texts: the generated types have no equality.
pub(crate) fn same<T: Debug, U: Debug>(what: &str, got: T, wanted: U) -> Outcome {
    let (got, wanted) = (format!("{got:?}"), format!("{wanted:?}"));
    if got == wanted { Ok(()) } else { Err(format!("{what}: {got}, not {wanted}")) }
}

/// A call failed with an error of the operating system.
pub(crate) fn fails<T: Debug>(what: &str, got: Result<T, Error>, wanted: Errno) -> Outcome {
    match got {
        Err(Error::Os(OsError { code, .. })) if code == wanted => Ok(()),
        got => Err(format!("{what}: {got:?}, not {wanted:?}")),
    }
}

/// A call's value; its error ends the subject.
pub(crate) trait Done<T> {
    /// The value, or an error that says which call it was.
    fn done(self, what: &str) -> Result<T, String>;
}

impl<T> Done<T> for Result<T, Error> {
    fn done(self, what: &str) -> Result<T, String> {
        self.map_err(|error| format!("{what}: {error:?}"))
    }
}

/// A port of 127.0.0.1.
pub(crate) fn loopback(port: u16) -> Address {
    Address::Inet(InetAddress { address: (127, 0, 0, 1), port })
}
