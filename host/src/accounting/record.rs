//! The guest's open sockets as observers see them: numbers, states, addresses, bytes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::audit::Audit;
use super::event::Event;
use super::view::{SocketState, SocketView};
use crate::policy::rule::Protocol;
use crate::sync::locked;

/// All that a guest has open.
#[derive(Debug, Default)]
pub(crate) struct OpenSockets(Mutex<Numbered>);

/// By number.
#[derive(Debug, Default)]
struct Numbered {
    last: u64,
    sockets: BTreeMap<u64, Arc<Life>>,
}

/// What is known of one.
#[derive(Debug)]
struct Life {
    number: u64,
    protocol: Protocol,
    opened: Instant,
    is_counted: bool,
    sent: AtomicU64,
    received: AtomicU64,
    place: Mutex<Place>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    state: SocketState,
    local: Option<SocketAddr>,
    remote: Option<SocketAddr>,
}

/// How a socket comes to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    /// By `socket`, as a new one.
    New,
    /// By `accept`, with this address and peer.
    Accepted { local: Option<SocketAddr>, remote: Option<SocketAddr> },
}

impl OpenSockets {
    /// Each at this moment, in the order in which they were opened.
    pub(crate) fn views(&self) -> Vec<SocketView> {
        let lives: Vec<_> = locked(&self.0).sockets.values().cloned().collect();
        lives.iter().map(|life| life.view()).collect()
    }

    fn add(&self, protocol: Protocol, is_counted: bool, place: Place) -> Arc<Life> {
        let mut open = locked(&self.0);
        open.last += 1;
        let life = Arc::new(Life {
            number: open.last,
            protocol,
            opened: Instant::now(),
            is_counted,
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            place: Mutex::new(place),
        });
        open.sockets.insert(life.number, Arc::clone(&life));
        life
    }
}

/// A socket whose states are audited. Dropping it audits its end.
#[derive(Debug)]
#[must_use = "the socket counts as closed when this is dropped"]
pub(crate) struct SocketRecord {
    life: Arc<Life>,
    open: Arc<OpenSockets>,
    audit: Arc<Audit>,
    /// Whether the state is [`SocketState::Connecting`]: cheap, since it is asked for every byte.
    is_connecting: AtomicBool,
}

impl SocketRecord {
    /// A socket exists until this is dropped. With `is_counted` its bytes are reported.
    pub(crate) fn open(
        open: &Arc<OpenSockets>,
        audit: &Arc<Audit>,
        protocol: Protocol,
        is_counted: bool,
        origin: Origin,
    ) -> Self {
        let (operation, place) = match origin {
            Origin::New => ("open", Place { state: SocketState::Open, local: None, remote: None }),
            Origin::Accepted { local, remote } => ("accept", Place { state: SocketState::Connected, local, remote }),
        };
        let life = open.add(protocol, is_counted, place);
        audit.emit(|| Event::state(&life.view(), operation, None));
        Self { life, open: Arc::clone(open), audit: Arc::clone(audit), is_connecting: AtomicBool::new(false) }
    }

    /// The guest has given it an address.
    pub(crate) fn bound(&self, local: Option<SocketAddr>) {
        self.transition("bind", None, |_| Place { state: SocketState::Bound, local, remote: None });
    }

    /// It waits for connections.
    pub(crate) fn listening(&self, local: Option<SocketAddr>) {
        self.transition("listen", None, |_| Place { state: SocketState::Listening, local, remote: None });
    }

    /// It is to have a peer.
    pub(crate) fn connecting(&self, remote: SocketAddr) {
        self.transition("connect", None, |place| Place {
            state: SocketState::Connecting,
            remote: Some(remote),
            ..place
        });
    }

    /// It has the peer, and with it an address.
    pub(crate) fn connected(&self, local: Option<SocketAddr>, remote: SocketAddr) {
        self.transition("connect", None, |_| Place { state: SocketState::Connected, local, remote: Some(remote) });
    }

    /// It has no peer any more, or its connection has failed.
    pub(crate) fn disconnected(&self, errno: Option<&'static str>) {
        self.transition("connect", errno, |place| Place { state: SocketState::Open, remote: None, ..place });
    }

    /// Bytes have left.
    pub(crate) fn sent(&self, bytes: u64) {
        self.life.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes have come.
    pub(crate) fn received(&self, bytes: u64) {
        self.life.received.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Its number, for decisions.
    pub(crate) fn number(&self) -> u64 {
        self.life.number
    }

    /// Whether a connection is in progress.
    pub(crate) fn is_connecting(&self) -> bool {
        self.is_connecting.load(Ordering::Relaxed)
    }

    /// The peer of the connection in progress.
    pub(crate) fn connecting_to(&self) -> Option<SocketAddr> {
        if self.is_connecting() { locked(&self.life.place).remote } else { None }
    }

    fn transition(&self, operation: &'static str, errno: Option<&'static str>, change: impl FnOnce(Place) -> Place) {
        {
            let mut place = locked(&self.life.place);
            *place = change(*place);
            self.is_connecting.store(place.state == SocketState::Connecting, Ordering::Relaxed);
        }
        self.audit.emit(|| Event::state(&self.life.view(), operation, errno));
    }
}

impl Drop for SocketRecord {
    fn drop(&mut self) {
        locked(&self.open.0).sockets.remove(&self.life.number);
        self.audit.emit(|| Event::socket(&self.life.view()));
    }
}

impl Life {
    fn view(&self) -> SocketView {
        let Place { state, local, remote } = *locked(&self.place);
        let count = |bytes: &AtomicU64| self.is_counted.then(|| bytes.load(Ordering::Relaxed));
        SocketView {
            number: self.number,
            protocol: self.protocol,
            state,
            local,
            remote,
            age: self.opened.elapsed(),
            bytes_sent: count(&self.sent),
            bytes_received: count(&self.received),
        }
    }
}
