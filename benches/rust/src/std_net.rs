//! The standard library's sockets, and `poll(2)`.

use std::borrow::Cow;
use std::io::{Error, Read, Result, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};

use crate::network::{Channel, Network};

/// Natively.
pub(crate) struct StdNet;

/// A socket, and a buffer that grows to what is asked for.
pub(crate) struct Buffered<S> {
    socket: S,
    buffer: Vec<u8>,
}

impl<S> From<S> for Buffered<S> {
    fn from(socket: S) -> Self {
        Self { socket, buffer: Vec::new() }
    }
}

impl<S> Buffered<S> {
    fn fill(&mut self, most: usize, receive: impl FnOnce(&S, &mut [u8]) -> Result<usize>) -> Result<Cow<'_, [u8]>> {
        if self.buffer.len() < most {
            self.buffer.resize(most, 0);
        }
        let buffer = self.buffer.get_mut(..most).unwrap_or_default();
        let received = receive(&self.socket, buffer)?;
        Ok(Cow::Borrowed(buffer.get(..received).unwrap_or_default()))
    }
}

impl Network for StdNet {
    type Stream = Buffered<TcpStream>;
    type Datagrams = Buffered<UdpSocket>;
    type Listener = TcpListener;

    fn connect(port: u16) -> Result<Self::Stream> {
        Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port))?.into())
    }

    fn set_nodelay(stream: &Self::Stream) -> Result<()> {
        stream.socket.set_nodelay(true)
    }

    fn datagrams(port: u16) -> Result<Self::Datagrams> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.connect((Ipv4Addr::LOCALHOST, port))?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        Ok(socket.into())
    }

    fn listen() -> Result<(TcpListener, u16)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        Ok((listener, port))
    }

    fn accept(listener: &TcpListener) -> Result<Self::Stream> {
        Ok(listener.accept()?.0.into())
    }

    fn poll(streams: &[Self::Stream]) -> Result<usize> {
        let mut asked: Vec<_> = streams.iter().map(|stream| PollFd::new(&stream.socket, PollFlags::IN)).collect();
        poll(&mut asked, None).map_err(Error::from)
    }
}

impl Channel for Buffered<TcpStream> {
    fn send_all(&mut self, data: &[u8]) -> Result<()> {
        self.socket.write_all(data)
    }

    fn receive(&mut self, most: usize) -> Result<Cow<'_, [u8]>> {
        self.fill(most, |mut socket, buffer| socket.read(buffer))
    }

    fn receive_into(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.socket.read(buffer)
    }
}

impl Channel for Buffered<UdpSocket> {
    fn send_all(&mut self, data: &[u8]) -> Result<()> {
        self.socket.send(data).map(drop)
    }

    fn receive(&mut self, most: usize) -> Result<Cow<'_, [u8]>> {
        self.fill(most, UdpSocket::recv)
    }

    fn receive_into(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.socket.recv(buffer)
    }
}
