//! The network of any WASI 0.2 host: `wasi:sockets`.
//!
//! WASI traps a program that makes a mistake, so each call here is made only in a state where it is legal: nothing is
//! written without a permit, children are dropped before their parents, and no stream is dropped that still has to
//! deliver bytes, since that would wait for the peer.

mod convert;
mod lingering;
mod lookup;
mod tcp;
#[cfg(feature = "threads")]
pub mod threads;
mod udp;
mod waiting;

use std::cell::OnceCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use wasip2::clocks::monotonic_clock;
use wasip2::io::poll::Pollable;
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::network::Network as WasiNetwork;

use self::lingering::Lingering;
use self::lookup::Lookup;
use self::tcp::Tcp;
use self::udp::Udp;
use super::command::{self, Streams};
use crate::address::{IpFamily, Shutdown};
use crate::error::Result;
use crate::file::StandardStream;
#[cfg(feature = "threads")]
use crate::net::Source;
use crate::net::{
    Datagram, ErrorCode, Found, Interest, NetError, NetOption, NetResult, Network, Protocol, Transport, Userspace,
};
use crate::polling::Events;
use crate::time::{Deadline, Moment};

/// `wasi:sockets`.
pub struct Wasi {
    /// Asked for by the first operation that needs it: a program may be made, and its memory kept, before it ever runs,
    /// and a handle does not outlive that.
    network: OnceCell<WasiNetwork>,
    lingering: Rc<Lingering>,
    streams: Streams,
}

/// A socket of `wasi:sockets`, for as long as it is open or somebody waits for it.
#[derive(Clone)]
pub enum Socket {
    /// TCP.
    Tcp(TcpSocket),
    /// UDP.
    Udp(UdpSocket),
}

/// A TCP socket; see [`tcp`].
#[derive(Clone)]
pub struct TcpSocket(Rc<Tcp>);
/// A UDP socket; see [`udp`].
#[derive(Clone)]
pub struct UdpSocket(Rc<Udp>);
/// A name lookup; see [`lookup`].
#[derive(Clone)]
pub struct NameLookup(Rc<Lookup>);

impl Wasi {
    /// The network that the host gives this program.
    #[must_use]
    pub fn new() -> Self {
        Self { network: OnceCell::new(), lingering: Rc::default(), streams: Streams::default() }
    }

    fn network(&self) -> &WasiNetwork {
        self.network.get_or_init(instance_network)
    }

    /// `poll(2)`, for which the whole program waits.
    fn ask(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Vec<Events> {
        waiting::poll_many(interests, &self.streams, &self.lingering, deadline)
    }

    /// Waits for a stream that is ready as `ready` says; whether it was before `deadline`.
    fn wait_for_stream(&self, stream: StandardStream, ready: &Pollable, deadline: Deadline) -> bool {
        #[cfg(feature = "threads")]
        if super::threads::is_shared(deadline) {
            return self.wait_for_stream_among_others(stream, deadline);
        }
        let shortest = if deadline == Deadline::Now { self.streams.shortest_wait(stream) } else { 0 };
        waiting::wait(&self.lingering, ready, deadline, shortest.max(waiting::SHORTEST))
    }
}

impl Default for Wasi {
    fn default() -> Self {
        Self::new()
    }
}

impl Network for Wasi {
    type Socket = Socket;
    type Lookup = NameLookup;
    type Stack = Userspace;

    const HAS_FILES: bool = cfg!(feature = "command");
    const HAS_THREADS: bool = cfg!(feature = "threads");

    fn now(&self) -> Moment {
        Moment(monotonic_clock::now())
    }

    fn poll(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Result<Vec<Events>> {
        #[cfg(feature = "threads")]
        return Ok(self.poll_among_others(interests, deadline));
        #[cfg(not(feature = "threads"))]
        Ok(self.ask(interests, deadline))
    }

    #[cfg(feature = "threads")]
    fn are_others(&self) -> bool {
        super::threads::are_others()
    }

    #[cfg(feature = "threads")]
    fn wait_among_others(&self, interests: &[Interest<'_, Self>], deadline: Deadline) {
        self.park_for(interests, deadline);
    }

    #[cfg(feature = "threads")]
    fn wait_for_change(&self, deadline: Deadline) -> Result<bool> {
        Ok(self.wait_for_others(deadline))
    }

    #[cfg(feature = "threads")]
    fn changed(&self) {
        threads::wake_for_change();
    }

    #[cfg(feature = "threads")]
    fn changed_at(&self, source: &Source<'_, Self>) {
        threads::wake_for(source);
    }

    fn lookup(&self, name: &str) -> NetResult<NameLookup> {
        Lookup::start(self.network(), name).map(Rc::new).map(NameLookup)
    }

    fn finish_lookup(&self, lookup: &mut NameLookup, deadline: Deadline) -> NetResult<Found> {
        #[cfg(feature = "threads")]
        let found = self.finish_among_others(lookup, deadline);
        #[cfg(not(feature = "threads"))]
        let found = lookup.0.finish(deadline);
        found.map(Found::from)
    }

    fn read_stream(&self, stream: StandardStream, max: usize, deadline: Deadline) -> NetResult<Vec<u8>> {
        let wait = |ready: &Pollable| Ok(self.wait_for_stream(stream, ready, deadline));
        command::retry(&self.streams, stream, wait, || self.streams.read(stream, max))
    }

    fn write_stream(&self, stream: StandardStream, data: &[u8], deadline: Deadline) -> NetResult<usize> {
        let wait = |ready: &Pollable| Ok(self.wait_for_stream(stream, ready, deadline));
        command::retry(&self.streams, stream, wait, || self.streams.write(stream, data, deadline))
    }

    fn working_folder(&self) -> Option<Vec<u8>> {
        Streams::working_folder()
    }

    fn is_terminal(&self, stream: StandardStream) -> bool {
        Streams::is_terminal(stream)
    }

    fn random_bytes(&self, count: usize) -> NetResult<Vec<u8>> {
        Streams::random_bytes(count)
    }

    fn drain(&self, patience: Duration) -> bool {
        self.lingering.drain(patience)
    }

    fn host_name_variable(&self) -> Option<String> {
        // A component has no environment of its own: its imports are its network alone.
        if cfg!(feature = "component") { None } else { std::env::var("HOSTNAME").ok() }
    }
}

impl Transport for Wasi {
    fn open(&self, family: IpFamily, protocol: Protocol) -> NetResult<Socket> {
        self.lingering.reap();
        Ok(match protocol {
            Protocol::Tcp => Socket::Tcp(TcpSocket(Rc::new(Tcp::open(family, Rc::clone(&self.lingering))?))),
            Protocol::Udp => Socket::Udp(UdpSocket(Rc::new(Udp::open(family)?))),
        })
    }

    fn bind(&self, socket: &Socket, local: SocketAddr) -> NetResult<()> {
        match socket {
            Socket::Tcp(TcpSocket(tcp)) => tcp.bind(self.network(), local),
            Socket::Udp(UdpSocket(udp)) => udp.bind(self.network(), local),
        }
    }

    fn connect(&self, socket: &Socket, remote: SocketAddr, deadline: Deadline) -> NetResult<()> {
        match socket {
            Socket::Tcp(TcpSocket(tcp)) => tcp.connect(self.network(), remote, deadline),
            Socket::Udp(UdpSocket(udp)) => udp.connect(self.network(), remote),
        }
    }

    fn finish_connect(&self, socket: &Socket, deadline: Deadline) -> NetResult<()> {
        tcp(socket)?.finish_connect(deadline)
    }

    fn listen(&self, socket: &Socket, backlog: u32) -> NetResult<()> {
        tcp(socket)?.listen(backlog)
    }

    fn accept(&self, socket: &Socket, deadline: Deadline) -> NetResult<(Socket, Option<SocketAddr>)> {
        self.lingering.reap();
        let (accepted, peer) = tcp(socket)?.accept(deadline)?;
        Ok((Socket::Tcp(TcpSocket(Rc::new(accepted))), peer))
    }

    fn receive(&self, socket: &Socket, max: usize, deadline: Deadline) -> NetResult<Vec<u8>> {
        tcp(socket)?.receive(max, deadline)
    }

    fn send(&self, socket: &Socket, data: &[u8], deadline: Deadline) -> NetResult<usize> {
        tcp(socket)?.send(data, deadline)
    }

    fn shutdown(&self, socket: &Socket, how: Shutdown) -> NetResult<()> {
        tcp(socket)?.shutdown(how)
    }

    fn receive_from(&self, socket: &Socket, deadline: Deadline) -> NetResult<Datagram> {
        udp(socket)?.receive(deadline)
    }

    fn send_to(&self, socket: &Socket, data: &[u8], remote: Option<SocketAddr>, deadline: Deadline) -> NetResult<()> {
        udp(socket)?.send(self.network(), data, remote, deadline)
    }

    fn local_address(&self, socket: &Socket) -> NetResult<SocketAddr> {
        match socket {
            Socket::Tcp(TcpSocket(tcp)) => tcp.local_address(),
            Socket::Udp(UdpSocket(udp)) => udp.local_address(),
        }
    }

    fn peer_address(&self, socket: &Socket) -> NetResult<SocketAddr> {
        tcp(socket)?.peer_address()
    }

    fn option(&self, socket: &Socket, option: NetOption) -> NetResult<u64> {
        match socket {
            Socket::Tcp(TcpSocket(tcp)) => tcp.option(option),
            Socket::Udp(UdpSocket(udp)) => udp.option(option),
        }
    }

    fn set_option(&self, socket: &Socket, option: NetOption, value: u64) -> NetResult<()> {
        match socket {
            Socket::Tcp(TcpSocket(tcp)) => tcp.set_option(option, value),
            Socket::Udp(UdpSocket(udp)) => udp.set_option(option, value),
        }
    }
}

/// `socket` as a TCP socket. The core knows which is which; a mix-up is an error, not a trap.
fn tcp(socket: &Socket) -> NetResult<&Tcp> {
    match socket {
        Socket::Tcp(TcpSocket(tcp)) => Ok(tcp),
        Socket::Udp(_) => Err(NetError::Code(ErrorCode::NotSupported)),
    }
}

/// `socket` as a UDP socket.
fn udp(socket: &Socket) -> NetResult<&Udp> {
    match socket {
        Socket::Udp(UdpSocket(udp)) => Ok(udp),
        Socket::Tcp(_) => Err(NetError::Code(ErrorCode::NotSupported)),
    }
}
