//! Which names the guest has looked up, by the addresses that the answers held, for as long as that counts.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// What lookups have taught. Addresses are folded.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    by_address: HashMap<IpAddr, Vec<Lesson>>,
    lessons: usize,
    in_use: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Lesson {
    name: String,
    until: Instant,
}

impl Learned {
    /// `name` has this address, which counts as long as the resolver says, within [`FLOOR`] and [`CAP`].
    pub(crate) fn learn(&mut self, name: &str, address: IpAddr, ttl: Duration, now: Instant) {
        let until = now + ttl.clamp(FLOOR, CAP);
        if let Some(lesson) = self.by_address.get_mut(&address).and_then(|lessons| find(lessons, name)) {
            lesson.until = lesson.until.max(until);
            return;
        }
        if self.lessons >= CAPACITY {
            self.make_room(now);
        }
        self.by_address.entry(address).or_default().push(Lesson { name: name.to_owned(), until });
        self.lessons += 1;
    }

    /// The names whose lookup yielded the address.
    pub(crate) fn names(&self, address: IpAddr, now: Instant) -> Vec<String> {
        let is_used = self.in_use.contains_key(&address);
        let lessons = self.by_address.get(&address).map(Vec::as_slice).unwrap_or_default();
        lessons.iter().filter(|lesson| is_used || lesson.until > now).map(|lesson| lesson.name.clone()).collect()
    }

    /// Something was sent to the address just now: a conversation in datagrams goes on while it lasts.
    pub(crate) fn refresh(&mut self, address: IpAddr, now: Instant) {
        for lesson in self.by_address.get_mut(&address).map(Vec::as_mut_slice).unwrap_or_default() {
            if lesson.until > now {
                lesson.until = lesson.until.max(now + FLOOR);
            }
        }
    }

    /// A socket uses the address from now on.
    pub(crate) fn hold(&mut self, address: IpAddr) {
        *self.in_use.entry(address).or_default() += 1;
    }

    /// A socket uses it no more.
    pub(crate) fn release(&mut self, address: IpAddr) {
        if let Some(count) = self.in_use.get_mut(&address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.in_use.remove(&address);
            }
        }
    }

    /// Forgets what no longer counts, or, if all of it does, the half that would be forgotten first.
    fn make_room(&mut self, now: Instant) {
        let mut ends: Vec<Instant> =
            self.by_address.values().flatten().map(|lesson| lesson.until).filter(|until| *until > now).collect();
        ends.sort_unstable();
        let limit = if ends.len() < CAPACITY { now } else { ends.get(CAPACITY / 2).copied().unwrap_or(now) };
        let in_use = &self.in_use;
        self.by_address.retain(|address, lessons| {
            lessons.retain(|lesson| lesson.until > limit || (in_use.contains_key(address) && lesson.until > now));
            !lessons.is_empty()
        });
        self.lessons = self.by_address.values().map(Vec::len).sum();
    }
}

fn find<'a>(lessons: &'a mut [Lesson], name: &str) -> Option<&'a mut Lesson> {
    lessons.iter_mut().find(|lesson| lesson.name == name)
}

/// How long an answer counts at least: many say 0 seconds, and a program connects a moment after it has asked.
pub(crate) const FLOOR: Duration = Duration::from_secs(60);

/// How long it counts at most, whatever it says.
pub(crate) const CAP: Duration = Duration::from_secs(3600);

/// How much is remembered: names times addresses. A program can look up what it likes under a wildcard, and names can have
/// any number of addresses.
const CAPACITY: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(8, 8, 8, 8));

    #[test]
    fn an_answer_counts_within_floor_and_cap() {
        for (said, counted) in [(0, FLOOR), (300, Duration::from_secs(300)), (1 << 31, CAP)] {
            let (mut learned, now) = (Learned::default(), Instant::now());
            learned.learn("a.test", ADDRESS, Duration::from_secs(said), now);
            assert_eq!(learned.names(ADDRESS, now + counted - Duration::from_nanos(1)), ["a.test"]);
            assert!(learned.names(ADDRESS, now + counted).is_empty(), "{said}");
        }
    }

    #[test]
    fn it_counts_while_a_socket_uses_it() {
        let (mut learned, now) = (Learned::default(), Instant::now());
        learned.learn("a.test", ADDRESS, FLOOR, now);
        learned.hold(ADDRESS);
        learned.hold(ADDRESS);
        learned.release(ADDRESS);
        assert_eq!(learned.names(ADDRESS, now + CAP), ["a.test"]);
        learned.release(ADDRESS);
        assert!(learned.names(ADDRESS, now + CAP).is_empty());
        learned.release(ADDRESS);
    }

    #[test]
    fn datagrams_keep_it_alive_and_do_not_wake_it() {
        let (mut learned, now) = (Learned::default(), Instant::now());
        learned.learn("a.test", ADDRESS, FLOOR, now);
        learned.refresh(ADDRESS, now + FLOOR / 2);
        assert_eq!(learned.names(ADDRESS, now + FLOOR), ["a.test"]);
        learned.refresh(ADDRESS, now + FLOOR * 3);
        assert!(learned.names(ADDRESS, now + FLOOR * 3).is_empty());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut learned, now) = (Learned::default(), Instant::now());
        for number in 0..3 * CAPACITY {
            learned.learn(&format!("{number}.test"), ADDRESS, FLOOR, now + Duration::from_nanos(number as u64));
            assert!(learned.lessons <= CAPACITY);
        }
        let names = learned.names(ADDRESS, now);
        assert_eq!(names.last().unwrap(), &format!("{}.test", 3 * CAPACITY - 1));
        assert_eq!(names.len(), learned.lessons);
    }
}
