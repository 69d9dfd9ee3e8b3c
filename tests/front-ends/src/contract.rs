//! Through the contract, as a component in any language.

mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: r#"
            package wasocket:front-ends;

            world program {
                include wasocket:socket/imports@0.1.0;
            }
        "#,
        generate_all,
    });
}

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::time::Duration;

use bindings::wasocket::socket::netdb::{self, Getaddrinfo, Hints};
use bindings::wasocket::socket::polling::{self, Events, Poller, Trigger};
use bindings::wasocket::socket::sockets::Socket;
use bindings::wasocket::socket::types::{
    Address, AddressFamily, AddressInfoError, AncillaryData, Errno, Error, HostError, Inet6Address, InetAddress,
    IpAddress, MessageFlags, OptionValue, OtherOption, PacketInformation, ShutdownType, SocketOption, SocketType,
    UnixAddress,
};

use crate::table::NO_FORM;
use crate::values::{self, Answer, Control, FrontEnd, Message, Outgoing, Place};

/// The contract.
pub(crate) struct Contract;

/// The POSIX name of an error: that of its code, or its text.
fn named(error: Error) -> String {
    match error {
        Error::Os(error) => posix_name(error.code).to_owned(),
        Error::Timeout => "timed out".to_owned(),
        Error::AddressInfo(error) => format!("gaierror {}", address_info(error)),
        Error::Host(error) => format!(
            "herror {}",
            match error {
                HostError::NotFound => 1,
                HostError::TryAgain => 2,
                HostError::NoRecovery => 3,
                HostError::NoData => 4,
            }
        ),
        Error::Message(text) => text,
        Error::Other(error) => error.text,
    }
}

impl FrontEnd for Contract {
    type Socket = Socket;
    type Poller = Poller;

    fn socket(family: &str, kind: &str, protocol: u32) -> Answer<Socket> {
        let family = match family {
            "inet" => AddressFamily::Inet,
            "inet6" => AddressFamily::Inet6,
            "unix" => AddressFamily::Unix,
            number => AddressFamily::Other(number.parse().map_err(|_| format!("no family: {number}"))?),
        };
        Socket::create(family, type_of(kind)?, protocol).map_err(named)
    }

    fn pair(kind: &str) -> Answer<(Socket, Socket)> {
        Socket::pair(AddressFamily::Unix, type_of(kind)?, 0).map_err(named)
    }

    fn dup(socket: &Socket) -> Answer<Socket> {
        socket.dup().map_err(named)
    }

    fn close(socket: &Socket) -> Option<Answer<()>> {
        Some(socket.close().map_err(named))
    }

    fn set_timeout(socket: &Socket, timeout: Option<Duration>) -> Answer<()> {
        socket.set_timeout(timeout.map(nanoseconds)).map_err(named)
    }

    fn bind(socket: &Socket, local: &Place) -> Answer<()> {
        socket.bind(&address(local)).map_err(named)
    }

    fn connect(socket: &Socket, remote: &Place) -> Answer<()> {
        socket.connect(&address(remote)).map_err(named)
    }

    fn listen(socket: &Socket, backlog: u32) -> Answer<()> {
        socket.listen(Some(backlog)).map_err(named)
    }

    fn accept(socket: &Socket) -> Answer<(Socket, Place)> {
        let (accepted, peer) = socket.accept().map_err(named)?;
        Ok((accepted, place(peer)?))
    }

    fn shutdown(socket: &Socket, how: &str) -> Answer<()> {
        let how = match how {
            "read" => ShutdownType::Read,
            "write" => ShutdownType::Write,
            "both" => ShutdownType::Both,
            _ => return Err(NO_FORM.to_owned()),
        };
        socket.shutdown(how).map_err(named)
    }

    fn name(socket: &Socket) -> Answer<Place> {
        socket.getsockname().map_err(named).and_then(place)
    }

    fn peer(socket: &Socket) -> Answer<Place> {
        socket.getpeername().map_err(named).and_then(place)
    }

    fn receive(socket: &Socket, max: u32, flags: &[&str]) -> Answer<Vec<u8>> {
        socket.recv(max, message_flags(flags)?).map_err(named)
    }

    fn receive_message(socket: &Socket, max: u32, room: u32, flags: &[&str]) -> Answer<Message<Socket>> {
        let received = socket.recv_message(max, room, message_flags(flags)?).map_err(named)?;
        let named = [(MessageFlags::TRUNCATED, "trunc"), (MessageFlags::CONTROL_TRUNCATED, "ctrunc")];
        Ok(Message {
            data: received.data,
            rights: received.rights,
            control: received.ancillary.into_iter().map(control).collect(),
            flags: named.into_iter().filter(|(flag, _)| received.flags.contains(*flag)).map(|(_, name)| name).collect(),
        })
    }

    fn send(socket: &Socket, data: &[u8], flags: &[&str]) -> Answer<usize> {
        socket.send(data, message_flags(flags)?).map(|sent| sent as usize).map_err(named)
    }

    fn send_all(socket: &Socket, data: &[u8]) -> Answer<()> {
        socket.send_all(data, MessageFlags::empty()).map_err(named)
    }

    fn send_to(socket: &Socket, data: &[u8], remote: &Place) -> Answer<usize> {
        socket.send_to(data, MessageFlags::empty(), &address(remote)).map(|sent| sent as usize).map_err(named)
    }

    fn send_message(socket: &Socket, message: Outgoing<'_, Socket>) -> Answer<usize> {
        let ancillary = message.control.iter().map(ancillary).collect::<Answer<Vec<_>>>()?;
        let remote = message.to.as_ref().map(address);
        let sent =
            socket.send_message(&[message.data], &ancillary, &message.rights, MessageFlags::empty(), remote.as_ref());
        sent.map(|sent| sent as usize).map_err(named)
    }

    fn option(socket: &Socket, level: i32, name: i32) -> Answer<String> {
        // By name, an error is one; by its numbers it would be a number of nobody's table.
        let option = match (level, name) {
            (1, 4) => SocketOption::Error,
            _ => SocketOption::Other(OtherOption { level, name }),
        };
        match socket.get_option(option).map_err(named)? {
            OptionValue::Integer(value) => Ok(value.to_string()),
            OptionValue::Error(error) => Ok(error.map_or("0", posix_name).to_owned()),
            OptionValue::Bytes(bytes) => {
                Ok(bytes.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes)).to_string())
            }
            other => Ok(format!("{other:?}")),
        }
    }

    fn set_option(socket: &Socket, level: i32, name: i32, value: i32) -> Answer<()> {
        let option = SocketOption::Other(OtherOption { level, name });
        socket.set_option(option, &OptionValue::Integer(value)).map_err(named)
    }

    fn poll(asked: &[(&Socket, &str)], timeout: Option<Duration>) -> Answer<Vec<String>> {
        let asked = asked.iter().map(|(socket, words)| Ok((*socket, events(words)?))).collect::<Answer<Vec<_>>>()?;
        let found = polling::poll(&asked, timeout.map(nanoseconds)).map_err(named)?;
        Ok(found.into_iter().map(words).collect())
    }

    fn poller() -> Answer<Poller> {
        Ok(Poller::new())
    }

    fn watch(poller: &Poller, token: u64, socket: &Socket, asked: &str, how: Option<&str>) -> Answer<()> {
        poller.add_socket(token, socket, events(asked)?, trigger(how)?).map_err(named)
    }

    fn rewatch(poller: &Poller, token: u64, asked: &str, how: Option<&str>) -> Answer<()> {
        poller.modify(token, events(asked)?, trigger(how)?).map_err(named)
    }

    fn unwatch(poller: &Poller, token: u64) -> Answer<()> {
        poller.remove(token).map_err(named)
    }

    fn wait(poller: &Poller, most: u32, timeout: Option<Duration>) -> Answer<Vec<(u64, String)>> {
        let found = poller.wait(timeout.map(nanoseconds), most).map_err(named)?;
        Ok(found.into_iter().map(|event| (event.token, words(event.events))).collect())
    }

    fn gethostname() -> Answer<String> {
        netdb::gethostname().map_err(named)
    }

    fn sethostname(name: &str) -> Answer<()> {
        netdb::sethostname(name).map_err(named)
    }

    fn interfaces() -> Answer<Vec<(u32, String)>> {
        netdb::if_nameindex().map_err(named)
    }

    fn interface_index(name: &str) -> Answer<u32> {
        netdb::if_nametoindex(name).map_err(named)
    }

    fn interface_name(index: u32) -> Answer<String> {
        netdb::if_indextoname(index).map_err(named)
    }

    fn getaddrinfo(host: &str, service: &str) -> Answer<Vec<Place>> {
        let hints = Hints {
            family: None,
            type_: Some(SocketType::Stream),
            protocol: 0,
            flags: netdb::AddressInfoFlags::empty(),
        };
        let lookup = Getaddrinfo::create(Some(host), Some(service), hints).map_err(named)?;
        lookup.take(None).map_err(named)?.into_iter().map(|one| place(one.address)).collect()
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn type_of(kind: &str) -> Answer<SocketType> {
    Ok(match kind {
        "stream" => SocketType::Stream,
        "datagram" => SocketType::Datagram,
        "seqpacket" => SocketType::SequentialPacket,
        "raw" => SocketType::Raw,
        number => SocketType::Other(number.parse().map_err(|_| format!("no type: {number}"))?),
    })
}

fn address(place: &Place) -> Address {
    match place {
        Place::Ip(SocketAddr::V4(address)) => {
            Address::Inet(InetAddress { address: address.ip().octets().into(), port: address.port() })
        }
        Place::Ip(SocketAddr::V6(address)) => Address::Inet6(Inet6Address {
            address: address.ip().segments().into(),
            port: address.port(),
            flow_info: address.flowinfo(),
            scope_id: address.scope_id(),
        }),
        Place::Unix(name) if name.is_empty() => Address::Unix(UnixAddress::Unnamed),
        Place::Unix(name) => Address::Unix(match name.strip_prefix('@') {
            Some(name) => UnixAddress::Abstract(name.into()),
            None => UnixAddress::Path(name.as_str().into()),
        }),
    }
}

fn place(address: Address) -> Answer<Place> {
    Ok(match address {
        Address::Inet(InetAddress { address, port }) => Place::Ip(SocketAddrV4::new(ipv4(address), port).into()),
        Address::Inet6(Inet6Address { address, port, flow_info, scope_id }) => {
            Place::Ip(SocketAddrV6::new(ipv6(address), port, flow_info, scope_id).into())
        }
        Address::Unix(UnixAddress::Unnamed) => Place::Unix(String::new()),
        Address::Unix(UnixAddress::Path(path)) => Place::Unix(String::from_utf8_lossy(&path).into_owned()),
        Address::Unix(UnixAddress::Abstract(name)) => Place::Unix(format!("@{}", String::from_utf8_lossy(&name))),
        Address::Other(other) => return Err(format!("an address of the family {}", other.family)),
    })
}

fn ipv4((a, b, c, d): (u8, u8, u8, u8)) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, d)
}

fn ipv6(groups: (u16, u16, u16, u16, u16, u16, u16, u16)) -> Ipv6Addr {
    Ipv6Addr::from(<[u16; 8]>::from(groups))
}

fn message_flags(words: &[&str]) -> Answer<MessageFlags> {
    let mut flags = MessageFlags::empty();
    for word in words {
        flags |= match *word {
            "peek" => MessageFlags::PEEK,
            "oob" => MessageFlags::OUT_OF_BAND,
            "dontwait" => MessageFlags::DONT_WAIT,
            "waitall" => MessageFlags::WAIT_ALL,
            "trunc" => MessageFlags::TRUNCATED,
            "errqueue" => MessageFlags::ERROR_QUEUE,
            _ => return Err(format!("no flag: {word}")),
        };
    }
    Ok(flags)
}

fn control(data: AncillaryData) -> Control {
    match data {
        AncillaryData::HopLimit(hops) => Control::HopLimit(hops),
        AncillaryData::TrafficClass(class) => Control::TrafficClass(class),
        AncillaryData::PacketInformation(information) => Control::PacketInformation(match information.address {
            IpAddress::Ipv4(address) => IpAddr::V4(ipv4(address)),
            IpAddress::Ipv6(address) => IpAddr::V6(ipv6(address)),
        }),
        AncillaryData::Credentials(_) => Control::Credentials,
        AncillaryData::Timestamp(_) => Control::Timestamp,
        AncillaryData::OriginalDestination(_) => Control::Other(0, 20),
        AncillaryData::ExtendedError(_) => Control::Other(0, 11),
        AncillaryData::Other(other) => Control::Other(other.level, other.type_),
    }
}

fn ancillary(control: &Control) -> Answer<AncillaryData> {
    Ok(match control {
        Control::HopLimit(hops) => AncillaryData::HopLimit(*hops),
        Control::TrafficClass(class) => AncillaryData::TrafficClass(*class),
        Control::PacketInformation(address) => AncillaryData::PacketInformation(PacketInformation {
            address: match address {
                IpAddr::V4(address) => IpAddress::Ipv4(address.octets().into()),
                IpAddr::V6(address) => IpAddress::Ipv6(address.segments().into()),
            },
            interface: 0,
        }),
        Control::Credentials | Control::Timestamp | Control::Other(..) => return Err(NO_FORM.to_owned()),
    })
}

const EVENTS: [(&str, Events); 7] = [
    ("in", Events::READABLE),
    ("pri", Events::PRIORITY),
    ("out", Events::WRITABLE),
    ("err", Events::ERROR),
    ("hup", Events::HANG_UP),
    ("nval", Events::INVALID),
    ("rdhup", Events::READ_HANG_UP),
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

/// Its POSIX name: the contract has no numbers.
fn posix_name(errno: Errno) -> &'static str {
    match errno {
        Errno::AccessDenied => "EACCES",
        Errno::AddressInUse => "EADDRINUSE",
        Errno::AddressNotAvailable => "EADDRNOTAVAIL",
        Errno::AddressFamilyNotSupported => "EAFNOSUPPORT",
        Errno::WouldBlock => "EAGAIN",
        Errno::Already => "EALREADY",
        Errno::BadDescriptor => "EBADF",
        Errno::BadMessage => "EBADMSG",
        Errno::Busy => "EBUSY",
        Errno::Canceled => "ECANCELED",
        Errno::ConnectionAborted => "ECONNABORTED",
        Errno::ConnectionRefused => "ECONNREFUSED",
        Errno::ConnectionReset => "ECONNRESET",
        Errno::Deadlock => "EDEADLK",
        Errno::DestinationAddressRequired => "EDESTADDRREQ",
        Errno::OutsideDomain => "EDOM",
        Errno::Exists => "EEXIST",
        Errno::BadAddress => "EFAULT",
        Errno::HostDown => "EHOSTDOWN",
        Errno::HostUnreachable => "EHOSTUNREACH",
        Errno::InProgress => "EINPROGRESS",
        Errno::Interrupted => "EINTR",
        Errno::InvalidArgument => "EINVAL",
        Errno::InputOutput => "EIO",
        Errno::IsConnected => "EISCONN",
        Errno::IsDirectory => "EISDIR",
        Errno::TooManyLinks => "ELOOP",
        Errno::TooManyOpenFiles => "EMFILE",
        Errno::MessageTooLong => "EMSGSIZE",
        Errno::NameTooLong => "ENAMETOOLONG",
        Errno::NetworkDown => "ENETDOWN",
        Errno::NetworkReset => "ENETRESET",
        Errno::NetworkUnreachable => "ENETUNREACH",
        Errno::TooManyOpenFilesInSystem => "ENFILE",
        Errno::NoBufferSpace => "ENOBUFS",
        Errno::NoSuchDevice => "ENODEV",
        Errno::NoSuchEntry => "ENOENT",
        Errno::OutOfMemory => "ENOMEM",
        Errno::NoSuchOption => "ENOPROTOOPT",
        Errno::NoSpace => "ENOSPC",
        Errno::NotImplemented => "ENOSYS",
        Errno::NotConnected => "ENOTCONN",
        Errno::NotDirectory => "ENOTDIR",
        Errno::NotSocket => "ENOTSOCK",
        Errno::NoSuchAddress => "ENXIO",
        Errno::NotSupported => "EOPNOTSUPP",
        Errno::Overflow => "EOVERFLOW",
        Errno::NotPermitted => "EPERM",
        Errno::BrokenPipe => "EPIPE",
        Errno::ProtocolError => "EPROTO",
        Errno::ProtocolNotSupported => "EPROTONOSUPPORT",
        Errno::WrongProtocolType => "EPROTOTYPE",
        Errno::OutOfRange => "ERANGE",
        Errno::ReadOnly => "EROFS",
        Errno::EndpointShutDown => "ESHUTDOWN",
        Errno::SocketTypeNotSupported => "ESOCKTNOSUPPORT",
        Errno::TimedOut => "ETIMEDOUT",
        Errno::TooManyReferences => "ETOOMANYREFS",
        Errno::TooManyUsers => "EUSERS",
    }
}

/// Its number on Linux, as Python shows it.
fn address_info(error: AddressInfoError) -> i32 {
    match error {
        AddressInfoError::BadFlags => -1,
        AddressInfoError::NoName => -2,
        AddressInfoError::Again => -3,
        AddressInfoError::Fail => -4,
        AddressInfoError::NoData => -5,
        AddressInfoError::Family => -6,
        AddressInfoError::SocketType => -7,
        AddressInfoError::Service => -8,
        AddressInfoError::AddressFamily => -9,
        AddressInfoError::Memory => -10,
        AddressInfoError::Overflow => -12,
    }
}
