//! The senders of datagrams that a socket has received, which it may answer.

use std::collections::HashSet;
use std::mem;
use std::net::SocketAddr;

/// A bounded set of addresses that forgets those not seen for longest.
///
/// Two generations: a full young one replaces the old one. Between [`GENERATION`] and twice as many are remembered.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    young: HashSet<SocketAddr>,
    old: HashSet<SocketAddr>,
}

impl Peers {
    pub(crate) fn remember(&mut self, peer: SocketAddr) {
        if self.young.len() >= GENERATION {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(peer);
    }

    pub(crate) fn contains(&self, peer: SocketAddr) -> bool {
        self.young.contains(&peer) || self.old.contains(&peer)
    }
}

/// Addresses per generation. Anyone can add to the set by sending, so it must not grow: this is about half a megabyte.
const GENERATION: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(number: usize) -> SocketAddr {
        let bits = u32::try_from(number).unwrap();
        SocketAddr::new(std::net::Ipv4Addr::from_bits(bits).into(), 53)
    }

    #[test]
    fn the_set_is_bounded_and_keeps_the_latest() {
        let mut peers = Peers::default();
        for number in 0..10 * GENERATION {
            peers.remember(peer(number));
            assert!(peers.young.len() + peers.old.len() <= 2 * GENERATION);
        }
        assert!(peers.contains(peer(10 * GENERATION - 1)));
        assert!(peers.contains(peer(9 * GENERATION)));
        assert!(!peers.contains(peer(0)));
    }
}
