//! What a program waits for again and again, kept where the operating system is: then waiting costs by what is ready.
//!
//! A program that asks about many descriptors mostly asks about the same ones as before. When it has asked about the same
//! list twice, the system gets it as a set; later lists are compared with it, and what differs is changed. A list that
//! differs too much, or has something in it that is no socket of the system, is asked about as a whole.

use std::rc::{Rc, Weak};

use super::description::{Description, Endpoint};
use super::{Events, Fd, PollEntry, PollList, Sockets};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::net::Net;
use crate::system::System;
use crate::time::{Deadline, Timeout};

/// The set of an operating system of the network `N`.
type Set<N> = <<N as Net>::System as System>::Set;

/// The list that was asked about last, and the set that watches it.
pub(super) struct KeptSet<N: Net> {
    asked: Vec<(Fd, Events)>,
    set: Option<Watching<N>>,
    /// The list that `asked` was found to be the same as: it need not be compared again.
    list: Option<PollList>,
}

/// A set that watches exactly what was asked about last.
struct Watching<N: Net> {
    set: Set<N>,
    /// What the descriptors meant, in the order of the list. The set itself lets go of what is closed.
    members: Vec<Weak<Description<N>>>,
    /// How often descriptors had changed their meaning when the set was made what it is.
    changes: u64,
}

/// One step from an old list to a new one.
enum Change<N: Net> {
    Remove(Fd),
    Modify(Fd, Events),
    Add(Fd, Events, Rc<Description<N>>),
}

/// One descriptor is waited for without a set.
const FEWEST: usize = 2;

/// As many changes are made in a set of any size, and one more for so many of its members: more cost as much as a new set.
const CHANGES: usize = 8;
const MEMBERS_PER_CHANGE: usize = 8;

/// So many at once are all that a set can tell of.
const MOST: u32 = 4096;

impl<N: Net> Default for KeptSet<N> {
    fn default() -> Self {
        Self { asked: Vec::new(), set: None, list: None }
    }
}

impl<N: Net> KeptSet<N> {
    fn note(&mut self, entries: &[PollEntry]) {
        self.list = None;
        self.asked.clear();
        self.asked.extend(entries.iter().map(|entry| (entry.fd, entry.events)));
    }
}

impl<N: Net> Sockets<N> {
    /// Waits for a list that is the kept one: those that have something to report, at a cost by their number. Nothing if it is
    /// not the kept one, or not any more: then [`Sockets::poll`] is to be called, and [`Sockets::keep`].
    pub fn poll_kept(&self, list: &PollList, timeout: Timeout) -> Option<Result<Vec<PollEntry>>> {
        let system = self.net().system()?;
        let kept = self.kept_set.borrow();
        kept.list.as_ref().filter(|known| known.is(list))?;
        let watching = kept.set.as_ref().filter(|watching| watching.changes == self.changes.get())?;
        let deadline = timeout.deadline(|| self.net().now());
        loop {
            match system.wait_for_set(&watching.set, MOST, deadline) {
                Ok(found) if found.len() >= MOST as usize => return None,
                Ok(found) => {
                    let ready = list.told(&found);
                    if !ready.is_empty() || self.has_passed(deadline) {
                        return Some(Ok(ready));
                    }
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Notes that `list` is what [`Sockets::poll`] has made a set of, if it is.
    pub fn keep(&self, list: &PollList) {
        let mut kept = self.kept_set.borrow_mut();
        if kept.set.is_some() && *kept.asked == *list.members() {
            kept.list = Some(list.clone());
        }
    }

    /// Waits for `entries` by a set, if they are fit for it: how many are ready, or nothing if the list is to be asked about
    /// as a whole.
    pub(super) fn wait_by_set(
        &self,
        system: &N::System,
        entries: &mut [PollEntry],
        deadline: Deadline,
    ) -> Option<Result<usize>> {
        let mut kept = self.kept_set.borrow_mut();
        if entries.len() < FEWEST || !entries.is_sorted_by(|entry, next| entry.fd < next.fd) {
            return None;
        }
        if !self.brought_up_to_date(&mut kept, system, entries) {
            kept.set = None;
            kept.note(entries);
            return None;
        }
        let watching = kept.set.as_ref()?;
        match system.wait_for_set(&watching.set, MOST, deadline) {
            Ok(found) if found.len() >= MOST as usize => None,
            Ok(found) => Some(Ok(tell(entries, &found))),
            Err(error) => Some(Err(error)),
        }
    }

    /// Makes the set that of `entries`; false if there is none, or it is not worth it.
    fn brought_up_to_date(&self, kept: &mut KeptSet<N>, system: &N::System, entries: &[PollEntry]) -> bool {
        let changes = self.changes.get();
        let same = kept.asked.len() == entries.len()
            && kept.asked.iter().zip(entries).all(|(asked, entry)| *asked == (entry.fd, entry.events));
        let Some(watching) = &mut kept.set else {
            kept.set = if same { self.new_set(system, entries, changes) } else { None };
            return kept.set.is_some();
        };
        if same && watching.changes == changes {
            return true;
        }
        let Some(steps) = self.steps(&kept.asked, &watching.members, entries) else { return false };
        if steps.iter().any(|step| watching.apply(system, step).is_err()) {
            return false;
        }
        let Some(members) = self.members(entries) else { return false };
        watching.members = members;
        watching.changes = changes;
        kept.note(entries);
        true
    }

    fn new_set(&self, system: &N::System, entries: &[PollEntry], changes: u64) -> Option<Watching<N>> {
        let members = self.members(entries)?;
        let mut watching = Watching { set: system.create_set().ok()?, members: Vec::new(), changes };
        for (entry, member) in entries.iter().zip(&members) {
            watching.apply(system, &Change::Add(entry.fd, entry.events, member.upgrade()?)).ok()?;
        }
        watching.members = members;
        Some(watching)
    }

    /// What `entries` refer to, if all of them are sockets of the system.
    fn members(&self, entries: &[PollEntry]) -> Option<Vec<Weak<Description<N>>>> {
        let descriptors = self.descriptors.borrow();
        let member = |entry: &PollEntry| {
            let description = &descriptors.get(entry.fd).ok()?.description;
            matches!(description.endpoint, Endpoint::System(_)).then(|| Rc::downgrade(description))
        };
        entries.iter().map(member).collect()
    }

    /// The way from an old list to `entries`, unless it is too long. Both are in ascending order.
    fn steps(
        &self,
        asked: &[(Fd, Events)],
        members: &[Weak<Description<N>>],
        entries: &[PollEntry],
    ) -> Option<Vec<Change<N>>> {
        let descriptors = self.descriptors.borrow();
        let mut old = asked.iter().zip(members).peekable();
        let mut steps = Vec::new();
        for entry in entries {
            while let Some(((gone, _), _)) = old.next_if(|((fd, _), _)| *fd < entry.fd) {
                steps.push(Change::Remove(*gone));
            }
            let description = &descriptors.get(entry.fd).ok()?.description;
            match old.next_if(|((fd, _), _)| *fd == entry.fd) {
                Some(((_, events), member)) if std::ptr::eq(member.as_ptr(), Rc::as_ptr(description)) => {
                    if *events != entry.events {
                        steps.push(Change::Modify(entry.fd, entry.events));
                    }
                }
                known => {
                    steps.extend(known.map(|_| Change::Remove(entry.fd)));
                    steps.push(Change::Add(entry.fd, entry.events, Rc::clone(description)));
                }
            }
            if steps.len() > CHANGES + entries.len() / MEMBERS_PER_CHANGE {
                return None;
            }
        }
        steps.extend(old.map(|((gone, _), _)| Change::Remove(*gone)));
        Some(steps)
    }
}

impl<N: Net> Watching<N> {
    fn apply(&self, system: &N::System, step: &Change<N>) -> Result<()> {
        match step {
            Change::Remove(fd) => match system.remove_from_set(&self.set, u64::from(*fd)) {
                // What was closed is gone already.
                Err(Error::Os { errno: Errno::ENOENT, .. }) => Ok(()),
                answer => answer,
            },
            Change::Modify(fd, events) => system.modify_in_set(&self.set, u64::from(*fd), *events),
            Change::Add(fd, events, description) => {
                let socket = description.system_socket()?;
                system.add_to_set(&self.set, u64::from(*fd), socket, *events)
            }
        }
    }
}

/// Fills in what was found; how many entries have something to report.
fn tell(entries: &mut [PollEntry], found: &[(u64, Events)]) -> usize {
    entries.iter_mut().for_each(|entry| entry.revents = Events::NONE);
    for (token, events) in found {
        let place = entries.binary_search_by_key(token, |entry| u64::from(entry.fd));
        if let Some(entry) = place.ok().and_then(|place| entries.get_mut(place)) {
            entry.revents = events.reported(entry.events);
        }
    }
    entries.iter().filter(|entry| !entry.revents.is_empty()).count()
}
