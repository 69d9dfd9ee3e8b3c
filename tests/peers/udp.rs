//! UDP peers.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::thread;

use super::Running;

/// A datagram that ends such a peer; no program sends it.
pub(super) const STOP: &[u8] = b"\0stop the peer\0";

/// A peer that answers datagrams; it is stopped when this is dropped.
pub(crate) struct Stopped {
    socket: UdpSocket,
    address: SocketAddr,
}

impl Stopped {
    pub(super) fn new(socket: UdpSocket, address: SocketAddr) -> Self {
        Self { socket, address }
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        drop(self.socket.send_to(STOP, self.address));
    }
}

/// `udp-echo`: sends each datagram back to where it came from.
pub(super) fn echo(local: &str) -> io::Result<(SocketAddr, Running)> {
    let socket = UdpSocket::bind(local)?;
    let address = socket.local_addr()?;
    let answering = socket.try_clone()?;
    thread::spawn(move || answer_all(&answering));
    Ok((address, Running::Udp(Stopped::new(socket, address))))
}

fn answer_all(socket: &UdpSocket) {
    let mut buffer = vec![0; 65536];
    loop {
        // An error is about an earlier answer: its asker has gone, the next one may come.
        let Ok((count, from)) = socket.recv_from(&mut buffer) else { continue };
        let Some(datagram) = buffer.get(..count) else { continue };
        if datagram == STOP {
            return;
        }
        drop(socket.send_to(datagram, from));
    }
}

/// `udp-silent`: takes datagrams and never answers.
pub(super) fn silent() -> io::Result<(SocketAddr, Running)> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    Ok((socket.local_addr()?, Running::Socket(socket.into())))
}

/// `udp-closed`: a port that is taken by a socket with another peer, so that datagrams to it are refused.
pub(super) fn closed() -> io::Result<(SocketAddr, Running)> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    // Port 9 is `discard`: nothing is ever sent there, it is only an address that no program has.
    socket.connect("127.0.0.1:9")?;
    Ok((socket.local_addr()?, Running::Socket(socket.into())))
}
