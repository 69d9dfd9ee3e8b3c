//! Inbound rules: where a guest is reachable, from which senders it receives, and the wildcard address.

use std::net::SocketAddr;

use wasmtime_wasi::sockets::SocketAddrUse;

use super::super::{Network, Policy, Protocol};
use super::{Guest, rule};
use crate::accounting::account::SocketAccount;
use crate::accounting::buffers::Buffers;
use crate::accounting::record::Origin;
use crate::network::{AddressAttempt, Requester};

/// What WASI asks about is what it uses: an address that goes elsewhere than it says is not the one that was let pass.
#[test]
fn the_wildcard_is_let_pass_as_the_loopback_alone() {
    let guest = Guest::with_outbound(&["tcp://127.0.0.1:8080", "tcp://[::1]:8080"]);
    for (said, meant) in
        [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::ffff:0.0.0.0]:8080", "127.0.0.1:8080"), ("[::]:8080", "[::1]:8080")]
    {
        let admitted = guest.network.admit_connect(said.parse().unwrap()).unwrap();
        assert_eq!(admitted.address().to_string(), meant);
        assert!(!guest.may(SocketAddrUse::TcpConnect, said), "{said}");
        assert!(guest.may(SocketAddrUse::TcpConnect, meant), "{meant}");
    }
}

#[test]
fn datagrams_come_back_from_where_they_may_go() {
    let guest = Guest::with_outbound(&["udp://192.0.2.1:53"]);
    assert!(guest.may(SocketAddrUse::UdpSend, "192.0.2.1:53"));
    assert!(guest.may(SocketAddrUse::UdpReceive, "192.0.2.1:53"));
    assert!(!guest.may(SocketAddrUse::UdpReceive, "192.0.2.2:53"));
}

#[test]
fn a_udp_server_may_answer_who_asked_and_no_one_else() {
    let mut policy = Policy::new();
    policy.allow_inbound(rule("udp://127.0.0.1:53")).deny_outbound(rule("udp://192.0.2.9:*"));
    let network = Network::builder(policy).build();
    let socket = |local: &str| {
        let account = network.account(Some(Protocol::Udp), Buffers::default(), Origin::New);
        account.bound(Some(local.parse().unwrap()));
        account
    };
    let may = |socket: &SocketAccount, attempt: fn(SocketAddr) -> AddressAttempt, peer: &str| {
        network.decide(Requester::socket(socket), attempt(peer.parse().unwrap())).is_ok()
    };
    let (send, receive) = (AddressAttempt::Send, AddressAttempt::Receive);
    let (server, other) = (socket("127.0.0.1:53"), socket("0.0.0.0:40000"));
    assert!(!may(&server, send, "192.0.2.1:4000"));
    assert!(may(&server, receive, "192.0.2.1:4000"));
    assert!(may(&server, send, "192.0.2.1:4000"));
    assert!(!may(&server, send, "192.0.2.1:4001"));
    assert!(may(&server, receive, "192.0.2.9:4000"));
    assert!(!may(&server, send, "192.0.2.9:4000"), "deny wins");
    assert!(!may(&other, receive, "192.0.2.1:4000"), "the rule is on another address");
    assert!(!may(&other, send, "192.0.2.1:4000"), "another socket has heard it");
}

#[test]
fn implicit_binds_are_free_and_listening_on_them_is_not() {
    let guest = Guest::with_outbound(&["tcp://*:*"]);
    for address in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"] {
        assert!(guest.may(SocketAddrUse::TcpBind, address));
        assert!(guest.may(SocketAddrUse::UdpBind, address));
    }
    assert!(!guest.may(SocketAddrUse::TcpListen, "0.0.0.0:40000"));
    assert_eq!(guest.reports(), ["listen on tcp 0.0.0.0:40000; allow it with --allow-inbound tcp://0.0.0.0:0"]);
}

#[test]
fn port_0_of_an_inbound_rule_is_a_port_the_system_chooses() {
    let guest = Guest::with_inbound(&["tcp://127.0.0.1:0"]);
    assert!(guest.may(SocketAddrUse::TcpBind, "127.0.0.1:0"));
    assert!(guest.may(SocketAddrUse::TcpListen, "127.0.0.1:40000"));
    assert!(!guest.may(SocketAddrUse::TcpBind, "127.0.0.1:40000"));
    assert!(!guest.may(SocketAddrUse::TcpListen, "0.0.0.0:40000"));
    assert!(guest.may(SocketAddrUse::TcpAccept, "192.0.2.1:5555"));
}

#[test]
fn an_inbound_rule_on_one_address_does_not_allow_the_wildcard() {
    let guest = Guest::with_inbound(&["tcp://localhost:80", "tcp://10.0.0.0/8:80"]);
    assert!(guest.may(SocketAddrUse::TcpBind, "127.0.0.1:80"));
    assert!(guest.may(SocketAddrUse::TcpBind, "[::1]:80"));
    assert!(!guest.may(SocketAddrUse::TcpBind, "0.0.0.0:80"));
    assert!(!guest.may(SocketAddrUse::TcpBind, "[::]:80"));
}
