//! `dns_client SERVER PORT NAME`: asks a name server for the IPv4 addresses of a name, over UDP, three times at most.
#![cfg(target_family = "wasm")]

use std::io::{Error, Result};
use std::net::Ipv4Addr;
use std::time::Duration;

use wasocket::Socket;
use wasocket_examples::{arguments, command, say};

command!(ask);

fn ask() -> Result<()> {
    let [server, port, name] = &arguments()[..] else {
        return Err(Error::other("usage: dns_client SERVER PORT NAME"));
    };
    let socket = Socket::udp()?;
    socket.connect((server.as_str(), port.parse().map_err(Error::other)?))?;
    socket.set_timeout(Some(Duration::from_secs(2)));
    // An identifier, "recursion desired", one question.
    let mut question = vec![0x42, 0x42, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.') {
        question.push(label.len() as u8);
        question.extend(label.as_bytes());
    }
    question.extend([0, 0, 1, 0, 1]);
    for _ in 0..3 {
        socket.send(&question)?;
        match socket.recv(4096) {
            Ok(answer) => return print_answer(&answer, question.len()),
            Err(wasocket::Error::Timeout) => say("no answer yet"),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::other("no answer"))
}

/// Records follow the question; those of type A begin with a reference to its name, and end with an address.
fn print_answer(answer: &[u8], start: usize) -> Result<()> {
    let mut records = answer.get(start..).unwrap_or_default();
    while let [_, _, 0, kind, 0, 1, _, _, _, _, high, low, rest @ ..] = records {
        let (data, next) = rest.split_at((usize::from(*high) << 8 | usize::from(*low)).min(rest.len()));
        if let (1, [a, b, c, d]) = (kind, data) {
            say(&Ipv4Addr::new(*a, *b, *c, *d).to_string());
        }
        records = next;
    }
    Ok(())
}
