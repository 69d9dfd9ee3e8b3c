//! The calls of a table: words are read, a front end is called, and its answer becomes words.
//!
//! A call is `NAME ARGUMENTS`, with `NAMES =` before it if it opens something. A call that a front end has no form for answers
//! `no such form`.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::values::{Answer, Control, FrontEnd, Outgoing, Place};

/// What the calls so far have opened.
pub(crate) struct Table<F: FrontEnd> {
    sockets: BTreeMap<String, F::Socket>,
    pollers: BTreeMap<String, F::Poller>,
    /// Tokens of pollers: the places of the names of sockets.
    tokens: Vec<String>,
}

impl<F: FrontEnd> Default for Table<F> {
    fn default() -> Self {
        Self { sockets: BTreeMap::new(), pollers: BTreeMap::new(), tokens: Vec::new() }
    }
}

impl<F: FrontEnd> Table<F> {
    /// What a call answers, in one line.
    pub(crate) fn answer(&mut self, call: &str) -> String {
        let (names, call) = call.split_once('=').filter(|(names, _)| is_names(names)).unwrap_or(("", call));
        let names: Vec<&str> = names.split_whitespace().collect();
        let words: Vec<&str> = call.split_whitespace().collect();
        self.call(&names, &words).unwrap_or_else(|error| error)
    }

    fn call(&mut self, names: &[&str], words: &[&str]) -> Answer<String> {
        match (names, words) {
            ([name], ["socket", family, kind]) => self.keep(name, F::socket(family, kind, 0)?),
            ([name], ["socket", family, kind, protocol]) => {
                self.keep(name, F::socket(family, kind, number(protocol)?)?)
            }
            ([one, other], ["pair", kind]) => {
                let (left, right) = F::pair(kind)?;
                self.keep(one, left)?;
                self.keep(other, right)
            }
            ([name], ["dup", socket]) => self.keep(name, F::dup(self.socket(socket)?)?),
            ([name], ["accept", socket]) => {
                let (accepted, peer) = F::accept(self.socket(socket)?)?;
                self.keep(name, accepted)?;
                Ok(peer.text())
            }
            ([name], ["epoll"]) => {
                self.pollers.insert((*name).to_owned(), F::poller()?);
                ok(())
            }
            ([], words) => self.call_on(words),
            _ => Err(format!("no call opens this: {words:?}")),
        }
    }

    fn call_on(&mut self, words: &[&str]) -> Answer<String> {
        match words {
            ["drop", socket] => self.sockets.remove(*socket).map(drop).ok_or("no such socket".to_owned()).and_then(ok),
            ["close", socket] => F::close(self.socket(socket)?).unwrap_or_else(|| Err(NO_FORM.to_owned())).and_then(ok),
            ["timeout", socket, timeout] => F::set_timeout(self.socket(socket)?, seconds(timeout)?).and_then(ok),
            ["bind", socket, local] => F::bind(self.socket(socket)?, &self.place(local)?).and_then(ok),
            ["connect" | "connect_ex", socket, remote] => {
                F::connect(self.socket(socket)?, &self.place(remote)?).and_then(ok)
            }
            ["listen", socket] => F::listen(self.socket(socket)?, 8).and_then(ok),
            ["accept", socket] => F::accept(self.socket(socket)?).map(|(_, peer)| peer.text()),
            ["shutdown", socket, how] => F::shutdown(self.socket(socket)?, how).and_then(ok),
            ["name", socket] => F::name(self.socket(socket)?).map(|place| place.text()),
            ["peer", socket] => F::peer(self.socket(socket)?).map(|place| place.text()),
            ["recv", socket, max, flags @ ..] => {
                F::receive(self.socket(socket)?, number(max)?, flags).map(|data| text(&data))
            }
            ["recvmsg", socket, max, room, flags @ ..] => {
                self.receive_message(socket, number(max)?, number(room)?, flags)
            }
            ["send", socket, data, flags @ ..] => {
                F::send(self.socket(socket)?, &bytes(data)?, flags).map(|sent| sent.to_string())
            }
            ["sendall", socket, data] => F::send_all(self.socket(socket)?, &bytes(data)?).and_then(ok),
            ["sendto", socket, data, remote] => {
                let remote = self.place(remote)?;
                F::send_to(self.socket(socket)?, &bytes(data)?, &remote).map(|sent| sent.to_string())
            }
            ["sendmsg", socket, data, rest @ ..] => self.send_message(socket, data, rest),
            ["getsockopt", socket, level, name] => F::option(self.socket(socket)?, number(level)?, number(name)?),
            ["setsockopt", socket, level, name, value] => {
                F::set_option(self.socket(socket)?, number(level)?, number(name)?, number(value)?).and_then(ok)
            }
            ["poll", timeout, asked @ ..] => self.poll(seconds(timeout)?, asked),
            ["register", poller, socket, events, trigger @ ..] => {
                let token = self.token(socket);
                let (poller, socket) = (self.poller(poller)?, self.socket(socket)?);
                F::watch(poller, token, socket, events, trigger.first().copied()).and_then(ok)
            }
            ["modify", poller, socket, events, trigger @ ..] => {
                let token = self.token(socket);
                F::rewatch(self.poller(poller)?, token, events, trigger.first().copied()).and_then(ok)
            }
            ["unregister", poller, socket] => {
                let token = self.token(socket);
                F::unwatch(self.poller(poller)?, token).and_then(ok)
            }
            ["wait", poller, timeout, most] => self.wait(poller, seconds(timeout)?, number(most)?),
            ["gethostname"] => F::gethostname(),
            ["sethostname", name] => F::sethostname(name).and_then(ok),
            ["if_nameindex"] => F::interfaces()
                .map(|all| all.iter().map(|(index, name)| format!("{index}:{name}")).collect::<Vec<_>>().join(" ")),
            ["if_nametoindex", name] => F::interface_index(name).map(|index| index.to_string()),
            ["if_indextoname", index] => F::interface_name(number(index)?),
            ["getaddrinfo", host, service] => {
                F::getaddrinfo(host, service).map(|places| places.iter().map(Place::text).collect::<Vec<_>>().join(" "))
            }
            _ => Err(format!("no such call: {words:?}")),
        }
    }

    fn keep(&mut self, name: &str, socket: F::Socket) -> Answer<String> {
        self.sockets.insert(name.to_owned(), socket);
        ok(())
    }

    fn socket(&self, name: &str) -> Answer<&F::Socket> {
        self.sockets.get(name).ok_or_else(|| "no such socket".to_owned())
    }

    fn poller(&self, name: &str) -> Answer<&F::Poller> {
        self.pollers.get(name).ok_or_else(|| "no such epoll object".to_owned())
    }

    /// The token that a socket is watched under.
    fn token(&mut self, socket: &str) -> u64 {
        let place = self.tokens.iter().position(|known| known == socket).unwrap_or_else(|| {
            self.tokens.push(socket.to_owned());
            self.tokens.len() - 1
        });
        place as u64
    }

    /// An address, or `@NAME`: where that socket is.
    fn place(&self, word: &str) -> Answer<Place> {
        match word.strip_prefix('@') {
            Some(name) => F::name(self.socket(name)?),
            None => Place::parse(word),
        }
    }

    /// The bytes, the flags and what came along; a socket that came is kept under the receiver's name and a number.
    fn receive_message(&mut self, socket: &str, max: u32, room: u32, flags: &[&str]) -> Answer<String> {
        let message = F::receive_message(self.socket(socket)?, max, room, flags)?;
        let mut parts = vec![text(&message.data)];
        parts.extend(message.flags.iter().map(ToString::to_string));
        let mut control: Vec<String> = message.control.iter().map(Control::text).collect();
        control.sort();
        parts.append(&mut control);
        for (place, right) in message.rights.into_iter().enumerate() {
            let name = format!("{socket}{place}");
            parts.push(format!("right={name}"));
            self.sockets.insert(name, right);
        }
        Ok(parts.join(" "))
    }

    /// `right=NAME`, `to=ADDRESS`, and ancillary data.
    fn send_message(&self, socket: &str, data: &str, rest: &[&str]) -> Answer<String> {
        let mut message = Outgoing { data: bytes(data)?, rights: Vec::new(), control: Vec::new(), to: None };
        for word in rest {
            match word.split_once('=').ok_or_else(|| format!("no NAME=VALUE: {word}"))? {
                ("right", name) => message.rights.push(self.socket(name)?),
                ("to", place) => message.to = Some(self.place(place)?),
                (name, value) => message.control.push(Control::parse(name, value)?),
            }
        }
        F::send_message(self.socket(socket)?, message).map(|sent| sent.to_string())
    }

    /// `NAME:EVENTS` each.
    fn poll(&self, timeout: Option<Duration>, asked: &[&str]) -> Answer<String> {
        let asked = asked.iter().map(|word| {
            let (name, events) = word.split_once(':').ok_or_else(|| format!("no NAME:EVENTS: {word}"))?;
            Ok((name, self.socket(name)?, events))
        });
        let asked = asked.collect::<Answer<Vec<_>>>()?;
        let queries: Vec<_> = asked.iter().map(|(_, socket, events)| (*socket, *events)).collect();
        let found = F::poll(&queries, timeout)?;
        let ready = asked.iter().zip(found).filter(|(_, events)| !events.is_empty());
        Ok(listed(ready.map(|((name, ..), events)| format!("{name}:{events}")).collect()))
    }

    fn wait(&self, poller: &str, timeout: Option<Duration>, most: u32) -> Answer<String> {
        let found = F::wait(self.poller(poller)?, most, timeout)?;
        let name = |token| self.tokens.get(usize::try_from(token).unwrap_or(usize::MAX)).map_or("?", String::as_str);
        let mut found: Vec<_> = found.into_iter().map(|(token, events)| format!("{}:{events}", name(token))).collect();
        found.sort();
        Ok(listed(found))
    }
}

/// What a front end cannot say.
pub(crate) const NO_FORM: &str = "no such form";

fn is_names(text: &str) -> bool {
    text.ends_with(' ')
        && text.split_whitespace().all(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && text.split_whitespace().count() <= 2
}

fn ok((): ()) -> Answer<String> {
    Ok("ok".to_owned())
}

fn listed(all: Vec<String>) -> String {
    if all.is_empty() { "nothing".to_owned() } else { all.join(" ") }
}

fn number<T: std::str::FromStr>(word: &str) -> Answer<T> {
    word.parse().map_err(|_| format!("no number: {word}"))
}

/// `none` waits for as long as it takes.
fn seconds(word: &str) -> Answer<Option<Duration>> {
    if word == "none" { Ok(None) } else { number(word).map(Duration::from_secs_f64).map(Some) }
}

/// `x*70000` is 70,000 times `x`.
fn bytes(word: &str) -> Answer<Vec<u8>> {
    match word.split_once('*') {
        Some((text, times)) => Ok(text.as_bytes().repeat(number(times)?)),
        None => Ok(word.as_bytes().to_vec()),
    }
}

/// Long ones by their length.
fn text(data: &[u8]) -> String {
    match data {
        [] => "nothing".to_owned(),
        short if short.len() <= 40 => String::from_utf8_lossy(short).into_owned(),
        long => format!("{} bytes", long.len()),
    }
}
