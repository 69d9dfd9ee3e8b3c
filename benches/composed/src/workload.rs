//! What it measures. Bulk data is in wide elements, as the contract has them for this.

use std::io::{Error, Result};

use wasocket_bench_worker::work::{Peer, Workload, left_of};

use crate::bindings::wasocket::socket::sockets::Socket;
use crate::bindings::wasocket::socket::types::{
    self, Address, AddressFamily, InetAddress, MessageFlags, SocketType, WideBytes,
};

/// A workload that is prepared.
enum Prepared {
    /// A message to a socket in the memory of `wasocket.wasm`, and back from its other end: nothing but the boundary.
    Across {
        left: Socket,
        right: Socket,
        message: WideBytes,
    },
    /// A message to the peer, and back.
    RoundTrip {
        connection: Socket,
        message: Vec<u8>,
    },
    Receive {
        connection: Socket,
        size: u32,
    },
    Send {
        connection: Socket,
        message: WideBytes,
    },
}

const NONE: MessageFlags = MessageFlags::empty();

/// The workload that is called so, with messages of this size; none if it has no part in it.
///
/// # Errors
/// When the peer cannot be reached.
pub fn prepare(name: &str, size: usize, peer: Peer) -> Result<Option<Box<dyn Workload>>> {
    let length = u32::try_from(size).map_err(Error::other)?;
    Ok(Some(Box::new(match name {
        "across" => {
            let (left, right) = Socket::pair(AddressFamily::Unix, SocketType::Stream, 0).map_err(of)?;
            Prepared::Across { left, right, message: wide(length) }
        }
        "round-trip" => Prepared::RoundTrip { connection: connect(peer, "echo")?, message: vec![b'x'; size] },
        "receive" => Prepared::Receive { connection: connect(peer, "source")?, size: length },
        "send" => Prepared::Send { connection: connect(peer, "sink")?, message: wide(length) },
        _ => return Ok(None),
    })))
}

impl Workload for Prepared {
    fn run(&mut self, count: u32) -> Result<()> {
        match self {
            Self::Across { left, right, message } => (0..count).try_for_each(|_| {
                left.send_all_wide(message, NONE).map_err(of)?;
                receive(right, u64::from(message.length), message.length)
            }),
            Self::RoundTrip { connection, message } => (0..count).try_for_each(|_| {
                connection.send_all(message, NONE).map_err(of)?;
                let mut missing = message.len() as u64;
                while missing > 0 {
                    let received = connection.recv(missing as u32, NONE).map_err(of)?;
                    missing = left_of(missing, received.len())?;
                }
                Ok(())
            }),
            Self::Receive { connection, size } => {
                let whole = u64::from(*size) * u64::from(count);
                announce(connection, whole)?;
                receive(connection, whole, *size)
            }
            Self::Send { connection, message } => {
                announce(connection, u64::from(message.length) * u64::from(count))?;
                for _ in 0..count {
                    connection.send_all_wide(message, NONE).map_err(of)?;
                }
                receive(connection, 1, 1)
            }
        }
    }
}

/// Receives so many bytes, at most `size` in a call.
fn receive(connection: &Socket, mut missing: u64, size: u32) -> Result<()> {
    while missing > 0 {
        let most = missing.min(u64::from(size)) as u32;
        missing = left_of(missing, connection.recv_wide(most, NONE).map_err(of)?.length as usize)?;
    }
    Ok(())
}

/// Tells the peer how many bytes come next, or are to come.
fn announce(connection: &Socket, bytes: u64) -> Result<()> {
    connection.send_all(&bytes.to_be_bytes(), NONE).map_err(of)
}

fn wide(length: u32) -> WideBytes {
    WideBytes { words: vec![u64::from_le_bytes(*b"xxxxxxxx"); length.div_ceil(8) as usize], length }
}

/// A connection to one of the peer's services.
fn connect(peer: Peer, service: &str) -> Result<Socket> {
    let connection = Socket::create(AddressFamily::Inet, SocketType::Stream, 0).map_err(of)?;
    let address = Address::Inet(InetAddress { address: (127, 0, 0, 1), port: peer.port });
    connection.connect(&address).map_err(of)?;
    connection.send_all(format!("{service}\n").as_bytes(), NONE).map_err(of)?;
    Ok(connection)
}

fn of(error: types::Error) -> Error {
    Error::other(format!("{error:?}"))
}
