//! The audit of sockets on plain `wasi:sockets`.

use wasocket_host::policy::Event;

use super::fixture::{Guest, Turn, listener};

/// `1 connecting`, `1 end`.
fn line(event: &Event) -> Option<String> {
    let is_of_socket = event.event != "decision";
    event.socket.filter(|_| is_of_socket).map(|socket| format!("{socket} {}", event.state.unwrap_or("end")))
}

#[test]
fn each_state_of_a_socket_is_told_and_its_end() {
    let _turn = Turn::take();
    let ((listener, port), (closed, nobody)) = (listener(), listener());
    drop(closed);
    let guest =
        Guest::new("[allow]\ninbound = ['tcp://127.0.0.1:0', 'udp://127.0.0.1:0']\noutbound = ['tcp://127.0.0.1:*']");
    let outcome = guest.run(&[
        "tcp4 listener",
        "bind listener 127.0.0.1:0",
        "listen listener",
        "udp4 datagrams",
        "start-bind datagrams 127.0.0.1:0",
        "finish-bind datagrams",
        "tcp4 client",
        &format!("connect client 127.0.0.1:{port}"),
        "drop datagrams",
        "tcp4 alone",
        &format!("connect alone 127.0.0.1:{nobody}"),
    ]);
    drop(listener);
    assert_eq!(outcome.lines.last().map(String::as_str), Some("connection-refused"), "{outcome:?}");
    let lines = guest.events().iter().filter_map(line).collect::<Vec<_>>();
    let (ends, states): (Vec<_>, Vec<_>) = lines.iter().map(String::as_str).partition(|line| line.ends_with("end"));
    let expected = [
        "1 open",
        "1 bound",
        "1 listening",
        "2 open",
        "2 bound",
        "3 open",
        "3 connecting",
        "3 connected",
        "4 open",
        "4 connecting",
        "4 open",
    ];
    assert_eq!(states, expected, "{outcome:?}");
    assert_eq!((ends.len(), ends[0]), (4, "2 end"), "{outcome:?}");
    assert!(guest.network.open_sockets().is_empty(), "{outcome:?}");
}
