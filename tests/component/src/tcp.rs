//! TCP, with itself.

use crate::check::{Done as _, LONG, NONE, Outcome, fails, loopback, same};
use crate::sockets::Socket;
use crate::types::{Address, AddressFamily, Errno, MessageFlags, ShutdownType, SocketType};

/// A TCP socket.
pub(crate) fn open() -> Result<Socket, String> {
    Socket::create(AddressFamily::Inet, SocketType::Stream, 0).done("create")
}

/// A listener on a port that was free, and its address.
pub(crate) fn listener() -> Result<(Socket, Address), String> {
    let listener = open()?;
    listener.bind(&loopback(0)).done("bind")?;
    listener.listen(None).done("listen")?;
    let address = listener.getsockname().done("getsockname")?;
    Ok((listener, address))
}

/// Two connected sockets: the one that connected, and the one that was accepted. None of their calls waits for ever.
pub(crate) fn connection() -> Result<(Socket, Socket), String> {
    let (listener, address) = listener()?;
    let client = open()?;
    client.set_timeout(Some(LONG)).done("set-timeout")?;
    client.connect(&address).done("connect")?;
    let (server, peer) = listener.accept().done("accept")?;
    same("peer", peer, client.getsockname().done("getsockname")?)?;
    server.set_timeout(Some(LONG)).done("set-timeout")?;
    Ok((client, server))
}

/// Receives until it has `length` bytes.
pub(crate) fn receive_all(socket: &Socket, length: usize) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    while all.len() < length {
        let received = socket.recv(0x1_0000, NONE).done("recv")?;
        if received.is_empty() {
            return Err(format!("the stream ended after {} bytes, not {length}", all.len()));
        }
        all.extend(received);
    }
    Ok(all)
}

pub(crate) fn echo() -> Outcome {
    let (client, server) = connection()?;
    client.send_all(b"hello", NONE).done("send-all")?;
    let peeked = server.recv(5, MessageFlags::PEEK | MessageFlags::WAIT_ALL).done("peek")?;
    let heard = server.recv(5, MessageFlags::WAIT_ALL).done("recv")?;
    same("peeked", &peeked, b"hello")?;
    server.send_all(&heard, NONE).done("send-all")?;
    same("echo", receive_all(&client, 5)?, b"hello")?;
    same("peer", client.getpeername().done("getpeername")?, server.getsockname().done("getsockname")?)?;
    let long: Vec<u8> = (0..=250_u8).cycle().take(100_000).collect();
    let taken = usize::try_from(client.send(&long, NONE).done("send")?).unwrap_or_default();
    let received = receive_all(&server, taken)?;
    same("a long message arrives", Some(received.as_slice()) == long.get(..taken) && taken > 0, true)
}

pub(crate) fn end_of_stream() -> Outcome {
    let (client, server) = connection()?;
    client.send_all(b"last", NONE).done("send-all")?;
    client.shutdown(ShutdownType::Write).done("shutdown")?;
    fails("send after the end", client.send(b"x", NONE), Errno::BrokenPipe)?;
    same("before the end", receive_all(&server, 4)?, b"last")?;
    same("the end", server.recv(1, NONE).done("recv")?, b"")?;
    server.send_all(b"still", NONE).done("send-all")?;
    same("the other half", receive_all(&client, 5)?, b"still")
}

pub(crate) fn refused() -> Outcome {
    let (gone, address) = listener()?;
    drop(gone);
    let client = open()?;
    fails("connect", client.connect(&address), Errno::ConnectionRefused)?;
    fails("peer", client.getpeername(), Errno::NotConnected)?;
    // After a failure it can connect again.
    let (_listener, address) = listener()?;
    client.connect(&address).done("connect again")
}
