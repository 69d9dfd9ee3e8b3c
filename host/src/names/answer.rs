//! How many addresses of an answer are used, and in which order.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Each address once, those first that packets have a way to, as `getaddrinfo` does it. The first [`ADDRESSES`] count, half of
/// them of each family; what one family leaves free the other may have.
pub(super) fn keep(addresses: impl IntoIterator<Item = IpAddr>) -> Vec<IpAddr> {
    keep_by(addresses, has_route)
}

fn keep_by(addresses: impl IntoIterator<Item = IpAddr>, mut has_route: impl FnMut(IpAddr) -> bool) -> Vec<IpAddr> {
    let mut seen = HashSet::new();
    let mut kept: Vec<IpAddr> = addresses.into_iter().filter(|address| seen.insert(*address)).collect();
    let v4 = kept.iter().filter(|address| address.is_ipv4()).count();
    let v6 = kept.len().saturating_sub(v4);
    let room_beside = |others: usize| ADDRESSES.saturating_sub(others.min(ADDRESSES / 2));
    let (mut room_v4, mut room_v6) = (room_beside(v6), room_beside(v4));
    kept.retain(|address| {
        let room = if address.is_ipv4() { &mut room_v4 } else { &mut room_v6 };
        let fits = *room > 0;
        *room = room.saturating_sub(1);
        fits
    });
    // Each question about the way is system calls: once per address, never in a comparison.
    kept.sort_by_cached_key(|address| !has_route(*address));
    kept
}

/// Whether packets to the address have a way. Connecting a datagram socket sends nothing.
#[expect(clippy::disallowed_methods, reason = "the socket only asks for the route")]
fn has_route(address: IpAddr) -> bool {
    let local: IpAddr = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    std::net::UdpSocket::bind((local, 0)).is_ok_and(|socket| socket.connect((address, 9)).is_ok())
}

/// How many addresses of a name count. Whoever owns the name decides how many it has, thousands over TCP, and each is judged,
/// learned, and asked the way to. Programs try a few of them.
pub(super) const ADDRESSES: usize = 64;

/// How many names of an address count: these, too, are as many as their owner likes.
pub(super) const NAMES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(count: u32) -> Vec<IpAddr> {
        (0..count).map(|number| Ipv4Addr::from_bits(0x0808_0000 + number).into()).collect()
    }

    fn v6(count: u32) -> Vec<IpAddr> {
        (0..count).map(|number| Ipv6Addr::from_bits((0x2606_4700 << 96) + u128::from(number)).into()).collect()
    }

    #[test]
    fn both_families_have_a_fair_share_of_what_counts() {
        for (four, six, kept_four, kept_six) in [
            (0, 0, 0, 0),
            (20, 30, 20, 30),
            (64, 0, 64, 0),
            (65, 0, 64, 0),
            (0, 300, 0, 64),
            (300, 300, 32, 32),
            (300, 10, 54, 10),
            (32, 300, 32, 32),
            (33, 31, 33, 31),
            (1, 300, 1, 63),
        ] {
            let all = v6(six).into_iter().chain(v4(four));
            let wanted: Vec<IpAddr> = v6(kept_six).into_iter().chain(v4(kept_four)).collect();
            assert_eq!(keep_by(all, |_| true), wanted, "{four} and {six}");
        }
    }

    #[test]
    fn the_way_is_asked_once_for_each_address_that_counts() {
        for (count, asked) in [(300, 64), (40, 40)] {
            let mut questions = Vec::new();
            let twice = v4(count).into_iter().chain(v4(count));
            let kept = keep_by(twice, |address| {
                questions.push(address);
                matches!(address, IpAddr::V4(address) if address.octets()[3] % 2 == 1)
            });
            assert_eq!(questions.len(), asked);
            assert_eq!(questions.iter().collect::<HashSet<_>>().len(), asked);
            let (near, far): (Vec<_>, Vec<_>) =
                v4(asked as u32).into_iter().enumerate().partition(|(number, _)| number % 2 == 1);
            let wanted: Vec<IpAddr> = near.into_iter().chain(far).map(|(_, address)| address).collect();
            assert_eq!(kept, wanted);
        }
    }
}
