//! Pinned names: which names a guest's lookups have bound to an address, and for how long.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::sync::locked;

/// Which names are pinned to which addresses. Addresses are folded.
///
/// A pin is live until its time has passed, and longer while a connection holds it. After that it is dropped, and only another
/// lookup restores it.
#[derive(Debug, Default)]
struct PinnedNames {
    by_address: HashMap<IpAddr, Pins>,
    /// The pins that no connection holds, in the order in which they end.
    ends: BTreeSet<(Instant, u64, IpAddr)>,
    count: usize,
    last: u64,
}

/// The pins of one address; the names are kept apart, for readers.
#[derive(Debug, Default)]
struct Pins {
    names: Vec<Arc<str>>,
    terms: Vec<Term>,
}

#[derive(Clone, Copy, Debug)]
struct Term {
    number: u64,
    until: Instant,
    holds: usize,
}

impl Term {
    fn is_live(&self, now: Instant) -> bool {
        self.holds > 0 || self.until > now
    }
}

/// There is no room for another pin: connections hold all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl PinnedNames {
    /// `name` has this address, which counts as long as the resolver says, within [`FLOOR`] and [`CAP`].
    fn pin(&mut self, name: &str, address: IpAddr, ttl: Duration, now: Instant) -> Result<(), Full> {
        let until = now + ttl.clamp(FLOOR, CAP);
        self.forget_ended(now);
        if self.extend(name, address, until) {
            return Ok(());
        }
        if self.by_address.get(&address).is_some_and(|pins| pins.names.len() >= NAMES_PER_ADDRESS) {
            let first = self.first_end_of(address).ok_or(Full)?;
            self.forget(first);
        }
        if self.count >= CAPACITY {
            let first = self.ends.first().copied().ok_or(Full)?;
            self.forget(first);
        }
        self.last += 1;
        let pins = self.by_address.entry(address).or_default();
        pins.names.push(name.into());
        pins.terms.push(Term { number: self.last, until, holds: 0 });
        self.ends.insert((until, self.last, address));
        self.count += 1;
        Ok(())
    }

    /// The names that lead to the address now.
    fn live(&mut self, address: IpAddr, now: Instant) -> &[Arc<str>] {
        let Some(pins) = self.by_address.get(&address) else { return &[] };
        if !pins.terms.iter().all(|term| term.is_live(now)) {
            self.forget_ended(now);
        }
        self.by_address.get(&address).map(|pins| pins.names.as_slice()).unwrap_or_default()
    }

    /// Something was sent to the address just now: a conversation in datagrams goes on while it lasts.
    fn refresh(&mut self, address: IpAddr, now: Instant) {
        let until = now + FLOOR;
        if let Some(pins) = self.by_address.get_mut(&address) {
            for term in pins.terms.iter_mut().filter(|term| term.is_live(now) && term.until < until) {
                prolong(&mut self.ends, term, address, until);
            }
        }
    }

    /// Holds what is live of the address now: the numbers of the pins.
    fn hold(&mut self, address: IpAddr, now: Instant) -> Vec<u64> {
        let Some(pins) = self.by_address.get_mut(&address) else { return Vec::new() };
        let mut held = Vec::new();
        for term in pins.terms.iter_mut().filter(|term| term.is_live(now)) {
            if term.holds == 0 {
                self.ends.remove(&(term.until, term.number, address));
            }
            term.holds += 1;
            held.push(term.number);
        }
        held
    }

    fn release(&mut self, address: IpAddr, held: &[u64], now: Instant) {
        let Some(pins) = self.by_address.get_mut(&address) else { return };
        for term in pins.terms.iter_mut().filter(|term| held.contains(&term.number)) {
            term.holds = term.holds.saturating_sub(1);
            if term.holds == 0 {
                self.ends.insert((term.until, term.number, address));
            }
        }
        self.forget_ended(now);
    }

    fn extend(&mut self, name: &str, address: IpAddr, until: Instant) -> bool {
        let Some(pins) = self.by_address.get_mut(&address) else { return false };
        let known = pins.names.iter().position(|known| **known == *name).and_then(|at| pins.terms.get_mut(at));
        let Some(term) = known else { return false };
        if term.until < until {
            prolong(&mut self.ends, term, address, until);
        }
        true
    }

    /// Each pin is forgotten once, so that what this costs is paid by learning it.
    fn forget_ended(&mut self, now: Instant) {
        while let Some(end) = self.ends.first().copied().filter(|(until, ..)| *until <= now) {
            self.forget(end);
        }
    }

    fn first_end_of(&self, address: IpAddr) -> Option<(Instant, u64, IpAddr)> {
        let free = self.by_address.get(&address)?.terms.iter().filter(|term| term.holds == 0);
        free.map(|term| (term.until, term.number, address)).min()
    }

    fn forget(&mut self, end: (Instant, u64, IpAddr)) {
        let (_, number, address) = end;
        self.ends.remove(&end);
        let Some(pins) = self.by_address.get_mut(&address) else { return };
        if let Some(at) = pins.terms.iter().position(|term| term.number == number) {
            pins.names.remove(at);
            pins.terms.remove(at);
            self.count -= 1;
        }
        if pins.names.is_empty() {
            self.by_address.remove(&address);
        }
    }
}

fn prolong(ends: &mut BTreeSet<(Instant, u64, IpAddr)>, term: &mut Term, address: IpAddr, until: Instant) {
    if term.holds == 0 {
        ends.remove(&(term.until, term.number, address));
        ends.insert((until, term.number, address));
    }
    term.until = until;
}

/// Tells the time.
pub(crate) type Clock = dyn Fn() -> Instant + Send + Sync;

/// What all of a guest's sockets and lookups share, by one clock.
pub(crate) struct SharedPins {
    pins: Mutex<PinnedNames>,
    clock: Box<Clock>,
}

impl SharedPins {
    pub(crate) fn new(clock: Box<Clock>) -> Self {
        Self { pins: Mutex::default(), clock }
    }

    /// As [`PinnedNames::pin`], now.
    pub(crate) fn pin(&self, name: &str, address: IpAddr, ttl: Duration) -> Result<(), Full> {
        locked(&self.pins).pin(name, address, ttl, (self.clock)())
    }

    /// Reads the names that lead to an address now. Where nothing was learned, nobody asks what time it is.
    pub(crate) fn read<R>(&self, address: IpAddr, read: impl FnOnce(&[Arc<str>]) -> R) -> R {
        let mut pins = locked(&self.pins);
        let names = if pins.count == 0 { &[] } else { pins.live(address, (self.clock)()) };
        read(names)
    }

    /// As [`PinnedNames::refresh`], now.
    pub(crate) fn refresh(&self, address: IpAddr) {
        locked(&self.pins).refresh(address, (self.clock)());
    }
}

impl fmt::Debug for SharedPins {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SharedPins").field("pins", &self.pins).finish_non_exhaustive()
    }
}

/// What a connection holds: the names that were live when it came to be stay so until this is dropped.
#[derive(Debug)]
#[must_use = "the names are held until this is dropped"]
pub(crate) struct PinHold {
    pins: Arc<SharedPins>,
    address: IpAddr,
    held: Vec<u64>,
}

impl PinHold {
    /// Holds the names that are live of a folded address now.
    pub(crate) fn new(pins: &Arc<SharedPins>, address: IpAddr) -> Self {
        let held = locked(&pins.pins).hold(address, (pins.clock)());
        Self { pins: Arc::clone(pins), address, held }
    }
}

impl Drop for PinHold {
    fn drop(&mut self) {
        if !self.held.is_empty() {
            locked(&self.pins.pins).release(self.address, &self.held, (self.pins.clock)());
        }
    }
}

/// How long an answer counts at least: many say 0 seconds, and a program connects a moment after it has asked.
const FLOOR: Duration = Duration::from_secs(60);

/// How long it counts at most, whatever it says.
pub(crate) const CAP: Duration = Duration::from_secs(3600);

/// How many pins there are at most. A program can look up what it likes under a wildcard, and names can have any number of
/// addresses.
const CAPACITY: usize = 8192;

/// How many names an address has at most: each decision looks at all of them.
const NAMES_PER_ADDRESS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(8, 8, 8, 8));
    const INSTANT: Duration = Duration::from_nanos(1);

    fn names(pins: &mut PinnedNames, now: Instant) -> Vec<String> {
        pins.live(ADDRESS, now).iter().map(|name| name.to_string()).collect()
    }

    fn address(number: usize) -> IpAddr {
        IpAddr::V4(u32::try_from(number).unwrap().into())
    }

    #[test]
    fn an_answer_counts_within_floor_and_cap() {
        for (said, counted) in [(0, FLOOR), (300, Duration::from_secs(300)), (1 << 31, CAP)] {
            let (mut pins, now) = (PinnedNames::default(), Instant::now());
            pins.pin("a.test", ADDRESS, Duration::from_secs(said), now).unwrap();
            assert_eq!(names(&mut pins, now + counted - INSTANT), ["a.test"]);
            assert!(names(&mut pins, now + counted).is_empty(), "{said}");
        }
    }

    #[test]
    fn a_hold_continues_a_live_pin() {
        let (mut pins, now) = (PinnedNames::default(), Instant::now());
        pins.pin("a.test", ADDRESS, FLOOR, now).unwrap();
        let (one, other) = (pins.hold(ADDRESS, now), pins.hold(ADDRESS, now + FLOOR * 2));
        assert_eq!((one.len(), &one), (1, &other));
        pins.release(ADDRESS, &one, now + CAP);
        assert_eq!(names(&mut pins, now + CAP), ["a.test"]);
        pins.release(ADDRESS, &other, now + CAP);
        assert!(names(&mut pins, now + CAP).is_empty());
        assert_eq!((pins.count, pins.ends.len(), pins.by_address.len()), (0, 0, 0));
    }

    #[test]
    fn a_hold_revives_nothing() {
        let (mut pins, now) = (PinnedNames::default(), Instant::now());
        pins.pin("a.test", ADDRESS, FLOOR, now).unwrap();
        assert!(pins.hold(ADDRESS, now + FLOOR).is_empty());
        assert!(names(&mut pins, now + FLOOR).is_empty());
        // A name that is learned while another of its address is held is not held by that.
        pins.pin("old.test", ADDRESS, FLOOR, now).unwrap();
        let held = pins.hold(ADDRESS, now);
        pins.pin("new.test", ADDRESS, FLOOR, now).unwrap();
        assert_eq!(names(&mut pins, now + FLOOR), ["old.test"]);
        pins.release(ADDRESS, &held, now + FLOOR);
        assert!(names(&mut pins, now + FLOOR).is_empty());
    }

    #[test]
    fn a_hold_that_ends_early_leaves_the_pin_its_time() {
        let (mut pins, now) = (PinnedNames::default(), Instant::now());
        pins.pin("a.test", ADDRESS, FLOOR * 2, now).unwrap();
        let held = pins.hold(ADDRESS, now);
        pins.release(ADDRESS, &held, now + FLOOR);
        assert_eq!(names(&mut pins, now + FLOOR), ["a.test"]);
        assert!(names(&mut pins, now + FLOOR * 2).is_empty());
    }

    #[test]
    fn datagrams_keep_it_alive_and_do_not_wake_it() {
        let (mut pins, now) = (PinnedNames::default(), Instant::now());
        pins.pin("a.test", ADDRESS, FLOOR, now).unwrap();
        pins.refresh(ADDRESS, now + FLOOR / 2);
        assert_eq!(names(&mut pins, now + FLOOR), ["a.test"]);
        pins.refresh(ADDRESS, now + FLOOR * 3);
        assert!(names(&mut pins, now + FLOOR * 3).is_empty());
    }

    #[test]
    fn pins_are_bounded_and_the_latest_stay() {
        let (mut pins, now) = (PinnedNames::default(), Instant::now());
        for number in 0..3 * CAPACITY {
            let now = now + Duration::from_nanos(number as u64);
            pins.pin("a.test", address(number), FLOOR, now).unwrap();
            assert!(pins.count <= CAPACITY && pins.ends.len() == pins.count && pins.by_address.len() == pins.count);
        }
        assert!(pins.live(address(0), now).is_empty());
        assert_eq!(pins.live(address(3 * CAPACITY - 1), now).len(), 1);
    }

    #[test]
    fn names_of_an_address_are_bounded_and_the_latest_stay() {
        let (mut pins, now) = (PinnedNames::default(), Instant::now());
        for number in 0..1000 {
            pins.pin(&format!("{number}.test"), ADDRESS, FLOOR, now + Duration::from_nanos(number)).unwrap();
            assert!(names(&mut pins, now).len() <= NAMES_PER_ADDRESS);
        }
        assert_eq!(names(&mut pins, now).last().unwrap(), "999.test");
    }

    #[test]
    fn where_all_are_held_there_is_no_room() {
        let (mut pins, now) = (PinnedNames::default(), Instant::now());
        for number in 0..CAPACITY {
            pins.pin("a.test", address(number), FLOOR, now).unwrap();
            pins.hold(address(number), now);
        }
        assert_eq!(pins.pin("b.test", address(CAPACITY), FLOOR, now), Err(Full));
        pins.release(address(7), &[8], now);
        assert_eq!(pins.pin("b.test", address(CAPACITY), FLOOR, now), Ok(()));
        assert!(pins.live(address(7), now).is_empty() && pins.count == CAPACITY);
    }
}
