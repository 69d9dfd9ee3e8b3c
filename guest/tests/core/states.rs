//! Every method in every state of a TCP socket, with the answers of a native run on Linux.

use wasocket::Result;
use wasocket::address::Shutdown;
use wasocket::errno::Errno::{self, *};
use wasocket::net::{ErrorCode, NetError};
use wasocket::sockets::Fd;
use wasocket::time::Timeout::NonBlocking;

use crate::scripted::{PEER, Program, ip, os, program, refused};

/// What each method answers; `None` is success.
struct Row {
    state: &'static str,
    reach: fn(&Program) -> Fd,
    bind: Option<Errno>,
    connect: Option<Errno>,
    listen: Option<Errno>,
    accept: Option<Errno>,
    receive: Option<Errno>,
    send: Option<Errno>,
    shutdown: Option<Errno>,
    peer: Option<Errno>,
}

fn bound(program: &Program) -> Fd {
    let fd = program.tcp();
    program.sockets.bind(fd, &ip("127.0.0.1:0")).unwrap();
    fd
}

fn failed(program: &Program) -> Fd {
    let fd = program.connecting();
    program.script.on_connect(Err(refused(ErrorCode::ConnectionRefused)));
    assert_eq!(program.sockets.peer_address(fd), os(ENOTCONN));
    fd
}

fn shut_for_writing(program: &Program) -> Fd {
    let fd = program.connected();
    program.sockets.shutdown(fd, Shutdown::Write).unwrap();
    fd
}

fn reset(program: &Program) -> Fd {
    let fd = program.connected();
    program.script.on_receive(Err(refused(ErrorCode::ConnectionReset)));
    assert_eq!(program.recv(fd, 1), os(ECONNRESET));
    fd
}

fn under_way(program: &Program) -> Fd {
    let fd = program.connecting();
    // Whatever asks finds the connection still under way.
    for _ in 0..3 {
        program.script.on_connect(Err(NetError::WouldBlock));
    }
    fd
}

const ROWS: &[Row] = &[
    Row {
        state: "fresh",
        reach: Program::tcp,
        bind: None,
        connect: Some(EINPROGRESS),
        listen: None,
        accept: Some(EINVAL),
        receive: Some(ENOTCONN),
        send: Some(EPIPE),
        shutdown: Some(ENOTCONN),
        peer: Some(ENOTCONN),
    },
    Row {
        state: "bound",
        reach: bound,
        bind: Some(EINVAL),
        connect: Some(EINPROGRESS),
        listen: None,
        accept: Some(EINVAL),
        receive: Some(ENOTCONN),
        send: Some(EPIPE),
        shutdown: Some(ENOTCONN),
        peer: Some(ENOTCONN),
    },
    Row {
        state: "connecting",
        reach: under_way,
        bind: Some(EINVAL),
        connect: Some(EALREADY),
        listen: Some(EINVAL),
        accept: Some(EINVAL),
        receive: Some(EAGAIN),
        send: Some(EAGAIN),
        shutdown: None,
        peer: Some(ENOTCONN),
    },
    Row {
        state: "failed",
        reach: failed,
        bind: None,
        connect: Some(ECONNREFUSED),
        listen: Some(EINVAL),
        accept: Some(EINVAL),
        receive: Some(ECONNREFUSED),
        send: Some(ECONNREFUSED),
        shutdown: Some(ENOTCONN),
        peer: Some(ENOTCONN),
    },
    Row {
        state: "connected",
        reach: Program::connected,
        bind: Some(EINVAL),
        connect: Some(EISCONN),
        listen: Some(EINVAL),
        accept: Some(EINVAL),
        receive: Some(EAGAIN),
        send: None,
        shutdown: None,
        peer: None,
    },
    Row {
        state: "shut for writing",
        reach: shut_for_writing,
        bind: Some(EINVAL),
        connect: Some(EISCONN),
        listen: Some(EINVAL),
        accept: Some(EINVAL),
        receive: Some(EAGAIN),
        send: Some(EPIPE),
        shutdown: None,
        peer: None,
    },
    Row {
        state: "reset",
        reach: reset,
        bind: Some(EINVAL),
        connect: Some(EISCONN),
        listen: Some(EINVAL),
        accept: Some(EINVAL),
        receive: None,
        send: Some(EPIPE),
        shutdown: Some(ENOTCONN),
        peer: Some(ENOTCONN),
    },
    Row {
        state: "listening",
        reach: Program::listening,
        bind: Some(EINVAL),
        connect: Some(EISCONN),
        listen: None,
        accept: Some(EAGAIN),
        receive: Some(ENOTCONN),
        send: Some(EPIPE),
        shutdown: None,
        peer: Some(ENOTCONN),
    },
];

fn check<T: std::fmt::Debug>(
    row: &Row,
    method: &str,
    expected: Option<Errno>,
    call: impl Fn(&Program, Fd) -> Result<T>,
) {
    let program = program();
    let fd = (row.reach)(&program);
    let answer = call(&program, fd);
    match expected {
        None => assert!(answer.is_ok(), "{method} on a socket that is {}: {answer:?}", row.state),
        Some(errno) => {
            assert_eq!(answer.map(|_| ()), os(errno), "{method} on a socket that is {}", row.state);
        }
    }
    program.sockets.close(fd).unwrap();
    assert_eq!(program.script.open_sockets(), 0, "{method} on a socket that is {} leaks", row.state);
}

#[test]
fn every_method_in_every_state() {
    for row in ROWS {
        check(row, "bind", row.bind, |program, fd| program.sockets.bind(fd, &ip("127.0.0.1:0")));
        check(row, "connect", row.connect, |program, fd| program.sockets.connect(fd, &ip(PEER), NonBlocking));
        check(row, "listen", row.listen, |program, fd| program.sockets.listen(fd, 1));
        check(row, "accept", row.accept, |program, fd| program.sockets.accept(fd, NonBlocking));
        check(row, "recv", row.receive, |program, fd| program.recv(fd, 10));
        check(row, "send", row.send, |program, fd| program.send(fd, b"x"));
        check(row, "shutdown", row.shutdown, |program, fd| program.sockets.shutdown(fd, Shutdown::Write));
        check(row, "getpeername", row.peer, |program, fd| program.sockets.peer_address(fd));
        check(row, "getsockname", None, |program, fd| program.sockets.local_address(fd));
        check(row, "dup", None, |program, fd| {
            let copy = program.sockets.dup(fd)?;
            program.sockets.close(copy)
        });
    }
}

#[test]
fn every_method_on_a_closed_descriptor() {
    let program = program();
    let fd = program.tcp();
    let sockets = &program.sockets;
    sockets.close(fd).unwrap();
    assert_eq!(sockets.bind(fd, &ip(PEER)), os(EBADF));
    assert_eq!(sockets.connect(fd, &ip(PEER), NonBlocking), os(EBADF));
    assert_eq!(sockets.listen(fd, 1), os(EBADF));
    assert_eq!(sockets.accept(fd, NonBlocking), os(EBADF));
    assert_eq!(program.recv(fd, 1), os(EBADF));
    assert_eq!(program.send(fd, b"x"), os(EBADF));
    assert_eq!(sockets.shutdown(fd, Shutdown::Both), os(EBADF));
    assert_eq!(sockets.local_address(fd), os(EBADF));
    assert_eq!(sockets.peer_address(fd), os(EBADF));
    assert_eq!(sockets.dup(fd), os(EBADF));
    assert_eq!(sockets.close(fd), os(EBADF));
    assert_eq!(sockets.set_nonblocking(fd, true), os(EBADF));
}
