//! Name lookups in progress. Each has an `eventfd` that is readable once its answer is there, so that waiting for a lookup
//! is waiting for a descriptor.

use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex};

use rustix::event::{EventfdFlags, eventfd};
use tokio::io::Interest;
use tokio::task::AbortHandle;

use super::address::ip_written;
use super::bindings::wasocket::socket::host::Found;
use super::bindings::wasocket::socket::types::{AddressFamily, AddressInfoError, Errno, Error, OsError};
use super::errors::{Answer, os};
use super::state::{Counted, Sockets, locked};
use super::waiting::{Until, Watched};
use crate::policy::{LookupError, Network};

/// A lookup that a guest has started. Dropping it abandons it.
pub struct Lookup {
    answered: Watched<Arc<OwnedFd>>,
    answer: Arc<Mutex<Option<Answer<Found>>>>,
    task: AbortHandle,
    _counted: Counted,
}

impl Lookup {
    /// `socket.getaddrinfo(host, …)`.
    pub fn forward(sockets: &Sockets, name: String, family: Option<AddressFamily>) -> Answer<Self> {
        let network = sockets.network.clone();
        Self::start(sockets, async move { forward(&network, &name, family).await })
    }

    /// `socket.gethostbyaddr(ip_address)`: the system's resolver is not asked for names of addresses, so none has one.
    pub fn reverse(sockets: &Sockets) -> Answer<Self> {
        Self::start(sockets, std::future::ready(Err(Error::AddressInfo(AddressInfoError::NoName))))
    }

    fn start(sockets: &Sockets, lookup: impl Future<Output = Answer<Found>> + Send + 'static) -> Answer<Self> {
        let counted = sockets.count()?;
        let answered = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let answer = Arc::new(Mutex::new(None));
        let (signal, place) = (Arc::clone(&answered), Arc::clone(&answer));
        let task = tokio::spawn(async move {
            let found = lookup.await;
            *locked(&place) = Some(found);
            // The counter is at 0: there is room for 1.
            let _ = rustix::io::write(&*signal, &1_u64.to_ne_bytes());
        });
        Ok(Self { answered: Watched::new(answered), answer, task: task.abort_handle(), _counted: counted })
    }

    /// What is readable when the answer is there.
    pub(super) fn answered(&self) -> &Arc<OwnedFd> {
        self.answered.get()
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.answered.get().as_fd()
    }

    /// Waits for the answer and takes it.
    pub async fn finish(&self, until: Until) -> Answer<Found> {
        let take = |answered: &Arc<OwnedFd>| {
            // An answer that was taken leaves the descriptor readable: it is known that there is no more to come.
            let mut ready = [rustix::event::PollFd::new(answered, rustix::event::PollFlags::IN)];
            let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
            match rustix::event::poll(&mut ready, Some(&now))? {
                0 => Err(std::io::ErrorKind::WouldBlock.into()),
                _ => Ok(locked(&self.answer).take()),
            }
        };
        self.answered.attempt(Interest::READABLE, until, take).await?.unwrap_or_else(|| Err(os(Errno::BadDescriptor)))
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why a name has no addresses, as the guest is told.
fn failed(error: LookupError, name: &str) -> Error {
    match error {
        LookupError::Denied => Error::Os(OsError {
            code: Errno::AccessDenied,
            detail: Some(format!("the policy does not allow: look up {name}; allow it with --allow-resolve {name}")),
        }),
        LookupError::Malformed | LookupError::Unresolvable => Error::AddressInfo(AddressInfoError::NoName),
    }
}

async fn forward(network: &Network, name: &str, family: Option<AddressFamily>) -> Answer<Found> {
    let is_wanted = |address: &IpAddr| match family {
        None => true,
        Some(AddressFamily::Inet) => address.is_ipv4(),
        Some(AddressFamily::Inet6) => address.is_ipv6(),
        Some(AddressFamily::Unix | AddressFamily::Other(_)) => false,
    };
    let mut addresses = network.resolve(name).await.map_err(|error| failed(error, name))?;
    let mut seen = std::collections::HashSet::new();
    addresses.retain(|address| is_wanted(address) && seen.insert(*address));
    if addresses.is_empty() {
        return Err(Error::AddressInfo(AddressInfoError::AddressFamily));
    }
    let addresses = addresses.into_iter().map(ip_written).collect();
    Ok(Found { canonical_name: None, aliases: Vec::new(), addresses })
}
