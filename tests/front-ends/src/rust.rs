//! Through the crate for Rust programs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use wasocket::address::{Address, Family, Kind, Shutdown, UnixAddress};
use wasocket::ancillary::Ancillary;
use wasocket::backend::DefaultNetwork;
use wasocket::message::{self, MessageFlags};
use wasocket::netdb::Hints;
use wasocket::options::OptionValue;
use wasocket::polling::{Events, Trigger};
use wasocket::sockets::Fd;
use wasocket::time::Timeout;
use wasocket::{Error, Program, Socket, Sockets};

use crate::table::NO_FORM;
use crate::values::{self, Answer, Control, FrontEnd, Message, Outgoing, Place};

/// The crate.
pub(crate) struct Rust;

fn program() -> Program<DefaultNetwork> {
    Program::current()
}

fn sockets<T>(call: impl FnOnce(&Sockets<DefaultNetwork>) -> wasocket::Result<T>) -> Answer<T> {
    call(program().sockets()).map_err(named)
}

/// The name of an error: its errno's, or its text.
fn named(error: Error) -> String {
    match &error {
        Error::Os { errno, .. } => errno.name().to_owned(),
        Error::AddressInfo(error) => format!("gaierror {}", error.code()),
        Error::Host(error) => format!("herror {}", error.code()),
        Error::Timeout | Error::Text(_) | Error::Other(_) => error.to_string(),
    }
}

impl FrontEnd for Rust {
    type Socket = Socket;
    type Poller = Fd;

    fn socket(family: &str, kind: &str, protocol: u32) -> Answer<Socket> {
        let family = match family {
            "inet" => Family::Inet,
            "inet6" => Family::Inet6,
            "unix" => Family::Unix,
            _ => return Err(NO_FORM.to_owned()),
        };
        program().socket(family, type_of(kind)?, protocol.cast_signed()).map_err(named)
    }

    fn pair(kind: &str) -> Answer<(Socket, Socket)> {
        program().socketpair(type_of(kind)?).map_err(named)
    }

    fn dup(socket: &Socket) -> Answer<Socket> {
        socket.dup().map_err(named)
    }

    fn close(_: &Socket) -> Option<Answer<()>> {
        None
    }

    fn set_timeout(socket: &Socket, timeout: Option<Duration>) -> Answer<()> {
        socket.set_timeout(timeout);
        Ok(())
    }

    fn bind(socket: &Socket, local: &Place) -> Answer<()> {
        socket.bind(address(local)).map_err(named)
    }

    fn connect(socket: &Socket, remote: &Place) -> Answer<()> {
        socket.connect(address(remote)).map_err(named)
    }

    fn listen(socket: &Socket, backlog: u32) -> Answer<()> {
        socket.listen(backlog.cast_signed()).map_err(named)
    }

    fn accept(socket: &Socket) -> Answer<(Socket, Place)> {
        socket.accept().map(|(accepted, peer)| (accepted, place(&peer))).map_err(named)
    }

    fn shutdown(socket: &Socket, how: &str) -> Answer<()> {
        let how = match how {
            "read" => Shutdown::Read,
            "write" => Shutdown::Write,
            "both" => Shutdown::Both,
            _ => return Err(NO_FORM.to_owned()),
        };
        socket.shutdown(how).map_err(named)
    }

    fn name(socket: &Socket) -> Answer<Place> {
        socket.getsockname().map(|address| place(&address)).map_err(named)
    }

    fn peer(socket: &Socket) -> Answer<Place> {
        socket.getpeername().map(|address| place(&address)).map_err(named)
    }

    fn receive(socket: &Socket, max: u32, flags: &[&str]) -> Answer<Vec<u8>> {
        socket.recv_message(max as usize, message_flags(flags)?).map(|received| received.data).map_err(named)
    }

    /// The room for ancillary data is the core's to be told.
    fn receive_message(socket: &Socket, max: u32, room: u32, flags: &[&str]) -> Answer<Message<Socket>> {
        let flags = message_flags(flags)?;
        let mode = mode(socket.timeout());
        let received =
            sockets(|sockets| sockets.receive_message(socket.fileno(), max as usize, room as usize, flags, mode))?;
        if !received.rights.is_empty() {
            // The crate has no `Socket` of a descriptor.
            return Err(NO_FORM.to_owned());
        }
        let named = [(MessageFlags::TRUNC, "trunc"), (MessageFlags::CTRUNC, "ctrunc")];
        Ok(Message {
            data: received.data,
            rights: Vec::new(),
            control: received.ancillary.iter().map(|one| control(one.level, one.kind, &one.data)).collect(),
            flags: named.into_iter().filter(|(flag, _)| received.flags.contains(*flag)).map(|(_, name)| name).collect(),
        })
    }

    fn send(socket: &Socket, data: &[u8], flags: &[&str]) -> Answer<usize> {
        let flags = message_flags(flags)?;
        let outgoing = message::Outgoing { parts: &[data], ancillary: &[], rights: &[], remote: None };
        socket.send_message(&outgoing, flags).map_err(named)
    }

    fn send_all(socket: &Socket, data: &[u8]) -> Answer<()> {
        socket.send_all(data).map_err(named)
    }

    fn send_to(socket: &Socket, data: &[u8], remote: &Place) -> Answer<usize> {
        socket.send_to(data, address(remote)).map_err(named)
    }

    fn send_message(socket: &Socket, message: Outgoing<'_, Socket>) -> Answer<usize> {
        let is_inet6 = matches!(socket.getsockname(), Ok(Address::Ip(SocketAddr::V6(_))));
        let ancillary = message.control.iter().map(|one| numbers(one, is_inet6)).collect::<Answer<Vec<_>>>()?;
        let rights: Vec<Fd> = message.rights.iter().map(|socket| socket.fileno()).collect();
        let remote = message.to.as_ref().map(address);
        let outgoing = message::Outgoing {
            parts: &[&message.data],
            ancillary: &ancillary,
            rights: &rights,
            remote: remote.as_ref(),
        };
        socket.send_message(&outgoing, MessageFlags::empty()).map_err(named)
    }

    fn option(socket: &Socket, level: i32, name: i32) -> Answer<String> {
        match socket.getsockopt(level, name).map_err(named)? {
            OptionValue::Int(value) => Ok(value.to_string()),
            OptionValue::Error(error) => Ok(error.map_or("0", wasocket::errno::Errno::name).to_owned()),
            OptionValue::Bytes(bytes) => {
                Ok(bytes.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes)).to_string())
            }
        }
    }

    fn set_option(socket: &Socket, level: i32, name: i32, value: i32) -> Answer<()> {
        socket.setsockopt(level, name, value).map_err(named)
    }

    fn poll(asked: &[(&Socket, &str)], timeout: Option<Duration>) -> Answer<Vec<String>> {
        let asked = asked.iter().map(|(socket, words)| Ok((*socket, events(words)?))).collect::<Answer<Vec<_>>>()?;
        let found = program().poll(&asked, timeout).map_err(named)?;
        Ok(found.into_iter().map(words).collect())
    }

    fn poller() -> Answer<Fd> {
        sockets(Sockets::epoll_create)
    }

    fn watch(poller: &Fd, token: u64, socket: &Socket, asked: &str, how: Option<&str>) -> Answer<()> {
        let (asked, how) = (events(asked)?, trigger(how)?);
        sockets(|sockets| sockets.epoll_add(*poller, token, socket.fileno(), asked, how))
    }

    fn rewatch(poller: &Fd, token: u64, asked: &str, how: Option<&str>) -> Answer<()> {
        let (asked, how) = (events(asked)?, trigger(how)?);
        sockets(|sockets| sockets.epoll_modify(*poller, token, asked, how))
    }

    fn unwatch(poller: &Fd, token: u64) -> Answer<()> {
        sockets(|sockets| sockets.epoll_remove(*poller, token))
    }

    fn wait(poller: &Fd, most: u32, timeout: Option<Duration>) -> Answer<Vec<(u64, String)>> {
        let found = sockets(|sockets| sockets.epoll_wait(*poller, most as usize, mode(timeout)))?;
        Ok(found.into_iter().map(|(token, events)| (token, words(events))).collect())
    }

    fn gethostname() -> Answer<String> {
        program().gethostname().map_err(named)
    }

    fn sethostname(name: &str) -> Answer<()> {
        program().sethostname(name.as_bytes()).map_err(named)
    }

    fn interfaces() -> Answer<Vec<(u32, String)>> {
        program().if_nameindex().map_err(named)
    }

    fn interface_index(name: &str) -> Answer<u32> {
        program().if_nametoindex(name).map_err(named)
    }

    fn interface_name(index: u32) -> Answer<String> {
        program().if_indextoname(index).map_err(named)
    }

    fn getaddrinfo(host: &str, service: &str) -> Answer<Vec<Place>> {
        let hints = Hints { kind: 1, ..Hints::default() };
        let found = program().getaddrinfo(Some(host), Some(service), &hints).map_err(named)?;
        Ok(found.into_iter().map(|one| Place::Ip(one.address)).collect())
    }
}

fn type_of(kind: &str) -> Answer<Kind> {
    match kind {
        "stream" => Ok(Kind::Stream),
        "datagram" => Ok(Kind::Datagram),
        "seqpacket" => Ok(Kind::SequentialPacket),
        "raw" => Ok(Kind::Raw),
        _ => Err(NO_FORM.to_owned()),
    }
}

fn mode(timeout: Option<Duration>) -> Timeout {
    match timeout {
        None => Timeout::Blocking,
        Some(Duration::ZERO) => Timeout::NonBlocking,
        Some(timeout) => Timeout::After(timeout),
    }
}

fn address(place: &Place) -> Address {
    match place {
        Place::Ip(address) => Address::Ip(*address),
        Place::Unix(name) if name.is_empty() => Address::Unix(UnixAddress::Unnamed),
        Place::Unix(name) => Address::Unix(match name.strip_prefix('@') {
            Some(name) => UnixAddress::Abstract(name.into()),
            None => UnixAddress::Path(name.as_str().into()),
        }),
    }
}

fn place(address: &Address) -> Place {
    match address {
        Address::Ip(address) => Place::Ip(*address),
        Address::Unix(UnixAddress::Unnamed) => Place::Unix(String::new()),
        Address::Unix(UnixAddress::Path(path)) => Place::Unix(String::from_utf8_lossy(path).into_owned()),
        Address::Unix(UnixAddress::Abstract(name)) => Place::Unix(format!("@{}", String::from_utf8_lossy(name))),
    }
}

fn message_flags(words: &[&str]) -> Answer<MessageFlags> {
    let mut flags = MessageFlags::empty();
    for word in words {
        flags |= match *word {
            "peek" => MessageFlags::PEEK,
            "oob" => MessageFlags::OOB,
            "dontwait" => MessageFlags::DONTWAIT,
            "waitall" => MessageFlags::WAITALL,
            "trunc" => MessageFlags::TRUNC,
            "errqueue" => MessageFlags::ERRQUEUE,
            _ => return Err(format!("no flag: {word}")),
        };
    }
    Ok(flags)
}

/// What stands in a control message of `data`, by its numbers on Linux.
fn control(level: i32, kind: i32, data: &[u8]) -> Control {
    let first = data.first().copied().unwrap_or_default();
    match (level, kind, data.len()) {
        (0, 2, 4) | (41, 52, 4) => Control::HopLimit(first),
        (0, 1, 1) | (41, 67, 4) => Control::TrafficClass(first),
        (0, 8, 12) => data
            .get(4..8)
            .and_then(|bytes| bytes.first_chunk::<4>())
            .map_or(Control::Other(level, kind), |address| Control::PacketInformation(Ipv4Addr::from(*address).into())),
        (41, 50, 20) => data
            .first_chunk::<16>()
            .map_or(Control::Other(level, kind), |address| Control::PacketInformation(Ipv6Addr::from(*address).into())),
        (1, 2, 12) => Control::Credentials,
        (1, 29, 16) => Control::Timestamp,
        _ => Control::Other(level, kind),
    }
}

/// As 64-bit Linux lays it out.
fn numbers(control: &Control, is_inet6: bool) -> Answer<Ancillary> {
    let integer = |value: u8| i32::from(value).to_le_bytes().to_vec();
    let (level, kind, data) = match control {
        Control::HopLimit(hops) if is_inet6 => (41, 52, integer(*hops)),
        Control::HopLimit(hops) => (0, 2, integer(*hops)),
        Control::TrafficClass(class) if is_inet6 => (41, 67, integer(*class)),
        Control::TrafficClass(class) => (0, 1, integer(*class)),
        Control::PacketInformation(IpAddr::V4(address)) => (0, 8, [[0; 4], address.octets(), [0; 4]].concat()),
        Control::PacketInformation(IpAddr::V6(address)) => (41, 50, [address.octets().as_slice(), &[0; 4]].concat()),
        Control::Credentials | Control::Timestamp | Control::Other(..) => return Err(NO_FORM.to_owned()),
    };
    Ok(Ancillary { level, kind, data })
}

const EVENTS: [(&str, Events); 7] = [
    ("in", Events::IN),
    ("pri", Events::PRI),
    ("out", Events::OUT),
    ("err", Events::ERR),
    ("hup", Events::HUP),
    ("nval", Events::NVAL),
    ("rdhup", Events::RDHUP),
];

const TRIGGERS: [(&str, Trigger); 2] = [("edge", Trigger::EDGE), ("oneshot", Trigger::ONE_SHOT)];

fn events(words: &str) -> Answer<Events> {
    values::flags(&EVENTS, Some(words), Events::empty())
}

fn words(events: Events) -> String {
    values::words(&EVENTS, |event| events.contains(event))
}

fn trigger(word: Option<&str>) -> Answer<Trigger> {
    values::flags(&TRIGGERS, word, Trigger::empty())
}
