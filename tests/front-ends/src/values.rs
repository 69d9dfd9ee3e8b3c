//! What calls take and answer, in the words of the table.

use std::net::{IpAddr, SocketAddr};
use std::ops::BitOr;
use std::time::Duration;

/// What a call answers, or the name of its error.
pub(crate) type Answer<T> = Result<T, String>;

/// An address.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Ip(SocketAddr),
    /// `unix:` with a path, with `@` and a name, or with nothing.
    Unix(String),
}

impl Place {
    pub(crate) fn parse(word: &str) -> Answer<Self> {
        if let Some(name) = word.strip_prefix("unix:") {
            return Ok(Self::Unix(name.to_owned()));
        }
        word.parse().map(Self::Ip).map_err(|_| format!("no address: {word}"))
    }

    /// As text. Ports that the system picks differ from run to run.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Ip(address) if address.port() == 0 => address.to_string(),
            Self::Ip(SocketAddr::V4(address)) => format!("{}:PORT", address.ip()),
            Self::Ip(SocketAddr::V6(address)) => format!("[{}]:PORT", address.ip()),
            Self::Unix(name) => format!("unix:{name}"),
        }
    }
}

/// Ancillary data, as far as tables have it.
#[derive(Clone, Debug)]
pub(crate) enum Control {
    HopLimit(u8),
    TrafficClass(u8),
    PacketInformation(IpAddr),
    Credentials,
    Timestamp,
    /// By Linux's numbers.
    Other(i32, i32),
}

impl Control {
    /// `hops=7`, `class=16`, `from=127.0.0.1`.
    pub(crate) fn parse(name: &str, value: &str) -> Answer<Self> {
        let number = || value.parse().map_err(|_| format!("no number: {value}"));
        match name {
            "hops" => Ok(Self::HopLimit(number()?)),
            "class" => Ok(Self::TrafficClass(number()?)),
            "from" => value.parse().map(Self::PacketInformation).map_err(|_| format!("no address: {value}")),
            _ => Err(format!("no ancillary data: {name}")),
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::HopLimit(hops) => format!("hops={hops}"),
            Self::TrafficClass(class) => format!("class={class}"),
            Self::PacketInformation(address) => format!("packet={address}"),
            Self::Credentials => "credentials".to_owned(),
            Self::Timestamp => "timestamp".to_owned(),
            Self::Other(level, kind) => format!("{level}/{kind}"),
        }
    }
}

/// What a receive with ancillary data yields.
pub(crate) struct Message<S> {
    pub(crate) data: Vec<u8>,
    pub(crate) rights: Vec<S>,
    pub(crate) control: Vec<Control>,
    /// The flags that it has, by their words.
    pub(crate) flags: Vec<&'static str>,
}

/// What a send with ancillary data takes.
pub(crate) struct Outgoing<'a, S> {
    pub(crate) data: Vec<u8>,
    pub(crate) rights: Vec<&'a S>,
    pub(crate) control: Vec<Control>,
    pub(crate) to: Option<Place>,
}

/// One front end. Words are Python's: `inet`, `stream`, `in`, `edge`.
pub(crate) trait FrontEnd {
    type Socket;
    type Poller;

    fn socket(family: &str, kind: &str, protocol: u32) -> Answer<Self::Socket>;
    fn pair(kind: &str) -> Answer<(Self::Socket, Self::Socket)>;
    fn dup(socket: &Self::Socket) -> Answer<Self::Socket>;
    /// Closes it and keeps the object; `None` if objects end with their sockets.
    fn close(socket: &Self::Socket) -> Option<Answer<()>>;
    fn set_timeout(socket: &Self::Socket, timeout: Option<Duration>) -> Answer<()>;
    fn bind(socket: &Self::Socket, local: &Place) -> Answer<()>;
    fn connect(socket: &Self::Socket, remote: &Place) -> Answer<()>;
    fn listen(socket: &Self::Socket, backlog: u32) -> Answer<()>;
    fn accept(socket: &Self::Socket) -> Answer<(Self::Socket, Place)>;
    fn shutdown(socket: &Self::Socket, how: &str) -> Answer<()>;
    fn name(socket: &Self::Socket) -> Answer<Place>;
    fn peer(socket: &Self::Socket) -> Answer<Place>;
    fn receive(socket: &Self::Socket, max: u32, flags: &[&str]) -> Answer<Vec<u8>>;
    fn receive_message(socket: &Self::Socket, max: u32, room: u32, flags: &[&str]) -> Answer<Message<Self::Socket>>;
    fn send(socket: &Self::Socket, data: &[u8], flags: &[&str]) -> Answer<usize>;
    fn send_all(socket: &Self::Socket, data: &[u8]) -> Answer<()>;
    fn send_to(socket: &Self::Socket, data: &[u8], remote: &Place) -> Answer<usize>;
    fn send_message(socket: &Self::Socket, message: Outgoing<'_, Self::Socket>) -> Answer<usize>;
    fn option(socket: &Self::Socket, level: i32, name: i32) -> Answer<String>;
    fn set_option(socket: &Self::Socket, level: i32, name: i32, value: i32) -> Answer<()>;
    fn poll(asked: &[(&Self::Socket, &str)], timeout: Option<Duration>) -> Answer<Vec<String>>;
    fn poller() -> Answer<Self::Poller>;
    fn watch(
        poller: &Self::Poller,
        token: u64,
        socket: &Self::Socket,
        events: &str,
        trigger: Option<&str>,
    ) -> Answer<()>;
    fn rewatch(poller: &Self::Poller, token: u64, events: &str, trigger: Option<&str>) -> Answer<()>;
    fn unwatch(poller: &Self::Poller, token: u64) -> Answer<()>;
    fn wait(poller: &Self::Poller, most: u32, timeout: Option<Duration>) -> Answer<Vec<(u64, String)>>;
    fn gethostname() -> Answer<String>;
    fn sethostname(name: &str) -> Answer<()>;
    fn interfaces() -> Answer<Vec<(u32, String)>>;
    fn interface_index(name: &str) -> Answer<u32>;
    fn interface_name(index: u32) -> Answer<String>;
    fn getaddrinfo(host: &str, service: &str) -> Answer<Vec<Place>>;
}

/// The flags that words name, with a comma between them; `none` if there is no word.
pub(crate) fn flags<F: Copy + BitOr<Output = F>>(names: &[(&str, F)], words: Option<&str>, none: F) -> Answer<F> {
    words.into_iter().flat_map(|words| words.split(',')).try_fold(none, |all, word| {
        let found = names.iter().find(|(name, _)| *name == word);
        found.map(|(_, flag)| all | *flag).ok_or_else(|| format!("no flag: {word}"))
    })
}

/// The words for the flags that are set.
pub(crate) fn words<F: Copy>(names: &[(&str, F)], is_set: impl Fn(F) -> bool) -> String {
    let set = names.iter().filter(|(_, flag)| is_set(*flag));
    set.map(|(name, _)| *name).collect::<Vec<_>>().join(",")
}
