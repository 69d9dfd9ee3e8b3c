//! The front end for Rust programs.

use std::cell::RefCell;
use std::io::{ErrorKind, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use wasocket::address::{Address, Family, Kind};
use wasocket::errno::Errno;
use wasocket::netdb::Hints;
use wasocket::polling::Events;
use wasocket::program::{AuditEvent, Program};

use crate::scripted::{PEER, ScriptNet, address};

#[test]
fn a_socket_is_a_stream_and_closes_when_it_is_dropped() {
    let program = Program::new(<ScriptNet>::default());
    let (mut one, other) = program.socketpair(Kind::Stream).unwrap();
    let fd = other.fileno();
    one.write_all(b"hello, ").unwrap();
    let (mut reader, mut writer) = other.makefile().unwrap();
    drop(other);
    assert!(!program.sockets().is_open(fd));
    one.write_all(b"world").unwrap();
    let mut greeting = [0; 12];
    reader.read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"hello, world");
    writer.write_all(b"bye").unwrap();
    drop((reader, writer));
    let mut rest = String::new();
    one.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "bye");
    assert_eq!(one.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
}

#[test]
fn timeouts_are_those_of_python() {
    let program = Program::new(<ScriptNet>::default());
    program.set_default_timeout(Some(Duration::ZERO));
    let (one, other) = program.socketpair(Kind::Stream).unwrap();
    assert_eq!(one.timeout(), Some(Duration::ZERO));
    assert_eq!((&one).read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert_eq!(one.recv(0), Ok(Vec::new()));
    one.set_timeout(Some(Duration::from_millis(1)));
    let error = (&one).read(&mut [0; 1]).unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::TimedOut, "timed out".to_owned()));
    let ready = program.poll(&[(&one, Events::IN), (&other, Events::OUT)], Some(Duration::ZERO)).unwrap();
    assert_eq!(ready, [Events::empty(), Events::OUT]);
}

#[test]
fn hooks_are_told_before_and_may_refuse() {
    let program = Program::new(<ScriptNet>::default());
    let told = Rc::new(RefCell::new(Vec::new()));
    let copy = Rc::clone(&told);
    program.add_audit_hook(move |event| {
        copy.borrow_mut().push(event.name());
        match event {
            AuditEvent::Bind(Address::Ip(address)) if address.port() == 22 => Err(Errno::EACCES.into()),
            _ => Ok(()),
        }
    });
    let socket = program.socket(Family::Inet, Kind::Stream, 0).unwrap();
    assert_eq!(socket.bind(("127.0.0.1", 22)), Err(Errno::EACCES.into()));
    assert_eq!(program.sockets().local_address(socket.fileno()).unwrap(), Address::Ip(address("0.0.0.0:0")));
    socket.connect(address(PEER)).unwrap();
    assert_eq!(socket.getpeername().unwrap(), Address::Ip(address(PEER)));
    let datagrams = program.socket(Family::Inet, Kind::Datagram, 0).unwrap();
    datagrams.send_to(b"x", ("127.0.0.1", 53)).unwrap();
    program.getaddrinfo(Some("127.0.0.1"), Some("80"), &Hints::default()).unwrap();
    program.gethostbyname("127.0.0.1").unwrap();
    program.gethostbyname_ex("127.0.0.1").unwrap();
    assert_eq!(program.gethostbyaddr("127.0.0.1").unwrap().name, "localhost");
    program.getnameinfo(address("127.0.0.1:80"), 3).unwrap();
    assert_eq!(program.getservbyname("http", Some("tcp")), Ok(80));
    assert_eq!(program.getservbyport(80, None), Ok("http"));
    assert_eq!(program.getprotobyname("tcp"), Ok(6));
    program.gethostname().unwrap();
    assert_eq!(program.sethostname(b"mine"), Err(Errno::EPERM.into()));
    let names = [
        "__new__",
        "bind",
        "connect",
        "__new__",
        "sendto",
        "getaddrinfo",
        "gethostbyname",
        "gethostbyname",
        "gethostbyaddr",
        "getnameinfo",
        "getservbyname",
        "getservbyport",
        "gethostname",
        "sethostname",
    ];
    assert_eq!(*told.borrow(), names.map(|name| format!("socket.{name}")));
}
