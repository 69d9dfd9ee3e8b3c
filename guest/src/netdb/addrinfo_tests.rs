//! Tests of `getaddrinfo`: one table of what the C library answers, and the cases that need a lookup.

use super::super::numbers::{IPPROTO_TCP, SOCK_STREAM};
use super::*;
use crate::error::Error;
use crate::net::{ErrorCode, NetError};

#[path = "addrinfo_cases.rs"]
mod cases;

/// An answer as one line: the number of an error, or addresses with their sockets and with canonical names.
fn show(answer: Result<Vec<AddressInfo>>) -> String {
    match answer {
        Ok(infos) => infos.iter().map(show_info).collect::<Vec<_>>().join("; "),
        Err(Error::AddressInfo(error)) => error.code().to_string(),
        Err(other) => format!("{other:?}"),
    }
}

fn show_info(info: &AddressInfo) -> String {
    let socket = match (info.kind, info.protocol) {
        (1, 6) => "tcp".to_owned(),
        (2, 17) => "udp".to_owned(),
        (3, 0) => "raw".to_owned(),
        (kind, protocol) => format!("{kind}/{protocol}"),
    };
    let family = if info.address.is_ipv4() { Family::Inet } else { Family::Inet6 };
    assert_eq!(info.family, family);
    let host = crate::netdb::inet::text(info.address.ip());
    let host = match info.address {
        SocketAddr::V4(_) => host,
        SocketAddr::V6(address) if address.scope_id() == 0 => format!("[{host}]"),
        SocketAddr::V6(address) => format!("[{host}%{}]", address.scope_id()),
    };
    let name = if info.canonical_name.is_empty() { String::new() } else { format!(" '{}'", info.canonical_name) };
    format!("{socket} {host}:{}{name}", info.address.port())
}

fn hints([family, kind, protocol, flags]: [i32; 4]) -> Hints {
    Hints { family, kind, protocol, flags }
}

/// The answer to a question that must not need a lookup.
fn answer(host: Option<&[u8]>, service: Option<&[u8]>, hints: &Hints) -> Result<Vec<AddressInfo>> {
    match getaddrinfo(host, service, hints)? {
        Plan::Done(infos) => Ok(infos),
        Plan::Lookup(pending) => panic!("asks for {}", pending.name()),
    }
}

#[test]
fn answers_are_those_of_the_c_library() {
    for (host, service, numbers, expected) in cases::CASES {
        let shown = show(answer(*host, *service, &hints(*numbers)));
        let host = host.unwrap_or(b"None").escape_ascii();
        let service = service.unwrap_or(b"None").escape_ascii();
        assert_eq!(shown, *expected, "{host} {service} {numbers:?}");
    }
}

/// A resolver's answers, and what they become for family and flags.
#[test]
fn the_addresses_of_a_name_are_chosen_by_family_and_flags() {
    let cases: &[(&str, &[&str], [i32; 2], &str)] = &[
        ("v4.test", &["10.0.0.1"], [0, 0], "tcp 10.0.0.1:80"),
        ("v4.test", &["10.0.0.1"], [2, 0], "tcp 10.0.0.1:80"),
        ("v4.test", &["10.0.0.1"], [10, 0], "-5"),
        ("v4.test", &["10.0.0.1"], [10, AI_V4MAPPED], "tcp [::ffff:10.0.0.1]:80"),
        ("v4.test", &["10.0.0.1"], [10, AI_V4MAPPED | AI_ALL], "tcp [::ffff:10.0.0.1]:80"),
        ("v4.test", &["10.0.0.1"], [10, AI_ALL], "-5"),
        ("v4.test", &["10.0.0.1"], [0, AI_CANONNAME], "tcp 10.0.0.1:80 'v4.test'"),
        ("v6.test", &["fd00::9"], [0, 0], "tcp [fd00::9]:80"),
        ("v6.test", &["fd00::9"], [2, 0], "-5"),
        ("v6.test", &["fd00::9"], [10, AI_V4MAPPED], "tcp [fd00::9]:80"),
        ("both.test", &["fd00::8", "10.0.0.2"], [0, 0], "tcp [fd00::8]:80; tcp 10.0.0.2:80"),
        ("both.test", &["10.0.0.2", "fd00::8"], [0, AI_CANONNAME], "tcp 10.0.0.2:80 'both.test'; tcp [fd00::8]:80"),
        ("both.test", &["fd00::8", "10.0.0.2"], [2, AI_ADDRCONFIG], "tcp 10.0.0.2:80"),
        ("both.test", &["fd00::8", "10.0.0.2"], [10, AI_V4MAPPED], "tcp [fd00::8]:80"),
        ("both.test", &["10.0.0.2", "fd00::8"], [10, 24], "tcp [fd00::8]:80; tcp [::ffff:10.0.0.2]:80"),
        ("twice.test", &["10.0.0.2", "10.0.0.2"], [0, 0], "tcp 10.0.0.2:80"),
        ("empty.test", &[], [0, 0], "-5"),
        ("empty.test", &[], [10, 24], "-5"),
        ("under_score.test.", &["10.0.0.2"], [0, 0], "tcp 10.0.0.2:80"),
    ];
    for (name, found, [family, flags], expected) in cases {
        let plan = getaddrinfo(Some(name.as_bytes()), Some(b"80"), &hints([*family, SOCK_STREAM, 0, *flags]));
        let Ok(Plan::Lookup(pending)) = plan else { panic!("{name} is not looked up") };
        assert_eq!(pending.name(), *name);
        let found: Vec<IpAddr> = found.iter().map(|address| address.parse().unwrap()).collect();
        assert_eq!(show(pending.finish(Ok(found))), *expected, "{name} {family} {flags}");
    }
}

#[test]
fn a_lookup_that_fails_is_an_address_info_error() {
    let plan = getaddrinfo(Some(b"name.test"), Some(b"http"), &Hints::default());
    let Ok(Plan::Lookup(pending)) = plan else { panic!("not looked up") };
    assert_eq!(show(pending.finish::<Vec<IpAddr>>(Err(NetError::Code(ErrorCode::NameUnresolvable)))), "-2");
}

#[test]
fn localhost_is_not_looked_up() {
    let cases: &[(&[u8], i32, i32, &str)] = &[
        (b"localhost", 0, 0, "tcp [::1]:80; tcp 127.0.0.1:80"),
        (b"localhost", 2, 0, "tcp 127.0.0.1:80"),
        (b"localhost", 10, AI_V4MAPPED, "tcp [::1]:80"),
        (b"localhost", 10, 24, "tcp [::1]:80; tcp [::ffff:127.0.0.1]:80"),
        (b"LOCALHOST", 2, AI_CANONNAME | AI_ADDRCONFIG, "tcp 127.0.0.1:80 'localhost'"),
        (b"localhost.", 2, 0, "tcp 127.0.0.1:80"),
        (b"app.localhost", 2, AI_CANONNAME, "tcp 127.0.0.1:80 'app.localhost'"),
        (b"localhost", 0, AI_NUMERICHOST, "-2"),
    ];
    for (host, family, flags, expected) in cases {
        let shown = show(answer(Some(host), Some(b"80"), &hints([*family, 0, IPPROTO_TCP, *flags])));
        assert_eq!(shown, *expected, "{} {family} {flags}", host.escape_ascii());
    }
}

#[test]
fn what_cannot_be_a_name_is_not_looked_up() {
    let too_long = [b'a'; 255];
    let hosts: &[&[u8]] =
        &[b"", b"\xff\xfe.test", b"[::1]", b"1.2.3.4 ", b"a b", b"a/b", b"a:1", "é.test".as_bytes(), &too_long];
    for host in hosts {
        assert_eq!(show(answer(Some(host), None, &Hints::default())), "-2", "{}", host.escape_ascii());
    }
}
