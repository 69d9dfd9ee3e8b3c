//! What is told of sockets: their states, as a guest's calls and the system change them, and who has which open.

use std::sync::Mutex;

use super::*;
use crate::policy::{Event, SocketState};

/// Sockets under a policy that allows everything, and the events of them as lines.
fn told() -> (Arc<Sockets>, Network, Arc<Mutex<Vec<String>>>) {
    let mut policy = Policy::new();
    policy.allow_everything().unwrap();
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let sink = Arc::clone(&lines);
    let network = Network::builder(policy).audit(move |event| sink.lock().unwrap().extend(line(event))).build();
    (Sockets::new(network.clone(), "localhost"), network, lines)
}

/// `1 connect connected 127.0.0.1:80`, and `1 end` with the bytes that went.
fn line(event: &Event) -> Option<String> {
    let mut words = vec![event.socket?.to_string()];
    match event.state {
        Some(state) => words.extend([event.operation, state].map(str::to_owned)),
        None => words.push(format!("end {:?} {:?}", event.bytes_sent?, event.bytes_received?)),
    }
    words.extend(event.address.zip(event.port).map(|(address, port)| format!("{address}:{port}")));
    words.extend(event.errno.map(str::to_owned));
    Some(words.join(" "))
}

fn so_error(socket: &Socket) {
    socket.option(&SocketOption::Error).unwrap();
}

#[tokio::test]
async fn each_state_of_a_connection_is_told_on_both_its_sides() {
    let (sockets, network, lines) = told();
    let (listener, client) = (tcp(&sockets), tcp(&sockets));
    listener.bind(loopback(0)).unwrap();
    listener.listen(1).unwrap();
    let there = format!("127.0.0.1:{}", port(&listener));
    client.connect(loopback(port(&listener)), HostDeadline::Never).await.unwrap();
    let here = format!("127.0.0.1:{}", port(&client));
    let (server, _) = listener.accept(HostDeadline::Never).await.unwrap();
    client.send(b"four", none(), HostDeadline::Never).await.unwrap();
    assert_eq!(server.recv(9, none(), HostDeadline::Never).await.unwrap(), b"four");

    let open = network.open_sockets();
    let seen: Vec<_> = open.iter().map(|socket| (socket.number, socket.state)).collect();
    assert_eq!(seen, [(1, SocketState::Listening), (2, SocketState::Connected), (3, SocketState::Connected)]);
    assert_eq!((open[1].bytes_sent, open[2].bytes_received), (Some(4), Some(4)));
    assert_eq!(open[1].local, open[2].remote);
    drop((listener, client, server));
    assert_eq!(network.open_sockets(), []);
    let expected = [
        "1 open open".to_owned(),
        "2 open open".to_owned(),
        format!("1 bind bound {there}"),
        format!("1 listen listening {there}"),
        format!("2 connect connecting {there}"),
        format!("2 connect connected {there}"),
        format!("3 accept connected {here}"),
        "1 end 0 0".to_owned(),
        format!("2 end 4 0 {there}"),
        format!("3 end 0 4 {here}"),
    ];
    // A loopback may connect at once or a moment later.
    let mut lines = lines.lock().unwrap().clone();
    if lines.len() < expected.len() {
        lines.insert(4, expected[4].clone());
    }
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn who_does_not_wait_for_a_connection_is_told_of_when_it_is_noticed() {
    let (sockets, network, lines) = told();
    let listener = tcp(&sockets);
    listener.bind(loopback(0)).unwrap();
    listener.listen(1).unwrap();
    let client = tcp(&sockets);
    assert_eq!(code(client.connect(loopback(port(&listener)), HostDeadline::Now).await), Some(Errno::InProgress));
    poll(&[(client.as_fd(), Readiness::WRITABLE)], HostDeadline::Never, &sockets.waits).await.unwrap();
    so_error(&client);
    assert_eq!(network.open_sockets()[1].state, SocketState::Connected);

    // The port is free again, and nobody is there.
    let nobody = port(&listener);
    drop(listener);
    let client = tcp(&sockets);
    assert_eq!(code(client.connect(loopback(nobody), HostDeadline::Now).await), Some(Errno::InProgress));
    poll(&[(client.as_fd(), Readiness::WRITABLE)], HostDeadline::Never, &sockets.waits).await.unwrap();
    so_error(&client);
    assert_eq!(lines.lock().unwrap().last().unwrap(), "3 connect open ECONNREFUSED");
    let waiting = tcp(&sockets);
    assert_eq!(code(waiting.connect(loopback(nobody), HostDeadline::Never).await), Some(Errno::ConnectionRefused));
    let lines = lines.lock().unwrap();
    assert!(
        lines.last().unwrap() == "4 connect open ECONNREFUSED" || lines.last().unwrap() == "4 open open",
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_datagram_socket_can_be_connected_and_alone_again_and_pairs_are_nobodys_business() {
    let (sockets, network, lines) = told();
    let pair = Socket::pair(&sockets, AddressFamily::Unix, SocketType::Stream, 0).unwrap();
    let (one, other) = (udp(&sockets), udp(&sockets));
    one.bind(loopback(0)).unwrap();
    other.connect(loopback(port(&one)), HostDeadline::Now).await.unwrap();
    assert_eq!(network.open_sockets()[1].remote.map(|remote| remote.port()), Some(port(&one)));
    other.connect(Address::Other(OtherAddress { family: 0, data: vec![0; 14] }), HostDeadline::Now).await.unwrap();
    assert_eq!(network.open_sockets()[1].remote, None);
    assert_eq!(lines.lock().unwrap().last().unwrap(), "2 connect open");
    drop(pair);
    assert_eq!(network.open_sockets().len(), 2);
}

#[tokio::test]
async fn a_decision_says_which_socket_has_asked() {
    let asked = Arc::<Mutex<Vec<_>>>::default();
    let sink = Arc::clone(&asked);
    let mut policy = Policy::new();
    policy.allow_inbound(Rule::parse("tcp://127.0.0.1:0").unwrap());
    let audit = move |event: &Event| {
        if event.event == "decision" {
            sink.lock().unwrap().push((event.socket, event.operation, event.verdict));
        }
    };
    let sockets = Sockets::new(Network::builder(policy).audit(audit).build(), "localhost");
    let (listener, client, datagrams) = (tcp(&sockets), tcp(&sockets), udp(&sockets));
    listener.bind(loopback(0)).unwrap();
    listener.listen(1).unwrap();
    assert_eq!(code(client.connect(loopback(1), HostDeadline::Never).await), Some(Errno::AccessDenied));
    assert_eq!(code(datagrams.connect(loopback(1), HostDeadline::Never).await), Some(Errno::AccessDenied));
    let expected = [
        (Some(1), "bind", Some("allowed")),
        (Some(1), "listen", Some("allowed")),
        (Some(2), "connect", Some("refused")),
        (Some(3), "send", Some("refused")),
    ];
    assert_eq!(*asked.lock().unwrap(), expected);
}
