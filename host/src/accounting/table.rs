//! The accounts of a guest's sockets on plain `wasi:sockets`, by the numbers of their resources.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::account::SocketAccount;
use super::quota::Permit;
use crate::policy::rule::Protocol;
use crate::sync::locked;

/// What is known of the open sockets, by protocol and the number of their resource.
#[derive(Debug, Default)]
pub(crate) struct SocketTable(Mutex<HashMap<(Protocol, u32), Entry>>);

#[derive(Debug)]
struct Entry {
    account: Arc<SocketAccount>,
    _permit: Permit,
}

impl SocketTable {
    /// A socket exists from now on.
    pub(crate) fn insert(&self, protocol: Protocol, number: u32, account: Arc<SocketAccount>, permit: Permit) {
        locked(&self.0).insert((protocol, number), Entry { account, _permit: permit });
    }

    /// The account of a socket.
    pub(crate) fn get(&self, protocol: Protocol, number: u32) -> Option<Arc<SocketAccount>> {
        locked(&self.0).get(&(protocol, number)).map(|entry| Arc::clone(&entry.account))
    }

    /// A socket is closed. Its audit events are emitted without the lock.
    pub(crate) fn remove(&self, protocol: Protocol, number: u32) {
        let removed = locked(&self.0).remove(&(protocol, number));
        drop(removed);
    }

    /// All of them are gone.
    pub(crate) fn clear(&self) {
        let all = std::mem::take(&mut *locked(&self.0));
        drop(all);
    }
}
