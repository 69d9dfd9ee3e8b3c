//! What the program holds, by the names that its instructions use.

use std::collections::BTreeMap;
use std::hint::black_box;

use crate::addresses::text;
use wasip2::io::poll::{Pollable, poll};
use wasip2::io::streams::{InputStream, OutputStream};
use wasip2::sockets::ip_name_lookup::ResolveAddressStream;
use wasip2::sockets::network::ErrorCode;
use wasip2::sockets::tcp::TcpSocket;
use wasip2::sockets::udp::{IncomingDatagramStream, OutgoingDatagramStream, UdpSocket};

/// One resource.
pub(crate) enum Thing {
    Tcp(TcpSocket),
    Udp(UdpSocket),
    Input(InputStream),
    Output(OutputStream),
    Incoming(IncomingDatagramStream),
    Outgoing(OutgoingDatagramStream),
    Lookup(ResolveAddressStream),
    Pollable(Pollable),
}

impl Thing {
    fn subscribe(&self) -> Option<Pollable> {
        match self {
            Self::Tcp(socket) => Some(socket.subscribe()),
            Self::Udp(socket) => Some(socket.subscribe()),
            Self::Input(stream) => Some(stream.subscribe()),
            Self::Output(stream) => Some(stream.subscribe()),
            Self::Incoming(stream) => Some(stream.subscribe()),
            Self::Outgoing(stream) => Some(stream.subscribe()),
            Self::Lookup(lookup) => Some(lookup.subscribe()),
            Self::Pollable(_) => None,
        }
    }
}

/// All of them. They are dropped when the program says so, and otherwise at its end, children before what they came from:
/// `a.in` and `a.out` belong to `a`.
#[derive(Default)]
pub(crate) struct Things(pub(crate) BTreeMap<String, Thing>);

impl Drop for Things {
    fn drop(&mut self) {
        self.0.retain(|_, thing| !matches!(thing, Thing::Pollable(_)));
        while self.0.pop_last().is_some() {}
    }
}

/// What an instruction comes to.
pub(crate) type Answer = Result<String, String>;

/// The word that the interface has for a failure.
pub(crate) fn code(error: ErrorCode) -> String {
    error.name().to_owned()
}

/// Nothing came back but that it went well.
pub(crate) fn done((): ()) -> String {
    "ok".to_owned()
}

impl Things {
    /// Does what one instruction says. `@NAME` in it is the local address of a socket.
    pub(crate) fn perform(&mut self, words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| self.meant(word)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.attempt(&words).unwrap_or_else(|failure| failure)
    }

    fn meant(&self, word: &str) -> String {
        let local = match word.strip_prefix('@').and_then(|name| self.0.get(name)) {
            Some(Thing::Tcp(socket)) => socket.local_address().ok(),
            Some(Thing::Udp(socket)) => socket.local_address().ok(),
            _ => None,
        };
        local.map_or_else(|| word.to_owned(), text)
    }

    fn attempt(&mut self, words: &[&str]) -> Answer {
        match words {
            ["drop", name] => self.0.remove(*name).map(|_| "ok".to_owned()).ok_or_else(|| unknown(name)),
            ["forget", name] => self.0.remove(*name).map(forget).ok_or_else(|| unknown(name)),
            ["subscribe", name, pollable] => self.subscribe(name, pollable),
            ["ready", name] => self.is_ready(name),
            ["wait", name] => self.subscription(name).map(|pollable| pollable.block()).map(done),
            ["storm", name, count, rounds] => self.storm(name, number(count)?, number(rounds)?),
            ["spin", rounds] => Ok(spin(number(rounds)?)),
            ["times", count, rest @ ..] => self.times(number(count)?, rest),
            _ => self.network(words),
        }
    }

    fn network(&mut self, words: &[&str]) -> Answer {
        self.tcp(words)
            .or_else(|| self.udp(words))
            .or_else(|| self.lookups(words))
            .or_else(|| self.streams(words))
            .or_else(|| self.options(words))
            .or_else(|| Self::fetches(words))
            .unwrap_or_else(|| Err(format!("no such instruction: {}", words.join(" "))))
    }

    /// Repeats an instruction, with the number of the round for `#`; counts each answer.
    fn times(&mut self, count: u64, words: &[&str]) -> Answer {
        let mut answers = Vec::<(String, u64)>::new();
        for round in 0..count {
            let words: Vec<String> = words.iter().map(|word| word.replace('#', &round.to_string())).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let answer = self.perform(&words);
            match answers.iter_mut().find(|(known, _)| *known == answer) {
                Some((_, count)) => *count += 1,
                None => answers.push((answer, 1)),
            }
        }
        let answers: Vec<String> = answers.iter().map(|(answer, count)| format!("{count} {answer}")).collect();
        Ok(answers.join(", "))
    }

    fn subscription(&self, name: &str) -> Result<Pollable, String> {
        self.0.get(name).and_then(Thing::subscribe).ok_or_else(|| unknown(name))
    }

    fn subscribe(&mut self, name: &str, pollable: &str) -> Answer {
        let made = self.subscription(name)?;
        self.0.insert(pollable.to_owned(), Thing::Pollable(made));
        Ok("ok".to_owned())
    }

    fn is_ready(&self, name: &str) -> Answer {
        match self.0.get(name) {
            Some(Thing::Pollable(pollable)) => Ok(pollable.ready().to_string()),
            _ => Err(unknown(name)),
        }
    }

    /// Waits for `count` pollables of the same thing, in each of `rounds`.
    fn storm(&self, name: &str, count: u64, rounds: u64) -> Answer {
        let pollables = (0..count).map(|_| self.subscription(name)).collect::<Result<Vec<_>, _>>()?;
        let borrowed: Vec<&Pollable> = pollables.iter().collect();
        let ready: usize = (0..rounds).map(|_| poll(&borrowed).len()).sum();
        Ok(ready.to_string())
    }
}

/// Keeps it for ever.
fn forget(thing: Thing) -> String {
    std::mem::forget(thing);
    "ok".to_owned()
}

/// Computes without a call of the host; 0 rounds never end.
fn spin(rounds: u64) -> String {
    let mut round = 0_u64;
    loop {
        round = black_box(round.wrapping_add(1));
        if round == rounds {
            return "ok".to_owned();
        }
    }
}

pub(crate) fn number(text: &str) -> Result<u64, String> {
    if text == "max" { Ok(u64::MAX) } else { text.parse().map_err(|_| format!("no number: {text}")) }
}

/// What a name stands for, there is none of.
pub(crate) fn unknown(_: &str) -> String {
    "no such thing".to_owned()
}
