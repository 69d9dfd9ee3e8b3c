//! Findings 6b and 6c: what counts is the socket, not the handle that opened it, has grown it, or is left of it.

use wasocket_host::policy::Quota;

use super::fixture::{Guest, Turn, listener};
use super::way::on_host;

fn one_connection(port: u16) -> Guest {
    Guest::new(&format!("[allow]\noutbound = ['tcp://127.0.0.1:{port}']\n[limits]\noutbound-connections = 1"))
}

const FULL: &str = "address-not-available";

#[test]
fn a_connection_counts_by_whichever_handle_is_left() {
    let _turn = Turn::take();
    let (_listener, port) = listener();
    let connect = |name: &str| format!("connect {name} 127.0.0.1:{port}");
    for script in [
        // Received before it is connected, between, and after; the pair is closed or not.
        &["pass a s", "take b h", "S", "drop s"][..],
        &["pass a s", "S", "take b h", "drop s"],
        &["S", "pass a s", "take b h", "drop s"],
        &["S", "pass a s", "drop s", "take b h"],
        &["pass a s", "take b h", "S", "drop s", "drop a", "drop b"],
        &["pass a s", "take b h", "H", "drop h"],
        // Nobody holds it, and it is open all the same.
        &["S", "pass a s", "drop s"],
        &["S", "pass a s", "take b h peek", "drop s", "drop h"],
        &["pass a s", "pass a s", "take b h", "take b i", "S", "drop s", "drop h"],
    ] {
        let guest = one_connection(port);
        let [one, two, last] = ["s", "h", "n"].map(connect);
        let script: Vec<&str> = ["pair a b stream", "tcp4 s"]
            .iter()
            .chain(script)
            .chain(&["tcp4 n", "N"])
            .map(|step| match *step {
                "S" => one.as_str(),
                "H" => two.as_str(),
                "N" => last.as_str(),
                step => step,
            })
            .collect();
        let lines = on_host(&guest, &script);
        assert_eq!(lines.last().unwrap(), FULL, "{script:?}: {lines:?}");
        assert!(guest.network.take(Quota::OutboundConnections, 1).is_ok(), "{script:?}: it is counted back at the end");
    }
}

/// The last handle that goes takes the connection with it.
#[test]
fn a_connection_ends_with_its_last_handle() {
    let _turn = Turn::take();
    let (_listener, port) = listener();
    let connect = |name: &str| format!("connect {name} 127.0.0.1:{port}");
    let script = ["pair a b stream", "tcp4 s", "pass a s", "take b h", &connect("s"), "drop s", "drop h", "tcp4 n"];
    let last = connect("n");
    let script: Vec<&str> = script.iter().copied().chain([last.as_str()]).collect();
    assert_eq!(on_host(&one_connection(port), &script).last().unwrap(), "ok");
}

#[test]
fn sockets_count_by_handle_and_while_they_travel() {
    let _turn = Turn::take();
    let guest = Guest::new("[limits]\nsockets = 5");
    let lines = on_host(
        &guest,
        &[
            "pair a b stream",
            "tcp4 s",
            "pass a s",
            "pass a s",
            "pass a s",
            "drop s",
            "tcp4 t",
            "tcp4 u",
            "take b h",
            "tcp4 u",
            "take b i",
            "tcp4 u",
            "drop h",
            "tcp4 u",
        ],
    );
    let full = "too-many-open-files";
    let expected = ["sent 1", "sent 1", full, "ok", "ok", full, "took 1", full, "took 1", full, "ok", "ok"];
    assert_eq!(lines[2..], expected, "{lines:?}");
    assert!(guest.network.take(Quota::Sockets, 5).is_ok());
}

/// Sockets with buffers as small as they can be, which one handle makes large, and another keeps.
#[test]
fn buffers_count_by_whichever_handle_has_set_them() {
    let _turn = Turn::take();
    let limit = 5_000_000;
    for ways in [
        &["pass a s", "take b h#", "setint s 1 8 1048576", "drop s"][..],
        &["pass a s", "take b h#", "setint h# 1 8 1048576", "drop s"],
        &["pass a s", "setint s 1 8 1048576", "drop s", "take b h#"],
        &["pass a s", "take b h", "pass a h", "take b h#", "drop h", "setint s 1 8 1048576", "drop s"],
        &["pass a s", "take b h# peek", "setint s 1 8 1048576", "drop s"],
    ] {
        let guest = Guest::new(&format!("[limits]\nbuffer-bytes = {limit}"));
        let start = ["pair a b stream", "udp4 s", "setint s 1 8 4096", "setint s 1 7 4608"];
        let end = ["drop a", "drop b", "getint h# 1 8"];
        let round = || start.iter().chain(ways).chain(&end);
        let script: Vec<String> =
            (0..20).flat_map(|number| round().map(move |step| step.replace('#', &number.to_string()))).collect();
        let script: Vec<&str> = script.iter().map(String::as_str).collect();
        let lines = on_host(&guest, &script);
        let kept: i64 = lines.iter().filter_map(|line| line.parse::<i64>().ok()).sum();
        assert!((400_000..=limit).contains(&kept), "{kept}: {ways:?}: {lines:?}");
        assert!(lines.contains(&"no-buffer-space".to_owned()), "{ways:?}: {lines:?}");
        assert!(guest.network.take(Quota::Buffers, 5_000_000).is_ok(), "{ways:?}: all of it is counted back");
    }
}
