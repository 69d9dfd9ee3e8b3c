//! `dns`: a name server that knows a few names of its own, over UDP and TCP on one port.
//!
//! `one.test` has the address 192.0.2.1, `many.test` has sixty addresses, too many for a datagram of 512 bytes,
//! `loop.test` has 127.0.0.1, `meta.test` a cloud's metadata address; nothing else exists, and nothing has IPv6.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::thread;

use super::Running;
use super::server::{Server, Stop};

/// The longest answer over UDP, in bytes (RFC 1035, section 4.2.1).
const LONGEST: usize = 512;

/// How many tries it takes to find a port that is free for both protocols.
const TRIES: usize = 20;

/// Start it.
pub(super) fn start() -> io::Result<(SocketAddr, Running)> {
    for _ in 0..TRIES {
        let server = Server::start("127.0.0.1:0", None, over_tcp)?;
        let address = server.address();
        // The port may be taken for UDP; then another one is tried.
        if let Ok(socket) = UdpSocket::bind(address) {
            let answering = socket.try_clone()?;
            thread::spawn(move || over_udp(&answering));
            return Ok((address, Running::Dns(server, super::udp::Stopped::new(socket, address))));
        }
    }
    Err(io::Error::other("no port is free for both UDP and TCP"))
}

fn over_udp(socket: &UdpSocket) {
    let mut buffer = vec![0; LONGEST];
    loop {
        let Ok((count, from)) = socket.recv_from(&mut buffer) else { continue };
        let Some(query) = buffer.get(..count) else { continue };
        if query == super::udp::STOP {
            return;
        }
        if let Some(mut answer) = answer(query) {
            if answer.len() > LONGEST {
                truncate(&mut answer, query.len());
            }
            drop(socket.send_to(&answer, from));
        }
    }
}

fn over_tcp(mut connection: TcpStream, _: &Stop) -> io::Result<()> {
    loop {
        let mut length = [0; 2];
        connection.read_exact(&mut length)?;
        let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
        connection.read_exact(&mut query)?;
        let Some(answer) = answer(&query) else { return Ok(()) };
        let length = u16::try_from(answer.len()).map_err(io::Error::other)?;
        connection.write_all(&[&length.to_be_bytes(), &answer[..]].concat())?;
    }
}

/// The answer to a query with one question; none to anything else.
fn answer(query: &[u8]) -> Option<Vec<u8>> {
    let (identity, question) = (query.get(..2)?, query.get(12..)?);
    let name = name(question)?;
    let mut addresses = addresses(&name);
    let code = if addresses.is_empty() { 3 } else { 0 };
    // Behind the labels, their lengths and the empty label stands the type. 1 is A.
    let question = question.get(..name.len() + 6)?;
    if question.get(name.len() + 2..name.len() + 4)? != [0, 1] {
        addresses.clear();
    }
    let mut answer = identity.to_vec();
    answer.extend([0x85, 0x80 | code, 0, 1, 0, u8::try_from(addresses.len()).ok()?, 0, 0, 0, 0]);
    answer.extend(question);
    for address in addresses {
        // The name of the question, type A, class IN, 60 seconds, 4 bytes.
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address);
    }
    Some(answer)
}

fn addresses(name: &str) -> Vec<[u8; 4]> {
    match name.to_ascii_lowercase().as_str() {
        "one.test" => vec![[192, 0, 2, 1]],
        "loop.test" => vec![[127, 0, 0, 1]],
        "meta.test" => vec![[169, 254, 169, 254]],
        "many.test" => (1..=60).map(|last| [192, 0, 2, last]).collect(),
        _ => Vec::new(),
    }
}

/// The labels that the question begins with.
fn name(question: &[u8]) -> Option<String> {
    let mut labels = Vec::new();
    let mut rest = question;
    loop {
        let (length, after) = rest.split_first()?;
        if *length == 0 {
            return Some(labels.join("."));
        }
        let (label, after) = after.split_at_checked(usize::from(*length))?;
        labels.push(String::from_utf8_lossy(label).into_owned());
        rest = after;
    }
}

/// Keep the question alone, and say that there is more.
fn truncate(answer: &mut Vec<u8>, question: usize) {
    answer.truncate(question);
    if let [_, _, flags, _, _, _, _, answers, ..] = &mut answer[..] {
        *flags |= 2;
        *answers = 0;
    }
}
