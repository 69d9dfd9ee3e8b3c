//! UDP over `wasi:sockets/udp`.
//!
//! WASI sends and receives through a pair of streams, with or without a peer, and a new pair may be asked for only when
//! nothing of the old one is left: a receive that waits in the host would make it a trap. So a socket gets its streams
//! when it first needs them, and one that has received before, or is to have no peer any more, gets a new WASI socket,
//! bound where the old one was, when it needs others.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;

use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::io::poll::Pollable;
use wasip2::sockets::network::Network;
use wasip2::sockets::udp::{IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream, UdpSocket};
use wasip2::sockets::udp_create_socket::create_udp_socket;

use super::convert::{family, from_wasi, net_error, to_wasi};
use super::lingering::Lingering;
use super::waiting::retry;
use crate::address::IpFamily;
use crate::net::{Datagram, ErrorCode, NetError, NetOption, NetResult};
use crate::time::Deadline;

/// How many datagrams are asked for at once, at most: the most that wasmtime answers with.
const BATCH: u64 = 16;

/// How many batches are taken along to a new socket: more than these would be a flood.
const BATCHES_KEPT: usize = 16;

/// How often a new socket is tried where the old one was bound: the host may take a moment to let go of it.
const REBIND_ATTEMPTS: u32 = 50;

/// A UDP socket.
pub(super) struct Udp {
    family: IpFamily,
    /// Datagrams that came with others and wait for their turn.
    queue: RefCell<VecDeque<Datagram>>,
    /// The peer that the program connected to.
    peer: Cell<Option<SocketAddr>>,
    /// Options that were set, for a new socket.
    settings: RefCell<Vec<(NetOption, u64)>>,
    handles: RefCell<Handles>,
    /// A UDP socket has nothing to linger for, and waits for nothing that does.
    nothing: Lingering,
}

/// What WASI has of a socket. Children are declared, and so dropped, before their parents.
struct Handles {
    streams: Option<Rc<Streams>>,
    socket: UdpSocket,
}

/// The two directions, both with the same peer or none.
pub(super) struct Streams {
    readable: OnceCell<Pollable>,
    writable: OnceCell<Pollable>,
    incoming: IncomingDatagramStream,
    outgoing: OutgoingDatagramStream,
    /// The peer that WASI knows of.
    peer: Option<SocketAddr>,
    /// A receive may be waiting in the host.
    received: Cell<bool>,
    /// How many datagrams to ask for: asking for one more than there is costs the host a call in vain, and asking for each
    /// by itself costs as many calls. So it grows while as many come as were asked for.
    batch: Cell<u64>,
}

impl Udp {
    pub(super) fn open(ip: IpFamily) -> NetResult<Self> {
        let socket = create_udp_socket(family(ip)).map_err(net_error)?;
        Ok(Self {
            family: ip,
            queue: RefCell::default(),
            peer: Cell::new(None),
            settings: RefCell::default(),
            handles: RefCell::new(Handles { streams: None, socket }),
            nothing: Lingering::default(),
        })
    }

    pub(super) fn bind(&self, network: &Network, local: SocketAddr) -> NetResult<()> {
        bind(&self.handles.borrow().socket, network, local)
    }

    pub(super) fn connect(&self, network: &Network, remote: SocketAddr) -> NetResult<()> {
        self.use_peer(network, Some(remote))?;
        self.peer.set(Some(remote));
        Ok(())
    }

    pub(super) fn receive(&self, deadline: Deadline) -> NetResult<Datagram> {
        if let Some(datagram) = self.queue.borrow_mut().pop_front() {
            return Ok(datagram);
        }
        let streams = self.streams()?;
        let attempt = || {
            self.queue.borrow_mut().extend(streams.receive(self.peer.get())?);
            self.queue.borrow_mut().pop_front().ok_or(NetError::WouldBlock)
        };
        retry(&self.nothing, deadline, || streams.readable(), attempt)
    }

    pub(super) fn send(
        &self,
        network: &Network,
        data: &[u8],
        remote: Option<SocketAddr>,
        deadline: Deadline,
    ) -> NetResult<()> {
        if remote.is_some() {
            // A WASI socket with a peer sends to no other address; ours filters what it receives instead.
            self.use_peer(network, None)?;
        }
        let streams = self.streams()?;
        let remote = remote.or(self.peer.get()).filter(|_| streams.peer.is_none());
        retry(&self.nothing, deadline, || streams.writable(), || streams.send(data, remote))
    }

    pub(super) fn local_address(&self) -> NetResult<SocketAddr> {
        self.handles.borrow().socket.local_address().map(from_wasi).map_err(net_error)
    }

    pub(super) fn option(&self, option: NetOption) -> NetResult<u64> {
        let socket = &self.handles.borrow().socket;
        match option {
            NetOption::HopLimit => socket.unicast_hop_limit().map(u64::from),
            NetOption::ReceiveBuffer => socket.receive_buffer_size(),
            NetOption::SendBuffer => socket.send_buffer_size(),
            NetOption::KeepAlive | NetOption::KeepIdle | NetOption::KeepInterval | NetOption::KeepCount => {
                return Err(NetError::Code(ErrorCode::NotSupported));
            }
        }
        .map_err(net_error)
    }

    pub(super) fn set_option(&self, option: NetOption, value: u64) -> NetResult<()> {
        set_option(&self.handles.borrow().socket, option, value)?;
        let mut settings = self.settings.borrow_mut();
        settings.retain(|(known, _)| *known != option);
        settings.push((option, value));
        Ok(())
    }

    /// Whether a datagram waits here, so that the host need not be asked.
    pub(super) fn has_queued(&self) -> bool {
        !self.queue.borrow().is_empty()
    }

    /// The streams, to wait for them; they are made if there are none yet.
    pub(super) fn streams(&self) -> NetResult<Rc<Streams>> {
        let mut handles = self.handles.borrow_mut();
        if let Some(streams) = &handles.streams {
            return Ok(Rc::clone(streams));
        }
        let streams = Rc::new(Streams::open(&handles.socket, None)?);
        handles.streams = Some(Rc::clone(&streams));
        Ok(streams)
    }

    /// Makes streams with `peer`, on this WASI socket or on a new one.
    fn use_peer(&self, network: &Network, peer: Option<SocketAddr>) -> NetResult<()> {
        let mut handles = self.handles.borrow_mut();
        match handles.streams.take() {
            Some(streams) if streams.peer == peer => {
                handles.streams = Some(streams);
                return Ok(());
            }
            // To have no peer any more, a socket of Linux gives up a port that it was not asked for by its number.
            Some(streams) if streams.received.get() || (streams.peer.is_some() && peer.is_none()) => {
                self.replace_socket(network, &mut handles, streams)?;
            }
            Some(_) | None => {}
        }
        handles.streams = Some(Rc::new(Streams::open(&handles.socket, peer)?));
        Ok(())
    }

    /// A new WASI socket where the old one was bound. What the old one has received is kept.
    fn replace_socket(&self, network: &Network, handles: &mut Handles, streams: Rc<Streams>) -> NetResult<()> {
        let local = handles.socket.local_address().map(from_wasi).map_err(net_error)?;
        for _ in 0..BATCHES_KEPT {
            match streams.receive(None) {
                Ok(received) if !received.is_empty() => self.queue.borrow_mut().extend(received),
                Ok(_) | Err(_) => break,
            }
        }
        let fresh = create_udp_socket(family(self.family)).map_err(net_error)?;
        for (option, value) in self.settings.borrow().iter() {
            // They were accepted once; one that is refused now must not cost the socket.
            let _ = set_option(&fresh, *option, *value);
        }
        drop(streams);
        handles.socket = fresh;
        let mut attempts = 0;
        loop {
            match bind(&handles.socket, network, local) {
                Err(NetError::Code(ErrorCode::AddressInUse)) if attempts < REBIND_ATTEMPTS => attempts += 1,
                answer => return answer,
            }
            subscribe_duration(1).block();
        }
    }
}

impl Streams {
    fn open(socket: &UdpSocket, peer: Option<SocketAddr>) -> NetResult<Self> {
        let (incoming, outgoing) = socket.stream(peer.map(to_wasi)).map_err(net_error)?;
        let (readable, writable) = (OnceCell::new(), OnceCell::new());
        Ok(Self { readable, writable, incoming, outgoing, peer, received: Cell::new(false), batch: Cell::new(1) })
    }

    pub(super) fn readable(&self) -> &Pollable {
        self.received.set(true);
        self.readable.get_or_init(|| self.incoming.subscribe())
    }

    pub(super) fn writable(&self) -> &Pollable {
        self.writable.get_or_init(|| self.outgoing.subscribe())
    }

    /// Takes what has arrived, from `peer` alone if there is one.
    fn receive(&self, peer: Option<SocketAddr>) -> NetResult<Vec<Datagram>> {
        self.received.set(true);
        let asked = self.batch.get();
        let batch = self.incoming.receive(asked).map_err(net_error)?;
        let is_full = u64::try_from(batch.len()).is_ok_and(|length| length >= asked);
        self.batch.set(if is_full { (2 * asked).min(BATCH) } else { 1 });
        let datagrams = batch
            .into_iter()
            .map(|datagram| Datagram { data: datagram.data, from: from_wasi(datagram.remote_address) });
        Ok(datagrams.filter(|datagram| peer.is_none_or(|peer| peer == datagram.from)).collect())
    }

    fn send(&self, data: &[u8], remote: Option<SocketAddr>) -> NetResult<()> {
        if self.outgoing.check_send().map_err(net_error)? == 0 {
            return Err(NetError::WouldBlock);
        }
        let datagram = OutgoingDatagram { data: data.to_vec(), remote_address: remote.map(to_wasi) };
        match self.outgoing.send(&[datagram]).map_err(net_error)? {
            0 => Err(NetError::WouldBlock),
            _ => Ok(()),
        }
    }
}

fn bind(socket: &UdpSocket, network: &Network, local: SocketAddr) -> NetResult<()> {
    socket.start_bind(network, to_wasi(local)).map_err(net_error)?;
    loop {
        match socket.finish_bind().map_err(net_error) {
            Err(NetError::WouldBlock) => socket.subscribe().block(),
            answer => return answer,
        }
    }
}

fn set_option(socket: &UdpSocket, option: NetOption, value: u64) -> NetResult<()> {
    match option {
        NetOption::HopLimit => socket.set_unicast_hop_limit(u8::try_from(value).unwrap_or(u8::MAX)),
        NetOption::ReceiveBuffer => socket.set_receive_buffer_size(value),
        NetOption::SendBuffer => socket.set_send_buffer_size(value),
        NetOption::KeepAlive | NetOption::KeepIdle | NetOption::KeepInterval | NetOption::KeepCount => {
            return Err(NetError::Code(ErrorCode::NotSupported));
        }
    }
    .map_err(net_error)
}
