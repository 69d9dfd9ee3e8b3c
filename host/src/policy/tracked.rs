//! The sockets that a guest has open, as those see them who are told: numbers, states, addresses, bytes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::Protocol;
use super::audit::Event;
use super::network::{Inner, Network, locked};

/// What a socket of the internet does, as far as its host sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SocketState {
    /// It exists.
    Open,
    /// It has an address that the guest has chosen.
    Bound,
    /// It waits for connections.
    Listening,
    /// Its connection is under way.
    Connecting,
    /// It has a peer.
    Connected,
}

impl SocketState {
    /// The word that the audit has for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Bound => "bound",
            Self::Listening => "listening",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
        }
    }
}

/// A socket at one moment; see [`Network::open_sockets`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SocketView {
    /// Its number among all that the guest has ever opened.
    pub number: u64,
    /// Its transport.
    pub protocol: Protocol,
    /// What it does.
    pub state: SocketState,
    /// Its own address, if it has been bound, listens or is connected.
    pub local: Option<SocketAddr>,
    /// The peer, if it has one or is to have one.
    pub remote: Option<SocketAddr>,
    /// How long it has been open.
    pub age: Duration,
    /// Bytes that the guest has sent, where the host counts them.
    pub bytes_sent: Option<u64>,
    /// Bytes that it has received, where the host counts them.
    pub bytes_received: Option<u64>,
}

/// All that are open, by number.
#[derive(Debug, Default)]
pub(super) struct Open {
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
    /// By a message that brought it.
    Received { local: Option<SocketAddr>, remote: Option<SocketAddr> },
}

impl Network {
    /// The sockets that the guest has open, in the order in which it opened them.
    pub fn open_sockets(&self) -> Vec<SocketView> {
        let lives: Vec<_> = locked(&self.0.open).sockets.values().cloned().collect();
        lives.iter().map(|life| life.view()).collect()
    }

    /// A socket exists until the answer is dropped. `is_counted` says that its bytes will be told.
    pub(crate) fn track(&self, protocol: Protocol, is_counted: bool, origin: Origin) -> Tracked {
        let (operation, place) = match origin {
            Origin::New => ("open", Place { state: SocketState::Open, local: None, remote: None }),
            Origin::Accepted { local, remote } => ("accept", Place { state: SocketState::Connected, local, remote }),
            Origin::Received { local, remote } => {
                let state = if remote.is_some() { SocketState::Connected } else { SocketState::Open };
                ("open", Place { state, local, remote })
            }
        };
        let life = {
            let mut open = locked(&self.0.open);
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
        };
        self.0.tell(|| Event::state(&life.view(), operation, None));
        Tracked { life, network: Arc::downgrade(&self.0), is_under_way: AtomicBool::new(false) }
    }
}

/// A socket whose states are told. Its end is told when this is dropped.
#[derive(Debug)]
#[must_use = "the socket counts as closed when this is dropped"]
pub(crate) struct Tracked {
    life: Arc<Life>,
    network: Weak<Inner>,
    /// Whether the state is [`SocketState::Connecting`], for those who ask with every byte.
    is_under_way: AtomicBool,
}

impl Tracked {
    /// The guest has given it an address.
    pub(crate) fn bound(&self, local: Option<SocketAddr>) {
        self.becomes("bind", None, |_| Place { state: SocketState::Bound, local, remote: None });
    }

    /// It waits for connections.
    pub(crate) fn listening(&self, local: Option<SocketAddr>) {
        self.becomes("listen", None, |_| Place { state: SocketState::Listening, local, remote: None });
    }

    /// It is to have a peer.
    pub(crate) fn connecting(&self, remote: SocketAddr) {
        self.becomes("connect", None, |place| Place { state: SocketState::Connecting, remote: Some(remote), ..place });
    }

    /// It has the peer, and with it an address.
    pub(crate) fn connected(&self, local: Option<SocketAddr>, remote: SocketAddr) {
        self.becomes("connect", None, |_| Place { state: SocketState::Connected, local, remote: Some(remote) });
    }

    /// The connection that was under way is there; nothing if none was.
    pub(crate) fn is_through(&self, local: impl FnOnce() -> Option<SocketAddr>) {
        if let Some(remote) = self.under_way() {
            self.connected(local(), remote);
        }
    }

    /// The connection that was under way will not be.
    pub(crate) fn fails(&self, errno: Option<&'static str>) {
        if self.is_under_way() {
            self.alone(errno);
        }
    }

    /// It has no peer any more.
    pub(crate) fn alone(&self, errno: Option<&'static str>) {
        self.becomes("connect", errno, |place| Place { state: SocketState::Open, remote: None, ..place });
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

    /// Whether a connection is under way.
    pub(crate) fn is_under_way(&self) -> bool {
        self.is_under_way.load(Ordering::Relaxed)
    }

    fn under_way(&self) -> Option<SocketAddr> {
        if self.is_under_way() { locked(&self.life.place).remote } else { None }
    }

    fn becomes(&self, operation: &'static str, errno: Option<&'static str>, change: impl FnOnce(Place) -> Place) {
        {
            let mut place = locked(&self.life.place);
            *place = change(*place);
            self.is_under_way.store(place.state == SocketState::Connecting, Ordering::Relaxed);
        }
        if let Some(network) = self.network.upgrade() {
            network.tell(|| Event::state(&self.life.view(), operation, errno));
        }
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        if let Some(network) = self.network.upgrade() {
            locked(&network.open).sockets.remove(&self.life.number);
            network.tell(|| Event::socket(&self.life.view()));
        }
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
