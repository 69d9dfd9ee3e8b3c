//! A network in memory: each socket receives what it has sent.

use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::rc::Rc;
use std::time::Duration;

use wasocket::Result;
use wasocket::address::{IpFamily, Shutdown};
use wasocket::net::{
    Datagram, ErrorCode, Found, Interest, NetError, NetOption, NetResult, Network, Protocol, Source, Transport,
    Userspace,
};
use wasocket::sockets::Events;
use wasocket::time::{Deadline, Moment};

/// Where every socket is, and its peer.
pub(crate) const PEER: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 7));

/// The network.
pub(crate) struct Echo;

/// What a socket has sent and not received.
type Bytes = Rc<RefCell<Vec<u8>>>;

impl Network for Echo {
    type Socket = Bytes;
    type Lookup = ();
    type Stack = Userspace;

    fn now(&self) -> Moment {
        Moment(0)
    }

    fn lookup(&self, _: &str) -> NetResult<()> {
        Err(NetError::Code(ErrorCode::NameUnresolvable))
    }

    fn finish_lookup(&self, (): &mut (), _: Deadline) -> NetResult<Found> {
        Err(NetError::Code(ErrorCode::NameUnresolvable))
    }

    fn drain(&self, _: Duration) -> bool {
        true
    }

    fn poll(&self, interests: &[Interest<'_, Self>], _: Deadline) -> Result<Vec<Events>> {
        let ready = |interest: &Interest<'_, Self>| match interest.source {
            Source::Socket(socket) if socket.borrow().is_empty() => interest.events & Events::OUT,
            Source::Socket(_) => interest.events,
            Source::Stream(_) | Source::Lookup(()) => Events::IN,
        };
        Ok(interests.iter().map(ready).collect())
    }
}

impl Transport for Echo {
    fn open(&self, _: IpFamily, _: Protocol) -> NetResult<Bytes> {
        Ok(Bytes::default())
    }

    fn bind(&self, _: &Bytes, _: SocketAddr) -> NetResult<()> {
        Ok(())
    }

    fn connect(&self, _: &Bytes, _: SocketAddr, _: Deadline) -> NetResult<()> {
        Ok(())
    }

    fn finish_connect(&self, _: &Bytes, _: Deadline) -> NetResult<()> {
        Ok(())
    }

    fn listen(&self, _: &Bytes, _: u32) -> NetResult<()> {
        Err(NetError::Code(ErrorCode::NotSupported))
    }

    fn accept(&self, _: &Bytes, _: Deadline) -> NetResult<(Bytes, Option<SocketAddr>)> {
        Err(NetError::Code(ErrorCode::NotSupported))
    }

    fn receive(&self, socket: &Bytes, max: usize, _: Deadline) -> NetResult<Vec<u8>> {
        let mut held = socket.borrow_mut();
        if held.is_empty() {
            return Err(NetError::WouldBlock);
        }
        let length = held.len().min(max);
        Ok(held.drain(..length).collect())
    }

    fn send(&self, socket: &Bytes, data: &[u8], _: Deadline) -> NetResult<usize> {
        socket.borrow_mut().extend_from_slice(data);
        Ok(data.len())
    }

    fn shutdown(&self, _: &Bytes, _: Shutdown) -> NetResult<()> {
        Ok(())
    }

    fn receive_from(&self, socket: &Bytes, deadline: Deadline) -> NetResult<Datagram> {
        Ok(Datagram { data: self.receive(socket, usize::MAX, deadline)?, from: PEER })
    }

    fn send_to(&self, socket: &Bytes, data: &[u8], _: Option<SocketAddr>, deadline: Deadline) -> NetResult<()> {
        self.send(socket, data, deadline).map(drop)
    }

    fn local_address(&self, _: &Bytes) -> NetResult<SocketAddr> {
        Ok(PEER)
    }

    fn peer_address(&self, _: &Bytes) -> NetResult<SocketAddr> {
        Ok(PEER)
    }

    fn option(&self, _: &Bytes, _: NetOption) -> NetResult<u64> {
        Err(NetError::Code(ErrorCode::NotSupported))
    }

    fn set_option(&self, _: &Bytes, _: NetOption, _: u64) -> NetResult<()> {
        Err(NetError::Code(ErrorCode::NotSupported))
    }
}
