//! A question about names: answered, or waiting for one lookup.

use crate::errno::Errno;
use crate::error::{AddressInfoError, Error, Result};
use crate::net::{ErrorCode, Found, NetError, NetResult};
use std::fmt;

/// What becomes of a question.
#[derive(Debug)]
pub enum Plan<T> {
    /// It needed no lookup.
    Done(T),
    /// It needs the addresses of one name.
    Lookup(Pending<T>),
}

impl<T: 'static> Plan<T> {
    /// This plan with `then` applied to its answer.
    #[must_use = "a plan does nothing by itself"]
    pub fn then<U: 'static>(self, then: impl FnOnce(T) -> Result<U> + 'static) -> Result<Plan<U>> {
        match self {
            Self::Done(answer) => then(answer).map(Plan::Done),
            Self::Lookup(Pending { name, finish }) => {
                Ok(Plan::Lookup(Pending::new(name, |found| finish(found).and_then(then))))
            }
        }
    }
}

/// What turns what was found of a name into the answer.
type Finish<T> = Box<dyn FnOnce(Found) -> Result<T>>;

/// A question that waits for the addresses of [`Pending::name`].
pub struct Pending<T> {
    name: String,
    finish: Finish<T>,
}

impl<T> Pending<T> {
    pub(super) fn new(name: String, finish: impl FnOnce(Found) -> Result<T> + 'static) -> Self {
        Self { name, finish: Box::new(finish) }
    }

    /// The name to look up: ASCII, and not a literal address.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The answer to the question, from the resolver's answer: the addresses of the name, of both families and in its
    /// order, or why there are none.
    ///
    /// # Errors
    /// [`lookup_error`]'s, if the resolver had no answer; else as the function that made the plan.
    pub fn finish<F: Into<Found>>(self, answer: NetResult<F>) -> Result<T> {
        answer.map_err(lookup_error).and_then(|found| (self.finish)(found.into()))
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pending").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a program sees of a lookup that a network refused: `socket.gaierror`, since that is what programs expect of a
/// lookup. A host that does not allow lookups at all says `permanent-resolver-failure`, so `access-denied` is the same.
#[must_use]
pub fn lookup_error(error: NetError) -> Error {
    match error {
        NetError::WouldBlock => AddressInfoError::Again.into(),
        // A policy that forbids the name is a permission that is missing, not a name that is.
        NetError::Code(ErrorCode::AccessDenied) => Errno::EACCES.into(),
        NetError::Code(code) => lookup_code(code).into(),
        NetError::Errno(errno) => errno.into(),
        NetError::Error(error) => error,
        NetError::Other(text) => Error::Other(text),
    }
}

fn lookup_code(code: ErrorCode) -> AddressInfoError {
    match code {
        ErrorCode::NameUnresolvable | ErrorCode::InvalidArgument => AddressInfoError::NoName,
        ErrorCode::TemporaryResolverFailure | ErrorCode::Timeout | ErrorCode::NewSocketLimit => AddressInfoError::Again,
        ErrorCode::OutOfMemory => AddressInfoError::Memory,
        ErrorCode::PermanentResolverFailure
        | ErrorCode::AccessDenied
        | ErrorCode::NotSupported
        | ErrorCode::Unknown
        | ErrorCode::ConcurrencyConflict
        | ErrorCode::InvalidState
        | ErrorCode::AddressNotBindable
        | ErrorCode::AddressInUse
        | ErrorCode::RemoteUnreachable
        | ErrorCode::ConnectionRefused
        | ErrorCode::ConnectionReset
        | ErrorCode::ConnectionAborted
        | ErrorCode::DatagramTooLarge
        | ErrorCode::BrokenPipe => AddressInfoError::Fail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_of_a_lookup_has_its_error() {
        let cases = [
            (NetError::Code(ErrorCode::NameUnresolvable), Error::AddressInfo(AddressInfoError::NoName)),
            (NetError::Code(ErrorCode::TemporaryResolverFailure), Error::AddressInfo(AddressInfoError::Again)),
            (NetError::Code(ErrorCode::PermanentResolverFailure), Error::AddressInfo(AddressInfoError::Fail)),
            (NetError::Code(ErrorCode::AccessDenied), Error::from(Errno::EACCES)),
            (NetError::Errno(Errno::ENOMEM), Error::from(Errno::ENOMEM)),
            (NetError::Other("no".into()), Error::Other("no".into())),
        ];
        for (given, error) in cases {
            let pending = Pending::new("name".into(), |_| Ok(()));
            assert_eq!(pending.finish::<Found>(Err(given)), Err(error));
        }
    }
}
