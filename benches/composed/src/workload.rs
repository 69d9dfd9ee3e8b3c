//! What it measures. Bulk data is in wide elements, as the contract has them for this.

use crate::sockets::Socket;
use crate::types::{Address, AddressFamily, Error, InetAddress, MessageFlags, SocketType, WideBytes};

/// Where the native peer listens, on 127.0.0.1.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) port: u16,
}

/// A workload that is prepared.
pub(crate) enum Workload {
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

impl Workload {
    /// The one that is called so, with messages of this size; none if it has no part in it.
    pub(crate) fn prepare(name: &str, size: u32, peer: Peer) -> Result<Option<Self>, String> {
        Ok(Some(match name {
            "across" => {
                let (left, right) = Socket::pair(AddressFamily::Unix, SocketType::Stream, 0).map_err(text)?;
                Self::Across { left, right, message: wide(size) }
            }
            "round-trip" => Self::RoundTrip { connection: peer.connect("echo")?, message: vec![b'x'; size as usize] },
            "receive" => Self::Receive { connection: peer.connect("source")?, size },
            "send" => Self::Send { connection: peer.connect("sink")?, message: wide(size) },
            _ => return Ok(None),
        }))
    }

    /// Does it so many times.
    pub(crate) fn run(&mut self, count: u32) -> Result<(), String> {
        match self {
            Self::Across { left, right, message } => (0..count).try_for_each(|_| {
                left.send_all_wide(message, NONE).map_err(text)?;
                receive(right, u64::from(message.length), message.length)
            }),
            Self::RoundTrip { connection, message } => (0..count).try_for_each(|_| {
                connection.send_all(message, NONE).map_err(text)?;
                let mut missing = message.len();
                while missing > 0 {
                    let received = connection.recv(missing as u32, NONE).map_err(text)?.len();
                    missing = left_of(missing as u64, received as u64)? as usize;
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
                    connection.send_all_wide(message, NONE).map_err(text)?;
                }
                receive(connection, 1, 1)
            }
        }
    }
}

/// Receives so many bytes, at most `size` in a call.
fn receive(connection: &Socket, mut missing: u64, size: u32) -> Result<(), String> {
    while missing > 0 {
        let most = missing.min(u64::from(size)) as u32;
        missing = left_of(missing, connection.recv_wide(most, NONE).map_err(text)?.length.into())?;
    }
    Ok(())
}

fn left_of(missing: u64, received: u64) -> Result<u64, String> {
    if received == 0 { Err("the peer has gone".to_owned()) } else { Ok(missing.saturating_sub(received)) }
}

/// Tells the peer how many bytes come next, or are to come.
fn announce(connection: &Socket, bytes: u64) -> Result<(), String> {
    connection.send_all(&bytes.to_be_bytes(), NONE).map_err(text)
}

fn wide(length: u32) -> WideBytes {
    WideBytes { words: vec![u64::from_le_bytes(*b"xxxxxxxx"); length.div_ceil(8) as usize], length }
}

impl Peer {
    /// A connection to one of its services.
    fn connect(self, service: &str) -> Result<Socket, String> {
        let connection = Socket::create(AddressFamily::Inet, SocketType::Stream, 0).map_err(text)?;
        let address = Address::Inet(InetAddress { address: (127, 0, 0, 1), port: self.port });
        connection.connect(&address).map_err(text)?;
        connection.send_all(format!("{service}\n").as_bytes(), NONE).map_err(text)?;
        Ok(connection)
    }
}

fn text(error: Error) -> String {
    format!("{error:?}").replace('"', "'")
}
