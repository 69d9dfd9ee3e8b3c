//! Name lookups in progress. Each has an `eventfd` that is readable once its answer is there, so that waiting for a lookup
//! is waiting for a descriptor.

use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex};

use rustix::event::{EventfdFlags, eventfd};
use tokio::io::Interest;
use tokio::task::AbortHandle;

use super::descriptors::Descriptor;
use super::errors::{HostResult, denied, os};
use super::state::Sockets;
use super::types::{AddressFamily, AddressInfoError, Errno, Error};
use super::waiting::{HostDeadline, Watched};
use crate::names::resolver::{LookupError, Resolved};
use crate::network::Network;
use crate::policy::name_pattern::RuleFamily;
use crate::sync::locked;

/// A lookup that a guest has started. Dropping it abandons it.
#[expect(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Lookup {
    answered: Watched<OwnedFd>,
    answer: Arc<Mutex<Option<HostResult<Resolved>>>>,
    task: AbortHandle,
    _descriptor: Descriptor,
}

impl Lookup {
    /// `socket.getaddrinfo(host, …)`.
    pub(super) fn forward(sockets: &Sockets, name: String, family: Option<AddressFamily>) -> HostResult<Self> {
        let network = sockets.network.clone();
        Self::start(sockets, async move { forward(&network, &name, family).await })
    }

    /// `socket.gethostbyaddr(ip_address)`.
    pub(super) fn reverse(sockets: &Sockets, address: IpAddr) -> HostResult<Self> {
        let network = sockets.network.clone();
        Self::start(sockets, async move { reverse(&network, address).await })
    }

    fn start(
        sockets: &Sockets,
        lookup: impl Future<Output = HostResult<Resolved>> + Send + 'static,
    ) -> HostResult<Self> {
        let descriptor = sockets.count()?;
        let answered = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let answer = Arc::new(Mutex::new(None));
        let (signal, place) = (Arc::clone(&answered), Arc::clone(&answer));
        let task = tokio::spawn(async move {
            let found = lookup.await;
            *locked(&place) = Some(found);
            // The counter is at 0: there is room for 1.
            let _ = rustix::io::write(&*signal, &1_u64.to_ne_bytes());
        });
        Ok(Self {
            answered: Watched::new(answered, &sockets.waits),
            answer,
            task: task.abort_handle(),
            _descriptor: descriptor,
        })
    }

    /// What is readable when the answer is there.
    pub(super) fn answered(&self) -> &Arc<OwnedFd> {
        self.answered.get()
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.answered.get().as_fd()
    }

    /// Waits for the answer and takes it.
    pub(super) async fn finish(&self, until: HostDeadline) -> HostResult<Resolved> {
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

async fn forward(network: &Network, name: &str, family: Option<AddressFamily>) -> HostResult<Resolved> {
    let family = match family {
        None => RuleFamily::Any,
        Some(AddressFamily::Inet) => RuleFamily::Ipv4,
        Some(AddressFamily::Inet6) => RuleFamily::Ipv6,
        Some(AddressFamily::Unix | AddressFamily::Other(_)) => {
            return Err(Error::AddressInfo(AddressInfoError::Family));
        }
    };
    network.lookup(name, family).await.map_err(failed)
}

async fn reverse(network: &Network, address: IpAddr) -> HostResult<Resolved> {
    network.reverse(address).await.map_err(failed)
}

fn failed(error: LookupError) -> Error {
    let code = match error {
        LookupError::Denied(denial) => return denied(&denial),
        LookupError::Malformed | LookupError::NoName => AddressInfoError::NoName,
        LookupError::NoData => AddressInfoError::NoData,
        LookupError::AddressFamily => AddressInfoError::AddressFamily,
        LookupError::Again | LookupError::Busy => AddressInfoError::Again,
        LookupError::Fail => AddressInfoError::Fail,
    };
    Error::AddressInfo(code)
}
