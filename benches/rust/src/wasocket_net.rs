//! wasocket's sockets.

use std::borrow::Cow;
use std::io::{Error, Read, Result};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use wasocket::address::Address;
use wasocket::polling::Events;
use wasocket::{Program, Socket};

use crate::network::{Channel, Network};

/// In WebAssembly, on the backend that the library is built for.
pub(crate) struct WasocketNet;

impl Network for WasocketNet {
    type Stream = Socket;
    type Datagrams = Socket;
    type Listener = Socket;

    fn connect(port: u16) -> Result<Socket> {
        let socket = Socket::tcp()?;
        socket.connect(local(port))?;
        Ok(socket)
    }

    fn set_nodelay(stream: &Socket) -> Result<()> {
        Ok(stream.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)?)
    }

    fn datagrams(port: u16) -> Result<Socket> {
        let socket = Socket::udp()?;
        socket.connect(local(port))?;
        socket.set_timeout(Some(Duration::from_secs(5)));
        Ok(socket)
    }

    fn listen() -> Result<(Socket, u16)> {
        let socket = Socket::tcp()?;
        socket.bind(local(0))?;
        socket.listen(128)?;
        match socket.getsockname()? {
            Address::Ip(address) => Ok((socket, address.port())),
            other => Err(Error::other(format!("{other:?} has no port"))),
        }
    }

    fn accept(listener: &Socket) -> Result<Socket> {
        Ok(listener.accept()?.0)
    }

    fn poll(streams: &[Socket]) -> Result<usize> {
        let asked: Vec<_> = streams.iter().map(|stream| (stream, Events::IN)).collect();
        let ready = Program::current().poll(&asked, None)?;
        Ok(ready.into_iter().filter(|events| !events.is_empty()).count())
    }
}

impl Channel for Socket {
    fn send_all(&mut self, data: &[u8]) -> Result<()> {
        Ok(Self::send_all(self, data)?)
    }

    fn receive(&mut self, most: usize) -> Result<Cow<'_, [u8]>> {
        Ok(Cow::Owned(self.recv(most)?))
    }

    fn receive_into(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.read(buffer)
    }
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// As Linux has them.
const IPPROTO_TCP: i32 = 6;
const TCP_NODELAY: i32 = 1;
