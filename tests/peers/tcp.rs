//! TCP peers, one behaviour each.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use sha2::{Digest, Sha256};
use socket2::{Domain, SockRef, Socket, Type};

use super::Running;
use super::server::{Stop, listen};

/// The receive buffer of the `tiny-window` peer, in bytes: about the least that Linux grants.
pub(crate) const TINY: usize = 2048;

/// `echo`: sends back what comes, until the end of it.
pub(crate) fn echo(mut connection: TcpStream, _: &Stop) -> io::Result<()> {
    let mut source = connection.try_clone()?;
    io::copy(&mut source, &mut connection)?;
    connection.shutdown(Shutdown::Write)
}

/// `silent`: neither reads nor writes nor closes.
pub(crate) fn silent(connection: TcpStream, stop: &Stop) -> io::Result<()> {
    stop.wait();
    drop(connection);
    Ok(())
}

/// `reset`: waits for one byte, then answers with RST.
pub(crate) fn reset(mut connection: TcpStream, _: &Stop) -> io::Result<()> {
    connection.read_exact(&mut [0])?;
    abort(connection)
}

/// `half-close`: says `goodbye`, sends FIN, then reads to the end.
pub(crate) fn half_close(mut connection: TcpStream, _: &Stop) -> io::Result<()> {
    connection.write_all(b"goodbye\n")?;
    connection.shutdown(Shutdown::Write)?;
    io::copy(&mut connection, &mut io::sink())?;
    Ok(())
}

/// `sink`: reads to the end, then answers with a line: how many bytes came, and their SHA-256.
pub(crate) fn sink(connection: TcpStream, _: &Stop) -> io::Result<()> {
    summarise(connection, 256 << 10)
}

/// `tiny-window`: `sink` with a small receive buffer and small reads, so that a sender is always ahead.
pub(crate) fn tiny_reads(connection: TcpStream, _: &Stop) -> io::Result<()> {
    summarise(connection, 512)
}

fn summarise(mut connection: TcpStream, piece: usize) -> io::Result<()> {
    let (total, digest) = read_to_end(&mut connection, piece)?;
    writeln!(connection, "{total} {digest}")
}

/// How many bytes came until the end, and their SHA-256 in hexadecimal.
pub(crate) fn read_to_end(connection: &mut TcpStream, piece: usize) -> io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut total = 0;
    let mut buffer = vec![0; piece];
    loop {
        let count = connection.read(&mut buffer)?;
        if count == 0 {
            let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok((total, digest));
        }
        hash.update(&buffer[..count]);
        total += count as u64;
    }
}

/// `source`: reads a line with a number, sends that many bytes of the pattern, closes.
pub(crate) fn source(connection: TcpStream, _: &Stop) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(&connection).read_line(&mut line)?;
    let total = line.trim().parse().map_err(io::Error::other)?;
    send_pattern(&connection, total)
}

/// `flood`: sends the pattern for ever.
pub(crate) fn flood(connection: TcpStream, _: &Stop) -> io::Result<()> {
    send_pattern(&connection, u64::MAX)
}

/// Send `total` bytes of the 64 KiB pattern that `support.PATTERN` knows as well.
pub(crate) fn send_pattern(mut connection: &TcpStream, total: u64) -> io::Result<()> {
    let pattern: Vec<u8> = (0..65536_u32).map(|index| ((index * 7 + index / 256) % 256) as u8).collect();
    let mut left = total;
    while left > 0 {
        let piece = usize::try_from(left).unwrap_or(usize::MAX).min(pattern.len());
        connection.write_all(&pattern[..piece])?;
        left -= piece as u64;
    }
    Ok(())
}

/// Close with RST: what the peer has not read, and what is on its way, is lost.
pub(crate) fn abort(connection: TcpStream) -> io::Result<()> {
    SockRef::from(&connection).set_linger(Some(Duration::ZERO))?;
    drop(connection);
    Ok(())
}

/// A listener whose queue is full: further connections are neither refused nor made.
#[expect(dead_code, reason = "held only to be dropped")]
pub(crate) struct Full {
    listener: TcpListener,
    queued: Vec<Socket>,
}

/// `full`: a connection to it stays in progress.
pub(super) fn full() -> io::Result<(SocketAddr, Running)> {
    let listener = listen("127.0.0.1:0", None, 0)?;
    let address = listener.local_addr()?;
    let queued = std::iter::repeat_with(|| begin_connection(address)).take(4).collect::<io::Result<_>>()?;
    Ok((address, Running::Full(Full { listener, queued })))
}

fn begin_connection(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    match socket.connect(&address.into()) {
        Err(error) if error.raw_os_error() != Some(rustix::io::Errno::INPROGRESS.raw_os_error()) => Err(error),
        _ => Ok(socket),
    }
}

/// `closed`: a port that is taken, so that nobody else gets it, and where nobody listens.
pub(super) fn closed(local: &str) -> io::Result<(SocketAddr, Running)> {
    let local: SocketAddr = local.parse().map_err(io::Error::other)?;
    let socket = Socket::new(Domain::for_address(local), Type::STREAM, None)?;
    socket.bind(&local.into())?;
    let address =
        socket.local_addr()?.as_socket().ok_or_else(|| io::Error::other("a TCP socket without an address"))?;
    Ok((address, Running::Socket(socket)))
}
