//! The sockets of one guest, used as a guest uses them, against the loopback.

mod alone;
mod attacks;
mod audit;
mod complete;
mod interrupted;
mod paths;
mod travel;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bindings::wasocket::socket::host::{Readiness, Trigger};
use super::errors::HostResult;
use super::message::Outgoing;
use super::poll::poll;
use super::poll_set::PollSet;
use super::socket::Socket;
use super::state::Sockets;
use super::types::{
    Address, AddressFamily, Errno, Error, InetAddress, MessageFlags, OptionValue, OsError, OtherAddress, OtherOption,
    SocketOption, SocketType, UnixAddress,
};
use super::waiting::HostDeadline;
use crate::policy::{Limits, Network, Policy, Rule};

/// No flags.
fn none() -> MessageFlags {
    MessageFlags::empty()
}

fn open_to_all() -> Arc<Sockets> {
    let mut policy = Policy::new();
    policy.allow_everything().unwrap();
    Sockets::new(Network::new(policy, |_| ()), "localhost")
}

fn tcp(sockets: &Arc<Sockets>) -> Socket {
    Socket::create(sockets, AddressFamily::Inet, SocketType::Stream, 0).unwrap()
}

fn udp(sockets: &Arc<Sockets>) -> Socket {
    Socket::create(sockets, AddressFamily::Inet, SocketType::Datagram, 0).unwrap()
}

fn loopback(port: u16) -> Address {
    Address::Inet(InetAddress { address: (127, 0, 0, 1), port })
}

fn port(socket: &Socket) -> u16 {
    match socket.getsockname().unwrap() {
        Address::Inet(InetAddress { port, .. }) => port,
        other => panic!("{other:?}"),
    }
}

fn code<T>(answer: HostResult<T>) -> Option<Errno> {
    match answer {
        Err(Error::Os(OsError { code, .. })) => Some(code),
        _ => None,
    }
}

async fn connected(sockets: &Arc<Sockets>) -> (Socket, Socket) {
    let (listener, client) = (tcp(sockets), tcp(sockets));
    listener.bind(loopback(0)).unwrap();
    listener.listen(1).unwrap();
    client.connect(loopback(port(&listener)), HostDeadline::Never).await.unwrap();
    let (server, peer) = listener.accept(HostDeadline::Never).await.unwrap();
    assert!(matches!(peer, Address::Inet(InetAddress { port: from, .. }) if from == port(&client)));
    (client, server)
}

fn soon() -> HostDeadline {
    HostDeadline::At(Instant::now() + Duration::from_millis(20))
}

#[tokio::test]
async fn bytes_go_both_ways_and_the_end_is_none() {
    let sockets = open_to_all();
    let (client, server) = connected(&sockets).await;
    assert_eq!(code(client.recv(9, none(), HostDeadline::Now).await), Some(Errno::WouldBlock));
    assert_eq!(code(client.recv(9, none(), soon()).await), Some(Errno::WouldBlock));
    let data = vec![7; 3 << 20];
    let (received, sent) = tokio::join!(
        async {
            let mut count = 0;
            while count < 1 << 20 {
                count += client.recv(1 << 30, none(), HostDeadline::Never).await.unwrap().len();
            }
            count
        },
        server.send(&data, none(), HostDeadline::Never),
    );
    assert_eq!((received, sent.unwrap()), (1 << 20, 1 << 20), "1 MiB at once is the cap");
    server.send(b"abc", none(), HostDeadline::Now).await.unwrap();
    let peeked = client.recv(2, MessageFlags::PEEK, HostDeadline::Never).await.unwrap();
    assert_eq!(peeked, b"ab");
    drop(server);
    assert_eq!(client.recv(9, MessageFlags::WAIT_ALL, HostDeadline::Never).await.unwrap(), b"abc");
    assert!(client.recv(9, none(), HostDeadline::Never).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_socket_that_waits_holds_up_nobody_else() {
    let sockets = open_to_all();
    let (client, server) = connected(&sockets).await;
    let (received, ()) = tokio::join!(client.recv(9, none(), HostDeadline::Never), async {
        server.send(b"late", none(), HostDeadline::Never).await.unwrap();
    });
    assert_eq!(received.unwrap(), b"late");
}

#[tokio::test]
async fn a_refused_connection_is_refused_and_a_socket_that_lingers_not_at_all_resets() {
    let sockets = open_to_all();
    let listener = tcp(&sockets);
    listener.bind(loopback(0)).unwrap();
    let free = port(&listener);
    drop(listener);
    assert_eq!(code(tcp(&sockets).connect(loopback(free), HostDeadline::Never).await), Some(Errno::ConnectionRefused));
    let (client, server) = connected(&sockets).await;
    server.set_option(&SocketOption::Linger, &OptionValue::Linger(Some(0))).unwrap();
    assert!(matches!(server.option(&SocketOption::Linger), Ok(OptionValue::Linger(Some(0)))));
    drop(server);
    assert_eq!(code(client.recv(1, none(), HostDeadline::Never).await), Some(Errno::ConnectionReset));
}

#[tokio::test]
async fn options_go_by_name_or_number_and_what_is_not_listed_does_not_exist() {
    let sockets = open_to_all();
    let socket = tcp(&sockets);
    socket.set_option(&SocketOption::TcpNoDelay, &OptionValue::Integer(1)).unwrap();
    let other = |level, name| SocketOption::Other(OtherOption { level, name });
    let by_number = socket.option(&other(libc::IPPROTO_TCP, libc::TCP_NODELAY)).unwrap();
    assert!(matches!(by_number, OptionValue::Bytes(bytes) if bytes == 1_i32.to_ne_bytes()));
    // A filter is a pointer into this process.
    let filter = other(libc::SOL_SOCKET, libc::SO_ATTACH_FILTER);
    assert_eq!(code(socket.set_option(&filter, &OptionValue::Bytes(vec![0; 16]))), Some(Errno::NoSuchOption));
    for option in [SocketOption::IpTransparent, SocketOption::Mark, SocketOption::IpOptions] {
        let set = socket.set_option(&option, &OptionValue::Bytes(vec![0x83, 7, 4, 127, 0, 0, 1, 0]));
        assert_eq!(code(set), Some(Errno::NotPermitted), "{option:?}");
    }
}

#[tokio::test]
async fn sockets_that_guests_may_not_have_are_refused_whatever_this_process_may() {
    let sockets = open_to_all();
    let create = |family, style, protocol| code(Socket::create(&sockets, family, style, protocol));
    assert_eq!(create(AddressFamily::Inet, SocketType::Raw, 1), Some(Errno::NotPermitted));
    assert_eq!(create(AddressFamily::Other(17), SocketType::Raw, 0), Some(Errno::AddressFamilyNotSupported));
    assert_eq!(create(AddressFamily::Inet, SocketType::Stream, 132), Some(Errno::ProtocolNotSupported));
    assert_eq!(create(AddressFamily::Inet, SocketType::Other(10), 0), Some(Errno::SocketTypeNotSupported));
    assert_eq!(sockets.open(), 0);
}

#[tokio::test]
async fn every_way_out_asks_the_policy() {
    let open = open_to_all();
    let target = udp(&open);
    target.bind(loopback(0)).unwrap();
    let there = || loopback(port(&target));
    let closed = Sockets::new(Network::new(Policy::new(), |_| ()), "localhost");
    let refused = |answer: HostResult<()>| match answer {
        Err(Error::Os(OsError { code: Errno::AccessDenied, detail: Some(detail) })) => {
            assert!(detail.contains("--allow-"), "{detail}");
        }
        other => panic!("{other:?}"),
    };
    refused(tcp(&closed).connect(there(), HostDeadline::Never).await);
    refused(udp(&closed).connect(there(), HostDeadline::Never).await);
    refused(tcp(&closed).bind(loopback(0)));
    refused(tcp(&closed).listen(1));
    let sender = udp(&closed);
    let send = |remote, flags| {
        let sender = &sender;
        async move {
            let parts = [b"x".to_vec()];
            let message = Outgoing { parts: &parts, ancillary: Vec::new(), rights: Vec::new(), remote: Some(remote) };
            sender.send_message(message, flags, HostDeadline::Never).await.map(drop)
        }
    };
    refused(send(there(), none()).await);
    // The system would take an address of no family for one of IPv4.
    let nobody = Address::Other(OtherAddress { family: 0, data: vec![0, 53, 127, 0, 0, 1] });
    assert_eq!(code(send(nobody, none()).await), Some(Errno::AddressFamilyNotSupported));
    let parts = [b"x".to_vec()];
    let fast = Outgoing { parts: &parts, ancillary: Vec::new(), rights: Vec::new(), remote: Some(there()) };
    refused(tcp(&closed).send_message(fast, MessageFlags::FAST_OPEN, HostDeadline::Never).await.map(drop));
    assert_eq!(code(target.recv(9, none(), HostDeadline::Now).await), Some(Errno::WouldBlock), "nothing has come");
}

#[tokio::test]
async fn datagrams_of_senders_that_are_not_allowed_are_passed_over() {
    let open = open_to_all();
    let (friend, stranger) = (udp(&open), udp(&open));
    friend.bind(loopback(0)).unwrap();
    stranger.bind(loopback(0)).unwrap();
    let mut policy = Policy::new();
    policy.allow_outbound(Rule::parse(&format!("udp://127.0.0.1:{}", port(&friend))).unwrap());
    let sockets = Sockets::new(Network::new(policy, |_| ()), "localhost");
    let guest = udp(&sockets);
    let to = |socket: &Socket| Outgoing {
        parts: &[],
        ancillary: Vec::new(),
        rights: Vec::new(),
        remote: Some(loopback(port(socket))),
    };
    guest.send_message(to(&friend), none(), HostDeadline::Never).await.unwrap();
    for (sender, text) in [(&stranger, "no"), (&friend, "yes")] {
        sender.connect(loopback(port(&guest)), HostDeadline::Never).await.unwrap();
        sender.send(text.as_bytes(), none(), HostDeadline::Never).await.unwrap();
    }
    assert_eq!(guest.recv(9, MessageFlags::PEEK, HostDeadline::Never).await.unwrap(), b"yes");
    let message = guest.recv_message(2, 0, none(), HostDeadline::Never).await.unwrap();
    assert_eq!((message.data, message.length), (b"ye".to_vec(), 3));
    assert!(message.flags.contains(MessageFlags::TRUNCATED));
}

#[tokio::test]
async fn a_flood_of_what_is_not_allowed_keeps_nobody_waiting() {
    let stranger = udp(&open_to_all());
    let friend = udp(&open_to_all());
    friend.bind(loopback(0)).unwrap();
    let mut policy = Policy::new();
    policy.allow_outbound(Rule::parse(&format!("udp://127.0.0.1:{}", port(&friend))).unwrap());
    let sockets = Sockets::new(Network::new(policy, |_| ()), "localhost");
    let guest = udp(&sockets);
    guest
        .send_message(
            Outgoing { parts: &[], ancillary: Vec::new(), rights: Vec::new(), remote: Some(loopback(port(&friend))) },
            none(),
            HostDeadline::Never,
        )
        .await
        .unwrap();
    let there = loopback(port(&guest));
    for socket in [&stranger, &friend] {
        socket.connect(there.clone(), HostDeadline::Never).await.unwrap();
    }
    for _ in 0..150 {
        stranger.send(b"no", none(), HostDeadline::Never).await.unwrap();
    }
    friend.send(b"yes", none(), HostDeadline::Never).await.unwrap();
    assert_eq!(code(guest.recv(9, none(), HostDeadline::Now).await), Some(Errno::WouldBlock), "64 of them at a time");
    assert_eq!(guest.recv(9, none(), HostDeadline::Never).await.unwrap(), b"yes", "past the rest of them");
}

#[tokio::test]
async fn no_module_of_the_kernel_is_loaded_for_a_guest() {
    let socket = tcp(&open_to_all());
    let OptionValue::Text(used) = socket.option(&SocketOption::TcpCongestion).unwrap() else { panic!("a name") };
    socket.set_option(&SocketOption::TcpCongestion, &OptionValue::Text(used)).unwrap();
    for name in ["", "lp_that_is_none", "\0"] {
        let set = socket.set_option(&SocketOption::TcpCongestion, &OptionValue::Text(name.to_owned()));
        assert_eq!(code(set), Some(Errno::NoSuchEntry), "{name:?}");
    }
}

#[tokio::test]
async fn all_that_a_guest_held_is_given_back() {
    let sockets = open_to_all();
    let before = std::fs::read_dir("/proc/self/fd").unwrap().count();
    let mut held = Vec::new();
    for _ in 0..200 {
        held.push(Socket::pair(&sockets, AddressFamily::Unix, SocketType::Stream, 0).unwrap());
    }
    assert_eq!(sockets.open(), 400);
    drop(held);
    assert_eq!(sockets.open(), 0);
    // Other tests of this process open and close theirs at the same time: far fewer than these.
    assert!(std::fs::read_dir("/proc/self/fd").unwrap().count() < before + 200);
}

#[tokio::test]
async fn limits_hold_and_the_audit_counts_what_went_by() {
    let events = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&events);
    let mut policy = Policy::new();
    policy.allow_everything().unwrap();
    policy.set_limits(Limits { sockets: Some(3), inbound_connections: Some(0), ..Limits::DEFAULT });
    let network = Network::builder(policy)
        .audit(move |event| seen.lock().unwrap().push(serde_json::to_value(event).unwrap()))
        .build();
    let sockets = Sockets::new(network, "localhost");
    let (listener, client) = (tcp(&sockets), tcp(&sockets));
    listener.bind(loopback(0)).unwrap();
    listener.listen(1).unwrap();
    client.connect(loopback(port(&listener)), HostDeadline::Never).await.unwrap();
    assert_eq!(
        code(listener.accept(HostDeadline::Never).await),
        Some(Errno::TooManyOpenFiles),
        "no connection may come in"
    );
    let third = tcp(&sockets);
    assert_eq!(
        code(Socket::create(&sockets, AddressFamily::Inet, SocketType::Stream, 0)),
        Some(Errno::TooManyOpenFiles)
    );
    drop((third, client, listener));
    assert_eq!(sockets.open(), 0);
    let text = serde_json::to_string(&*events.lock().unwrap()).unwrap();
    assert!(text.contains("bytes_sent"), "{text}");
}
