//! Finding 7: an audit continues, whatever texts a guest puts into it.

use std::sync::{Arc, Mutex};

use super::fixture::{Guest, Turn, listener};
use super::way::{Script, WAYS, Way, on_host};

/// A guest whose audit is lines of JSON; an event that is none ends it.
fn audited(policy: &str) -> (Guest, Arc<Mutex<Vec<String>>>) {
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let written = Arc::clone(&lines);
    let guest = Guest::with(policy, |builder| {
        builder.audit_or_stop(move |event| {
            written.lock().unwrap().push(serde_json::to_string(event)?);
            Ok(())
        })
    });
    (guest, lines)
}

/// Whether the audit has a line about connecting to this port, behind all else.
fn tells_of(lines: &[String], port: u16) -> bool {
    let read = |line: &String| serde_json::from_str::<serde_json::Value>(line).unwrap();
    lines.iter().all(|line| !line.contains('\n') && !line.chars().any(|letter| letter.is_control()))
        && lines.iter().map(read).any(|event| event["operation"] == "connect" && event["port"] == port)
}

const POLICY: &str = "[allow]\noutbound = ['unix:///tmp/none', 'unix:///tmp/wasocket-none/*', 'tcp://127.0.0.1:*']\n\
    inbound = ['unix:///tmp/wasocket-none/*']";

#[test]
fn a_path_that_is_no_text_ends_no_audit() {
    let _turn = Turn::take();
    let (_listener, port) = listener();
    let connect = format!("connect t 127.0.0.1:{port}");
    for path in [
        "/tmp/\\xff",
        "/tmp/wasocket-none/\\xff\\xfe",
        "/tmp/\\xed\\xa0\\x80",
        "/tmp/\\xc3",
        "\\xff",
        "/tmp/\\x1b]0;pwned\\x07",
        "/tmp/\\x0a{}",
        "/tmp/\\xe2\\x80\\xae",
        "/tmp/\"\\x5c\"",
        "/tmp/plain",
    ] {
        for attempt in [
            &["socket s unix stream", "connect s unix:PATH"][..],
            &["socket s unix datagram", "sendto s unix:PATH hello"],
            &["socket s unix stream", "bind s unix:PATH"],
        ] {
            let script: Vec<String> = attempt.iter().map(|step| step.replace("PATH", path)).collect();
            let script: Vec<&str> = script.iter().map(String::as_str).chain(["tcp4 t", &connect]).collect();
            let (guest, told) = audited(POLICY);
            let lines = on_host(&guest, &script);
            assert_eq!(lines.last().unwrap(), "ok", "{script:?}: {lines:?}");
            let told = told.lock().unwrap();
            assert!(tells_of(&told, port), "{script:?}: {told:?}");
            // Where a rule is asked, the path is told, in letters that can be seen.
            let is_told = told.iter().any(|line| line.contains("\"path\":"));
            assert_eq!(
                is_told,
                !attempt[1].starts_with("bind") || path.contains("wasocket-none"),
                "{script:?}: {told:?}"
            );
        }
    }
}

#[test]
fn a_name_that_is_no_text_ends_no_audit() {
    let _turn = Turn::take();
    let (_listener, port) = listener();
    let address = format!("127.0.0.1:{port}").parse().unwrap();
    for way in WAYS {
        for name in ["$({touch,x}).test", "\u{202e}moc.test", "a\u{7}.test", "\"\\.test", "x--.test", "%ff.test"] {
            let (guest, told) = audited(POLICY);
            let answers = Script::on(way).look_up(name).connected("t", address).run(&guest);
            assert_eq!(answers[1], "ok", "{way:?} {name}: {answers:?}");
            assert!(tells_of(&told.lock().unwrap(), port), "{way:?} {name}");
        }
    }
}

/// The control: where an event cannot be told, nothing is done, and the guest is ended.
#[test]
fn an_audit_that_cannot_be_told_ends_the_guest() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    for way in [Way::Wasi, Way::Host] {
        let guest = Guest::with(POLICY, |builder| {
            builder.audit_or_stop(|event| match event.operation {
                "connect" => Err(std::io::Error::other("full")),
                _ => Ok(()),
            })
        });
        let connect = format!("connect t 127.0.0.1:{port}");
        let outcome = super::way::run(&guest, way, &["tcp4 t", &connect]);
        assert!(outcome.end.is_err(), "{way:?}: {outcome:?}");
        assert!(super::fixture::is_untouched(&listener), "{way:?}");
    }
}
