//! Addresses as texts: `inet_aton`, `inet_pton`, `inet_ntop`, and literals with scopes.

use std::net::SocketAddr;

use wasocket::netdb::inet::{inet_aton, inet_ntoa, inet_ntop, inet_pton};
use wasocket::netdb::numbers::{AF_INET, AF_INET6, AF_UNSPEC, AI_NUMERICHOST, SOCK_STREAM};
use wasocket::netdb::{Hints, Plan, getaddrinfo};

use crate::{c_library, choice};

/// The first byte says what the rest is: a text or a packed address.
pub fn check(input: &[u8]) {
    let Some((selector, rest)) = choice(input) else { return };
    match selector % 4 {
        0 => numbers_and_dots(rest),
        1 => {
            presentation(AF_INET, rest);
            presentation(AF_INET6, rest);
        }
        2 => packed(rest),
        _ => literal(rest),
    }
}

fn numbers_and_dots(text: &[u8]) {
    let ours = inet_aton(text).ok();
    assert_eq!(ours, c_library::aton(text), "inet_aton of {}", text.escape_ascii());
    if let Some(address) = ours {
        let written = inet_ntoa(&address).expect("four bytes");
        assert_eq!(inet_aton(written.as_bytes()), Ok(address), "{written} is what inet_ntoa wrote");
    }
}

fn presentation(family: i32, text: &[u8]) {
    let ours = inet_pton(family, text).ok();
    assert_eq!(ours, c_library::pton(family, text), "inet_pton of {}", text.escape_ascii());
    if let Some(address) = ours {
        packed(&address);
    }
}

fn packed(address: &[u8]) {
    for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
        let ours = inet_ntop(family, address);
        if address.len() != length {
            assert!(ours.is_err(), "{} bytes are no address of family {family}", address.len());
            continue;
        }
        let ours = ours.expect("an address of its length");
        assert_eq!(Some(&ours), c_library::ntop(family, address).as_ref());
        assert_eq!(inet_pton(family, ours.as_bytes()).as_deref(), Ok(address), "{ours} is what inet_ntop wrote");
    }
}

/// What `getaddrinfo` makes of a host that has to be an address.
fn literal(host: &[u8]) {
    for family in [AF_UNSPEC, AF_INET, AF_INET6] {
        let hints = Hints { family, kind: SOCK_STREAM, flags: AI_NUMERICHOST, protocol: 0 };
        let ours = match getaddrinfo(Some(host), None, &hints) {
            Ok(Plan::Done(found)) => Some(found.into_iter().map(|info| info.address).collect::<Vec<_>>()),
            Ok(Plan::Lookup(pending)) => panic!("{pending:?} is to be looked up in spite of AI_NUMERICHOST"),
            Err(_) => None,
        };
        if names_an_interface(host) {
            continue;
        }
        let numbers = [family, SOCK_STREAM, 0, AI_NUMERICHOST];
        let theirs = c_library::addrinfo(Some(host), None, numbers).ok();
        let theirs =
            theirs.map(|found| found.into_iter().map(|(_, _, _, address)| address).collect::<Vec<SocketAddr>>());
        assert_eq!(ours, theirs, "the literal {} in family {family}", host.escape_ascii());
    }
}

/// Whether a scope is the name of an interface, of which this machine has others than a guest knows.
fn names_an_interface(host: &[u8]) -> bool {
    let scope = host.splitn(2, |byte| *byte == b'%').nth(1);
    scope.is_some_and(|scope| scope.first().is_some_and(|first| !first.is_ascii_digit()))
}
