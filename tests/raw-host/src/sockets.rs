//! Sockets: how they begin, where they are, and how they are connected.

use crate::addresses::{parse, text};
use crate::bindings::wasocket::socket::host::Socket;
use crate::bindings::wasocket::socket::types::{Address, AddressFamily, OtherAddress, ShutdownType, SocketType};
use crate::things::Things;
use crate::words::{Answer, Manner, code, done, number};

impl Things {
    /// Does it, if it is about that.
    pub(crate) fn of_sockets(&mut self, verb: &str, words: &[&str]) -> Option<Answer> {
        Some(match (verb, words) {
            ("socket", [name, kind, style, protocol @ ..]) => self.create(name, kind, style, protocol),
            ("tcp4", [name]) => self.create(name, "inet", "stream", &[]),
            ("tcp6", [name]) => self.create(name, "inet6", "stream", &[]),
            ("udp4", [name]) => self.create(name, "inet", "datagram", &[]),
            ("udp6", [name]) => self.create(name, "inet6", "datagram", &[]),
            ("pair", [one, other, style]) => self.pair(one, other, style),
            ("accept", [name, accepted, manner @ ..]) => self.accept(name, accepted, manner),
            (_, [name, rest @ ..]) => return self.of_one(verb, name, rest),
            _ => return None,
        })
    }

    fn create(&mut self, name: &str, kind: &str, style: &str, protocol: &[&str]) -> Answer {
        let protocol = protocol.first().map_or(Ok(0), |protocol| number(protocol))?;
        let socket = Socket::create(family(kind)?, self::style(style)?, protocol).map_err(code)?;
        Ok(self.keep(name, socket))
    }

    fn pair(&mut self, one: &str, other: &str, style: &str) -> Answer {
        let (first, second) = Socket::pair(AddressFamily::Unix, self::style(style)?, 0).map_err(code)?;
        self.keep(one, first);
        Ok(self.keep(other, second))
    }

    fn accept(&mut self, name: &str, accepted: &str, manner: &[&str]) -> Answer {
        let (socket, _) = self.socket(name)?.accept(Manner::read(manner)?.until).map_err(code)?;
        Ok(self.keep(accepted, socket))
    }

    fn of_one(&self, verb: &str, name: &str, rest: &[&str]) -> Option<Answer> {
        let known = ["bind", "connect", "disconnect", "listen", "shutdown", "sockname", "peername"];
        known.contains(&verb).then(|| {
            let socket = self.socket(name)?;
            match (verb, rest) {
                ("bind", [local]) => socket.bind(&parse(local)?).map(done).map_err(code),
                ("connect", [remote, manner @ ..]) => {
                    socket.connect(&parse(remote)?, Manner::read(manner)?.until).map(done).map_err(code)
                }
                ("disconnect", manner) => {
                    let nobody = Address::Other(OtherAddress { family: 0, data: Vec::new() });
                    socket.connect(&nobody, Manner::read(manner)?.until).map(done).map_err(code)
                }
                ("listen", backlog) => {
                    let backlog = backlog.first().map_or(Ok(9), |backlog| number(backlog))?;
                    socket.listen(backlog).map(done).map_err(code)
                }
                ("shutdown", [how]) => socket.shutdown(half(how)?).map(done).map_err(code),
                ("sockname", []) => socket.getsockname().map(|address| text(&address)).map_err(code),
                ("peername", []) => socket.getpeername().map(|address| text(&address)).map_err(code),
                _ => Err(format!("{verb} wants other words than {rest:?}")),
            }
        })
    }
}

fn family(word: &str) -> Result<AddressFamily, String> {
    Ok(match word {
        "inet" => AddressFamily::Inet,
        "inet6" => AddressFamily::Inet6,
        "unix" => AddressFamily::Unix,
        other => AddressFamily::Other(number(other)?),
    })
}

fn style(word: &str) -> Result<SocketType, String> {
    Ok(match word {
        "stream" => SocketType::Stream,
        "datagram" => SocketType::Datagram,
        "packet" => SocketType::SequentialPacket,
        "raw" => SocketType::Raw,
        other => SocketType::Other(number(other)?),
    })
}

fn half(word: &str) -> Result<ShutdownType, String> {
    Ok(match word {
        "read" => ShutdownType::Read,
        "write" => ShutdownType::Write,
        "both" => ShutdownType::Both,
        _ => return Err(format!("no half: {word}")),
    })
}
