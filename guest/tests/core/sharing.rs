//! Threads of one program that use the same sockets: what one does while another waits.

use std::rc::Rc;
use std::time::Duration;

use wasocket::address::{Family, Kind, Shutdown};
use wasocket::errno::Errno;
use wasocket::message::MessageFlags;
use wasocket::net::{ErrorCode, NetError};
use wasocket::options::{OptionValue, SocketOption};
use wasocket::sockets::{Events, Fd, PollEntry};
use wasocket::time::Timeout;
use wasocket::{Error, Result, Sockets};

use crate::scripted::{PEER, Script, ScriptNet, ip, os, refused};

/// A program whose other threads do what the script says.
struct Crowd {
    sockets: Rc<Sockets<ScriptNet<true>>>,
    script: Rc<Script>,
}

const NO_FLAGS: MessageFlags = MessageFlags::empty();

impl Crowd {
    fn new() -> Self {
        let net = ScriptNet::<true>::default();
        let script = Rc::clone(&net.0);
        Self { sockets: Rc::new(Sockets::new(net)), script }
    }

    fn tcp(&self) -> Fd {
        self.sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()
    }

    fn connected(&self) -> Fd {
        let fd = self.tcp();
        self.sockets.connect(fd, &ip(PEER), Timeout::Blocking).unwrap();
        fd
    }

    /// Another thread does this during the next wait.
    fn meanwhile(&self, other: impl FnOnce(&Sockets<ScriptNet<true>>, &Script) + 'static) {
        let (sockets, script) = (Rc::clone(&self.sockets), Rc::clone(&self.script));
        self.script.meanwhile(move || other(&sockets, &script));
    }

    fn receive(&self, fd: Fd, max: usize, flags: MessageFlags, timeout: Timeout) -> Result<Vec<u8>> {
        self.sockets.receive(fd, max, flags, timeout).map(|received| received.data)
    }
}

fn poll(sockets: &Sockets<ScriptNet<true>>, fd: Fd, events: Events) -> Events {
    let mut entries = [PollEntry { fd, events, revents: Events::empty() }];
    sockets.poll(&mut entries, Timeout::NonBlocking).unwrap();
    entries[0].revents
}

#[test]
fn what_another_thread_has_read_ahead_is_received() {
    let crowd = Crowd::new();
    let fd = crowd.connected();
    crowd.script.on_receive(Err(NetError::WouldBlock));
    crowd.meanwhile(move |sockets, script| {
        script.on_poll(true, false);
        script.on_receive(Ok(b"abc"));
        assert_eq!(poll(sockets, fd, Events::IN), Events::IN);
    });
    assert_eq!(crowd.receive(fd, 9, NO_FLAGS, Timeout::Blocking).unwrap(), b"abc");
    assert_eq!(crowd.script.logged("changed"), 1, "the reader is to look");
}

#[test]
fn shutting_wakes_a_reader() {
    let crowd = Crowd::new();
    let fd = crowd.connected();
    crowd.script.on_receive(Err(NetError::WouldBlock));
    crowd.meanwhile(move |sockets, _| sockets.shutdown(fd, Shutdown::Read).unwrap());
    crowd.script.on_receive(Err(NetError::WouldBlock));
    assert_eq!(crowd.receive(fd, 9, NO_FLAGS, Timeout::Blocking).unwrap(), b"");
    assert_eq!(crowd.script.logged("changed"), 1);
}

#[test]
fn a_socket_that_is_closed_lives_as_long_as_a_call_on_it() {
    let crowd = Crowd::new();
    let fd = crowd.connected();
    crowd.script.on_receive(Err(NetError::WouldBlock));
    crowd.meanwhile(move |sockets, script| {
        sockets.close(fd).unwrap();
        assert_eq!(script.open_sockets(), 1);
        script.on_receive(Ok(b"late"));
    });
    assert_eq!(crowd.receive(fd, 9, NO_FLAGS, Timeout::Blocking).unwrap(), b"late");
    assert_eq!(crowd.script.open_sockets(), 0);
    assert_eq!(crowd.receive(fd, 9, NO_FLAGS, Timeout::Blocking), os(Errno::EBADF));
}

#[test]
fn a_number_that_means_another_socket_by_now_is_not_asked() {
    let crowd = Crowd::new();
    let fd = crowd.connected();
    crowd.script.on_receive(Err(NetError::WouldBlock));
    crowd.meanwhile(move |sockets, script| {
        sockets.close(fd).unwrap();
        assert_eq!(sockets.socket(Family::Inet, Kind::Stream, 0).unwrap(), fd);
        script.on_receive(Ok(b"of the old one"));
    });
    assert_eq!(crowd.receive(fd, 99, NO_FLAGS, Timeout::Blocking).unwrap(), b"of the old one");
}

#[test]
fn waiting_for_all_goes_on_between_the_parts() {
    for flags in [MessageFlags::WAITALL, MessageFlags::WAITALL | MessageFlags::PEEK] {
        let crowd = Crowd::new();
        let fd = crowd.connected();
        crowd.script.on_receive(Ok(b"ab"));
        crowd.script.on_receive(Err(NetError::WouldBlock));
        crowd.meanwhile(move |sockets, script| {
            sockets.local_address(fd).unwrap();
            script.on_receive(Ok(b"cd"));
        });
        assert_eq!(crowd.receive(fd, 4, flags, Timeout::Blocking).unwrap(), b"abcd", "{flags:?}");
    }
}

#[test]
fn waiting_for_all_ends_with_the_stream() {
    let crowd = Crowd::new();
    let fd = crowd.connected();
    crowd.script.on_receive(Ok(b"ab"));
    crowd.script.on_receive(Err(NetError::WouldBlock));
    crowd.meanwhile(|_, script| script.on_receive(Ok(b"")));
    assert_eq!(crowd.receive(fd, 4, MessageFlags::WAITALL, Timeout::Blocking).unwrap(), b"ab");
    assert_eq!(crowd.receive(fd, 4, NO_FLAGS, Timeout::Blocking).unwrap(), b"");
}

#[test]
fn time_runs_out_beside_others() {
    let crowd = Crowd::new();
    let fd = crowd.connected();
    for _ in 0..3 {
        crowd.script.on_receive(Err(NetError::WouldBlock));
    }
    crowd.meanwhile(|_, script| script.let_pass(Duration::from_secs(2)));
    crowd.meanwhile(|_, _| panic!("the time is over"));
    let timeout = Timeout::After(Duration::from_secs(1));
    assert_eq!(crowd.receive(fd, 4, NO_FLAGS, timeout), Err(Error::Timeout));
}

#[test]
fn what_came_of_all_is_given_when_the_limit_of_an_option_is_reached() {
    let crowd = Crowd::new();
    let fd = crowd.connected();
    let second = OptionValue::Bytes([1_i64.to_le_bytes(), 0_i64.to_le_bytes()].concat());
    crowd.sockets.set_option(fd, SocketOption::ReceiveTimeout, &second).unwrap();
    crowd.script.on_receive(Ok(b"ab"));
    crowd.script.on_receive(Err(NetError::WouldBlock));
    crowd.meanwhile(|_, script| script.let_pass(Duration::from_secs(2)));
    crowd.meanwhile(|_, _| panic!("the time is over"));
    assert_eq!(crowd.receive(fd, 4, MessageFlags::WAITALL, Timeout::Blocking).unwrap(), b"ab");
}

#[test]
fn a_blocking_send_sends_all() {
    let crowd = Crowd::new();
    let fd = crowd.connected();
    crowd.script.on_send(Ok(2));
    crowd.script.on_send(Err(NetError::WouldBlock));
    crowd.script.on_send(Err(NetError::WouldBlock));
    crowd.meanwhile(move |sockets, _| drop(sockets.peer_address(fd).unwrap()));
    let sent = crowd.sockets.send(fd, &[b"abcd"], NO_FLAGS, None, Timeout::Blocking);
    assert_eq!((sent, crowd.script.logged("send")), (Ok(4), 2));
}

#[test]
fn a_connection_that_another_thread_completes_is_connected() {
    let crowd = Crowd::new();
    let fd = crowd.tcp();
    crowd.script.on_connect(Err(NetError::WouldBlock));
    crowd.meanwhile(move |sockets, script| {
        script.on_poll(false, true);
        assert_eq!(poll(sockets, fd, Events::OUT), Events::OUT);
    });
    crowd.meanwhile(|_, _| panic!("it is connected"));
    assert_eq!(crowd.sockets.connect(fd, &ip(PEER), Timeout::Blocking), Ok(()));
}

#[test]
fn two_threads_connect_one_socket() {
    let crowd = Crowd::new();
    let fd = crowd.tcp();
    crowd.script.on_connect(Err(NetError::WouldBlock));
    crowd.meanwhile(move |sockets, _| assert_eq!(sockets.connect(fd, &ip(PEER), Timeout::NonBlocking), Ok(())));
    crowd.meanwhile(|_, _| panic!("it is connected"));
    assert_eq!(crowd.sockets.connect(fd, &ip(PEER), Timeout::Blocking), Ok(()));
}

#[test]
fn a_connection_in_time_or_not() {
    let crowd = Crowd::new();
    let fd = crowd.tcp();
    for _ in 0..4 {
        crowd.script.on_connect(Err(NetError::WouldBlock));
    }
    crowd.meanwhile(|_, _| {});
    crowd.meanwhile(|_, script| script.let_pass(Duration::from_secs(2)));
    crowd.meanwhile(|_, _| {});
    let late = crowd.sockets.connect(fd, &ip(PEER), Timeout::After(Duration::from_secs(1)));
    assert_eq!(late, Err(Error::Timeout));
    crowd.script.on_connect(Err(refused(ErrorCode::ConnectionRefused)));
    assert_eq!(crowd.sockets.connect(fd, &ip(PEER), Timeout::Blocking), os(Errno::ECONNREFUSED));
}

#[test]
fn two_threads_accept() {
    let crowd = Crowd::new();
    let fd = crowd.tcp();
    crowd.sockets.listen(fd, 5).unwrap();
    crowd.script.on_accept(Err(NetError::WouldBlock));
    crowd.meanwhile(move |sockets, script| {
        script.on_accept(Ok(None));
        drop(sockets.accept(fd, Timeout::NonBlocking).unwrap());
        script.on_accept(Err(NetError::WouldBlock));
    });
    crowd.meanwhile(move |sockets, script| {
        script.on_poll(true, false);
        script.on_accept(Ok(None));
        assert_eq!(poll(sockets, fd, Events::IN), Events::IN);
    });
    drop(crowd.sockets.accept(fd, Timeout::Blocking).unwrap());
    assert_eq!(crowd.script.open_sockets(), 3);
}

#[test]
fn datagrams_for_a_socket_that_another_thread_binds() {
    let crowd = Crowd::new();
    let fd = crowd.sockets.socket(Family::Inet, Kind::Datagram, 0).unwrap();
    crowd.meanwhile(move |sockets, script| {
        sockets.bind(fd, &ip("127.0.0.1:0")).unwrap();
        script.on_datagram_error(NetError::WouldBlock);
    });
    crowd.meanwhile(|_, script| script.on_datagram(b"hello", PEER));
    assert_eq!(crowd.receive(fd, 9, NO_FLAGS, Timeout::Blocking).unwrap(), b"hello");
    assert_eq!(crowd.script.logged("wait for 1"), 1);
}

#[test]
fn a_pair_between_threads() {
    let crowd = Crowd::new();
    let (one, other) = crowd.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    crowd.meanwhile(move |sockets, _| {
        assert_eq!(sockets.send(other, &[b"ab"], NO_FLAGS, None, Timeout::Blocking), Ok(2));
    });
    assert_eq!(crowd.receive(one, 9, NO_FLAGS, Timeout::Blocking).unwrap(), b"ab");
    crowd.meanwhile(move |sockets, _| sockets.close(other).unwrap());
    assert_eq!(crowd.receive(one, 9, NO_FLAGS, Timeout::Blocking).unwrap(), b"");
}

#[test]
fn more_than_a_pair_holds() {
    const LENGTH: usize = 500_000;
    let crowd = Crowd::new();
    let (one, other) = crowd.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    for _ in 0..9 {
        crowd.meanwhile(move |sockets, _| {
            let received = sockets.receive(other, LENGTH, NO_FLAGS, Timeout::NonBlocking).unwrap();
            assert!(!received.data.is_empty());
        });
    }
    let sent = crowd.sockets.send(one, &[&vec![1; LENGTH]], NO_FLAGS, None, Timeout::Blocking);
    assert_eq!(sent, Ok(LENGTH));

    let crowd = Crowd::new();
    let (one, other) = crowd.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    for _ in 0..5 {
        crowd.meanwhile(move |sockets, _| {
            assert!(sockets.send(other, &[&[2; LENGTH / 5]], NO_FLAGS, None, Timeout::NonBlocking).is_ok());
        });
    }
    let received = crowd.receive(one, LENGTH, MessageFlags::WAITALL, Timeout::Blocking).unwrap();
    assert_eq!(received.len(), LENGTH);
}

#[test]
fn nobody_is_left_to_send() {
    let crowd = Crowd::new();
    let (one, _other) = crowd.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    crowd.meanwhile(|_, _| {});
    assert_eq!(crowd.receive(one, 9, NO_FLAGS, Timeout::Blocking), os(Errno::EDEADLK));
}

#[test]
fn nothing_is_held_back_beside_others() {
    let crowd = Crowd::new();
    let fd = crowd.connected();
    crowd.sockets.set_coalescing(true);
    crowd.sockets.set_option(fd, SocketOption::NoDelay, &OptionValue::Int(1)).unwrap();
    assert_eq!(crowd.sockets.send(fd, &[b"first"], NO_FLAGS, None, Timeout::Blocking), Ok(5));
    assert!(crowd.sockets.holds_writes(), "the control");
    crowd.meanwhile(|_, _| {});
    assert_eq!(crowd.sockets.send(fd, &[b"second"], NO_FLAGS, None, Timeout::Blocking), Ok(6));
    assert!(!crowd.sockets.holds_writes());
    let sent = crowd.script.log.borrow().iter().filter(|line| line.starts_with("send")).cloned().collect::<Vec<_>>();
    assert_eq!(sent, ["send \"first\"", "send \"second\""]);
}
