//! What all handles of one socket share.

use std::sync::Mutex;

use super::kind::Kind;
use super::unix::Bound;
use crate::accounting::account::SocketAccount;
use crate::sync::locked;

/// A socket of the system, as long as a guest has a handle of it or one is on its way.
pub(super) struct Shared {
    pub(super) kind: Kind,
    pub(super) account: SocketAccount,
    /// Its name among those of `AF_UNIX` that are this guest's own.
    name: Mutex<Option<Bound>>,
}

impl Shared {
    pub(super) fn new(kind: Kind, account: SocketAccount) -> Self {
        Self { kind, account, name: Mutex::default() }
    }

    /// It has a name until it is gone.
    pub(super) fn named(&self, name: Bound) {
        *locked(&self.name) = Some(name);
    }
}
