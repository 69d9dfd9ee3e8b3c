//! Bytes, messages, and what goes with them.

use crate::addresses::{parse, parse_ip, text};
use crate::bindings::wasocket::socket::types::{AncillaryData, OtherAncillaryData, PacketInformation};
use crate::things::Things;
use crate::words::{Answer, Manner, bytes, code, number, quoted};

impl Things {
    /// Does it, if it is about that.
    pub(crate) fn of_messages(&mut self, verb: &str, words: &[&str]) -> Option<Answer> {
        Some(match (verb, words) {
            ("send", [name, data, manner @ ..]) => self.send(name, data, manner),
            ("sendto", [name, remote, data, with @ ..]) => self.send_to(name, Some(remote), data, with),
            // To the peer, as a message.
            ("sendmsg", [name, data, with @ ..]) => self.send_to(name, None, data, with),
            ("recv", [name, max, manner @ ..]) => self.receive(name, max, manner),
            ("recvfrom", [name, max, manner @ ..]) => self.receive_from(name, max, manner),
            ("pass", [name, passed, manner @ ..]) => self.pass(name, passed, manner),
            ("take", [name, taken, manner @ ..]) => self.take(name, taken, manner),
            _ => return None,
        })
    }

    fn send(&self, name: &str, data: &str, manner: &[&str]) -> Answer {
        let Manner { until, flags } = Manner::read(manner)?;
        let sent = self.socket(name)?.send(&content(data)?, flags, until).map_err(code)?;
        Ok(format!("sent {sent}"))
    }

    fn send_to(&self, name: &str, remote: Option<&str>, data: &str, with: &[&str]) -> Answer {
        let remote = remote.map(parse).transpose()?;
        let (ancillary, manner) = ancillary(with)?;
        let Manner { until, flags } = Manner::read(manner)?;
        let sent = self.socket(name)?.send_message(&[content(data)?], &ancillary, &[], flags, remote.as_ref(), until);
        Ok(format!("sent {}", sent.map_err(code)?))
    }

    fn receive(&self, name: &str, max: &str, manner: &[&str]) -> Answer {
        let Manner { until, flags } = Manner::read(manner)?;
        let data = self.socket(name)?.recv(number(max)?, flags, until).map_err(code)?;
        Ok(quoted(&data))
    }

    fn receive_from(&self, name: &str, max: &str, manner: &[&str]) -> Answer {
        let Manner { until, flags } = Manner::read(manner)?;
        let message = self.socket(name)?.recv_message(number(max)?, 0, flags, until).map_err(code)?;
        let sender = message.sender.as_ref().map_or_else(|| "nobody".to_owned(), text);
        Ok(format!("{} {sender}", quoted(&message.data)))
    }

    /// Sends one socket over another.
    fn pass(&self, name: &str, passed: &str, manner: &[&str]) -> Answer {
        let Manner { until, flags } = Manner::read(manner)?;
        let (socket, passed) = (self.socket(name)?, self.socket(passed)?);
        let sent = socket.send_message(&[b"x".to_vec()], &[], &[passed], flags, None, until).map_err(code)?;
        Ok(format!("sent {sent}"))
    }

    /// Receives sockets: the first gets a name, and others are closed.
    fn take(&mut self, name: &str, taken: &str, manner: &[&str]) -> Answer {
        let Manner { until, flags } = Manner::read(manner)?;
        let message = self.socket(name)?.recv_message(64, 1024, flags, until).map_err(code)?;
        let count = message.rights.len();
        if let Some(socket) = message.rights.into_iter().next() {
            self.keep(taken, socket);
        }
        Ok(format!("took {count}"))
    }
}

/// What is sent: `*500` stands for 500 bytes.
fn content(word: &str) -> Result<Vec<u8>, String> {
    match word.strip_prefix('*') {
        Some(length) => Ok(vec![b'x'; number(length)?]),
        None => bytes(word),
    }
}

/// Reads `segment LENGTH`, `from ADDRESS`, `from ADDRESS device INDEX` and `control LEVEL TYPE BYTES`; what is left.
fn ancillary<'a>(mut words: &'a [&'a str]) -> Result<(Vec<AncillaryData>, &'a [&'a str]), String> {
    let mut ancillary = Vec::new();
    loop {
        let (data, rest) = match words {
            ["segment", length, rest @ ..] => {
                let data = number::<u16>(length)?.to_ne_bytes().to_vec();
                (AncillaryData::Other(OtherAncillaryData { level: UDP, type_: UDP_SEGMENT, data }), rest)
            }
            ["from", address, "device", index, rest @ ..] => (source(address, number(index)?)?, rest),
            ["from", address, rest @ ..] => (source(address, 0)?, rest),
            ["control", level, kind, data, rest @ ..] => {
                let data = bytes(data)?;
                let other = OtherAncillaryData { level: number(level)?, type_: number(kind)?, data };
                (AncillaryData::Other(other), rest)
            }
            rest => return Ok((ancillary, rest)),
        };
        ancillary.push(data);
        words = rest;
    }
}

fn source(address: &str, interface: u32) -> Result<AncillaryData, String> {
    Ok(AncillaryData::PacketInformation(PacketInformation { address: parse_ip(address)?, interface }))
}

const UDP: i32 = 17;
const UDP_SEGMENT: i32 = 103;
