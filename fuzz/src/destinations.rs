//! Where a packet goes, by every spelling that its destination has: the policy sees through all of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use crate::policy::{Attempt, LookupError, Network, Policy, Reason, Special};
use crate::{c_library, choice};

/// The first byte says what the rest is: an IPv4 address to hide, any IPv6 address, or the text of a host.
pub fn check(input: &[u8]) {
    let Some((selector, rest)) = choice(input) else { return };
    match selector % 3 {
        0 => rest.first_chunk::<4>().map_or((), |address| hidden((*address).into())),
        1 => rest.first_chunk::<16>().map_or((), |address| any((*address).into())),
        _ => std::str::from_utf8(rest).map_or((), host),
    }
}

fn network(policy: &str) -> Network {
    Network::builder(Policy::from_toml(policy).expect("a policy")).build()
}

fn connects(network: &Network, address: IpAddr) -> bool {
    network.check(Attempt::Connect(SocketAddr::new(address, 80))).is_ok()
}

/// A rule that denies an IPv4 address denies every IPv6 address that leads there.
fn hidden(address: Ipv4Addr) {
    let policy = format!("[allow]\noutbound = ['tcp://*:*']\n[deny]\noutbound = ['tcp://{address}:*']");
    let network = network(&policy);
    assert!(!connects(&network, address.into()));
    let [high, low] = [0, 16].map(|shift| (address.to_bits() >> (16 - shift)) as u16);
    for disguise in [
        address.to_ipv6_mapped(),
        Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 1, 0xfedc, 0, 0, high, low),
        Ipv6Addr::new(0x2002, high, low, 1, 2, 3, 4, 5),
        Ipv6Addr::new(0x2001, 0, 1, 2, 3, 4, !high, !low),
        Ipv6Addr::new(0x2606, 1, 2, 3, 0, 0x5efe, high, low),
    ] {
        // `::` and `::1` are IPv6's own.
        if !matches!(disguise, Ipv6Addr::UNSPECIFIED | Ipv6Addr::LOCALHOST) {
            assert!(!connects(&network, disguise.into()), "{disguise} leads to {address}");
        }
    }
}

static OPEN: LazyLock<Network> = LazyLock::new(|| network("[allow]\noutbound = ['tcp://*:*']"));
static FAMILY: LazyLock<Network> = LazyLock::new(|| network("[allow]\noutbound = ['tcp://*:*#ipv4-only']"));
static LOCAL: LazyLock<Network> =
    LazyLock::new(|| network("[allow]\noutbound = ['tcp://*:*']\n[deny]\noutbound = ['tcp://localhost:*']"));

/// An address is decided on by what it is, not by how it is written; and everything is open to `*` but metadata.
fn any(address: Ipv6Addr) {
    let (written, canonical) = (IpAddr::from(address), address.to_canonical());
    for network in [&*OPEN, &*FAMILY, &*LOCAL] {
        assert_eq!(connects(network, written), connects(network, canonical), "{written} is {canonical}");
    }
    let special = Special::of(canonical);
    assert_eq!(connects(&OPEN, written), special != Some(Special::Metadata), "{written} is {special:?}");
    assert!(!connects(&FAMILY, written) || canonical.is_ipv4());
    if canonical.is_loopback() || canonical.is_unspecified() {
        assert!(!connects(&LOCAL, written) && special.is_some());
    }
}

static CLOSED: LazyLock<Network> = LazyLock::new(|| network(""));

/// A host is an address, or a name, or neither; what the system takes for a number is never looked up as a name.
fn host(text: &str) {
    let lookup = pin!(CLOSED.resolve(text));
    // Nobody is asked, so the answer is there at once.
    let Poll::Ready(answer) = lookup.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("{text:?} is being looked up");
    };
    match answer {
        Ok(addresses) => assert_eq!(addresses.len(), 1, "{text:?} is one address"),
        Err(LookupError::Malformed) => (),
        Err(LookupError::Denied(denial)) => {
            assert_eq!(denial.reason, Reason::NoRule);
            let Attempt::Resolve(name) = &denial.attempt else { panic!("{denial:?}") };
            assert_eq!(c_library::aton(name.as_bytes()), None, "{text:?} is a number to others");
            assert!(name.is_ascii() && (1..=253).contains(&name.len()), "{name:?}");
            assert!(!name.contains(|byte: char| byte.is_ascii_uppercase() || byte.is_ascii_control()), "{name:?}");
        }
        Err(other) => panic!("{text:?}: {other:?}"),
    }
}
