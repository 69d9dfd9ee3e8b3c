//! What a guest would try that wants more than its policy gives.

use std::sync::Arc;

use super::super::bindings::wasocket::socket::host::{Readiness, Trigger};
use super::super::errors::HostResult;
use super::super::message::Outgoing;
use super::super::poll_set::PollSet;
use super::super::socket::Socket;
use super::super::state::Sockets;
use super::super::types::{
    Address, AddressFamily, Errno, Inet6Address, IpAddress, Membership, MessageFlags, MulticastInterface, OptionValue,
    OtherAddress, SocketOption, SocketType,
};
use super::super::waiting::HostDeadline;
use super::{code, loopback, none, open_to_all, port, tcp, udp};
use crate::policy::{Limits, Network, Policy, Rule};

/// A guest with nothing but inbound rules.
fn reached_at(rules: &[&str]) -> Arc<Sockets> {
    let mut policy = Policy::new();
    for rule in rules {
        policy.allow_inbound(Rule::parse_inbound(rule).unwrap());
    }
    Sockets::new(Network::new(policy, |_| ()), "localhost")
}

fn limited(limits: Limits) -> Arc<Sockets> {
    let mut policy = Policy::new();
    policy.allow_everything().unwrap().set_limits(limits);
    Sockets::new(Network::new(policy, |_| ()), "localhost")
}

fn listens_on_both(sockets: &Arc<Sockets>, is_only_v6: i32) -> HostResult<()> {
    let socket = Socket::create(sockets, AddressFamily::Inet6, SocketType::Stream, 0).unwrap();
    socket.set_option(&SocketOption::Ipv6V6only, &OptionValue::Integer(is_only_v6)).unwrap();
    let anywhere = Inet6Address { address: (0, 0, 0, 0, 0, 0, 0, 0), port: 0, flow_info: 0, scope_id: 0 };
    socket.bind(Address::Inet6(anywhere)).unwrap();
    socket.listen(1)
}

#[tokio::test]
async fn the_wildcard_of_ipv6_is_that_of_ipv4_as_well() {
    let one = reached_at(&["tcp://[::]:0"]);
    assert_eq!(code(listens_on_both(&one, 0)), Some(Errno::AccessDenied));
    listens_on_both(&one, 1).unwrap();
    listens_on_both(&reached_at(&["tcp://[::]:0", "tcp://0.0.0.0:0"]), 0).unwrap();
    listens_on_both(&reached_at(&["tcp://*:0"]), 0).unwrap();
    assert_eq!(code(listens_on_both(&reached_at(&["tcp://*:0#ipv6-only"]), 0)), Some(Errno::AccessDenied));
}

#[tokio::test]
async fn joining_a_group_is_being_reached_there() {
    let join = |sockets: &Arc<Sockets>| {
        let membership = Membership {
            group: IpAddress::Ipv4((239, 1, 2, 3)),
            interface: MulticastInterface::Address((127, 0, 0, 1)),
            source: None,
        };
        udp(sockets).set_option(&SocketOption::IpAddMembership, &OptionValue::Membership(membership))
    };
    let bytes = OptionValue::Bytes(vec![239, 1, 2, 3, 127, 0, 0, 1]);
    let closed = reached_at(&["udp://239.1.2.4:*"]);
    assert_eq!(code(join(&closed)), Some(Errno::AccessDenied));
    assert_eq!(code(udp(&closed).set_option(&SocketOption::IpAddMembership, &bytes)), Some(Errno::AccessDenied));
    let open = reached_at(&["udp://239.1.2.3:*"]);
    // Whether this machine can join at all is not the policy's business.
    assert_ne!(code(join(&open)), Some(Errno::AccessDenied));
}

#[tokio::test]
async fn nobody_sends_from_an_address_that_is_not_here() {
    let sockets = open_to_all();
    for option in [SocketOption::IpFreebind, SocketOption::IpTransparent] {
        assert_eq!(code(udp(&sockets).set_option(&option, &OptionValue::Integer(1))), Some(Errno::NotPermitted));
    }
}

#[tokio::test]
async fn a_set_does_not_grow_by_what_comes_and_goes() {
    let sockets = open_to_all();
    let set = PollSet::create(&sockets).unwrap();
    let socket = udp(&sockets);
    for _ in 0..1000 {
        set.add_socket(1, &socket, Readiness::READABLE, Trigger::empty()).unwrap();
        set.remove(1).unwrap();
    }
    assert_eq!(socket.watchers.lock().unwrap().len(), 1);
    for token in 0..1000 {
        set.add_socket(token, &udp(&sockets), Readiness::READABLE, Trigger::empty()).unwrap();
    }
    assert!(set.tokens() < 64, "{} tokens of sockets that are gone", set.tokens());
}

#[tokio::test]
async fn a_connection_that_was_handed_over_counts() {
    let (here, there) = (open_to_all(), limited(Limits { outbound_connections: Some(1), ..Limits::DEFAULT }));
    let listener = tcp(&here);
    listener.bind(loopback(0)).unwrap();
    listener.listen(9).unwrap();
    let to = loopback(port(&listener));
    let (sender, receiver) = Socket::pair(&there, AddressFamily::Unix, SocketType::Datagram, 0).unwrap();
    let first = tcp(&there);
    first.connect(to.clone(), HostDeadline::Never).await.unwrap();
    let parts = [b"x".to_vec()];
    let message = Outgoing { parts: &parts, ancillary: Vec::new(), rights: vec![&first], remote: None };
    sender.send_message(message, none(), HostDeadline::Never).await.unwrap();
    drop(first);
    let message = receiver.recv_message(9, 64, none(), HostDeadline::Never).await.unwrap();
    assert_eq!(message.rights.len(), 1);
    assert_eq!(code(tcp(&there).connect(to.clone(), HostDeadline::Never).await), Some(Errno::AddressNotAvailable));
    let fast = Outgoing { parts: &parts, ancillary: Vec::new(), rights: Vec::new(), remote: Some(to.clone()) };
    let opened = tcp(&there);
    let answer = opened.send_message(fast, MessageFlags::FAST_OPEN, HostDeadline::Never).await;
    assert_eq!(code(answer), Some(Errno::AddressNotAvailable));
    drop(message);
    let fast = Outgoing { parts: &parts, ancillary: Vec::new(), rights: Vec::new(), remote: Some(to.clone()) };
    let answer = opened.send_message(fast, MessageFlags::FAST_OPEN, HostDeadline::Never).await;
    assert!(matches!(code(answer), None | Some(Errno::InProgress)));
    assert_eq!(code(tcp(&there).connect(to, HostDeadline::Never).await), Some(Errno::AddressNotAvailable));
}

/// An accepted connection says nothing of whether the guest may connect to its peer.
#[tokio::test]
async fn a_socket_that_was_disconnected_goes_nowhere_by_itself() {
    let (open, guest) = (open_to_all(), reached_at(&["tcp://127.0.0.1:0"]));
    let (listener, peer) = (tcp(&guest), tcp(&open));
    listener.bind(loopback(0)).unwrap();
    listener.listen(1).unwrap();
    peer.connect(loopback(port(&listener)), HostDeadline::Never).await.unwrap();
    let (accepted, from) = listener.accept(HostDeadline::Never).await.unwrap();
    // A reset leaves nothing of the old connection, so that the peer can wait for a new one where it was.
    peer.set_option(&SocketOption::Linger, &OptionValue::Linger(Some(0))).unwrap();
    drop(peer);
    let again = tcp(&open);
    again.bind(from.clone()).unwrap();
    again.listen(1).unwrap();
    let nobody = Address::Other(OtherAddress { family: 0, data: Vec::new() });
    accepted.connect(nobody, HostDeadline::Never).await.unwrap();
    drop(accepted.finish_connect(HostDeadline::Never).await);
    assert_eq!(code(again.accept(HostDeadline::Now).await.map(drop)), Some(Errno::WouldBlock), "nobody has come");
    assert_eq!(code(accepted.connect(from, HostDeadline::Never).await), Some(Errno::AccessDenied));
}

/// What the system sets aside for these.
fn kept(socket: &Socket) -> u64 {
    let size = |option| match socket.option(&option).unwrap() {
        OptionValue::Integer(size) => u64::try_from(size).unwrap(),
        other => panic!("{other:?}"),
    };
    size(SocketOption::ReceiveBuffer) + size(SocketOption::SendBuffer)
}

#[tokio::test]
async fn buffers_are_counted_as_large_as_they_are() {
    let one = kept(&tcp(&open_to_all()));
    let sockets = limited(Limits { buffer_bytes: Some(3 * one), ..Limits::DEFAULT });
    let listener = tcp(&sockets);
    listener.bind(loopback(0)).unwrap();
    listener.listen(2).unwrap();
    let client = tcp(&sockets);
    client.connect(loopback(port(&listener)), HostDeadline::Never).await.unwrap();
    let (accepted, _) = listener.accept(HostDeadline::Never).await.unwrap();
    assert_eq!([&listener, &client, &accepted].map(kept), [one; 3], "none of them grows by itself");
    let create = || Socket::create(&sockets, AddressFamily::Inet, SocketType::Stream, 0);
    assert_eq!(code(create()), Some(Errno::NoBufferSpace));
    for option in [SocketOption::ReceiveBuffer, SocketOption::SendBuffer] {
        let large = OptionValue::Integer(i32::try_from(one).unwrap());
        assert_eq!(code(client.set_option(&option, &large)), Some(Errno::NoBufferSpace));
    }
    assert_eq!(kept(&client), one, "what was refused is undone");
    client.set_option(&SocketOption::ReceiveBuffer, &OptionValue::Integer(4096)).unwrap();
    assert_eq!(code(create()), Some(Errno::NoBufferSpace));
    drop(client);
    let again = create().unwrap();
    again.connect(loopback(port(&listener)), HostDeadline::Never).await.unwrap();
    drop(accepted);
    listener.accept(HostDeadline::Never).await.unwrap();
    assert_eq!(code(Socket::pair(&sockets, AddressFamily::Unix, SocketType::Stream, 0)), Some(Errno::NoBufferSpace));
}
