//! The list that a program polls again and again, kept by the kernel as a set: then waiting costs by what is ready.
//!
//! `select` and `poll` mostly ask about the same descriptors as before. When a program has asked about the same list twice,
//! the kernel gets it as a set; later lists are compared with it, and what differs is changed. A list that differs too much,
//! or has something in it that is no socket of the kernel, is asked about as a whole.

use std::rc::{Rc, Weak};

use super::description::Description;
use super::endpoint::Endpoint;
use super::{Events, Fd, PollEntry, PollList, Sockets, Trigger};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::system::System;
use crate::time::Deadline;

/// The list that was asked about last, and the set that watches it.
pub(super) struct PollCache<S: System> {
    asked: Vec<(Fd, Events)>,
    set: Option<Watching<S>>,
    /// The list that `asked` was found to be the same as.
    list: Option<PollList>,
}

/// A set that watches exactly what was asked about last.
struct Watching<S: System> {
    set: S::Set,
    /// What the descriptors meant, in the order of the list. The set itself lets go of what is closed.
    members: Vec<Weak<Description<S>>>,
    /// How often descriptors had changed their meaning when the set was made what it is.
    changes: u64,
}

/// One step from an old list to a new one.
enum Change<S: System> {
    Remove(Fd),
    Modify(Fd, Events),
    Add(Fd, Events, Rc<Description<S>>),
}

/// One descriptor is waited for without a set.
const FEWEST: usize = 2;

/// At most 8 changes, plus one per 8 members; beyond that a new set is cheaper.
const CHANGES: usize = 8;
const MEMBERS_PER_CHANGE: usize = 8;

/// Most events that one wait returns.
const MOST: u32 = 4096;

impl<S: System> Default for PollCache<S> {
    fn default() -> Self {
        Self { asked: Vec::new(), set: None, list: None }
    }
}

impl<S: System> PollCache<S> {
    /// Whether `entries` ask for what was asked for last.
    fn is_of(&self, entries: &[PollEntry]) -> bool {
        self.asked.len() == entries.len()
            && self.asked.iter().zip(entries).all(|(asked, entry)| *asked == (entry.fd, entry.events))
    }

    fn note(&mut self, entries: &[PollEntry]) {
        self.list = None;
        self.asked.clear();
        self.asked.extend(entries.iter().map(|entry| (entry.fd, entry.events)));
    }
}

impl<S: System> Sockets<S> {
    /// Waits for `entries` by a set, if they are fit for it: how many are ready, or nothing if the list is to be asked about
    /// as a whole.
    pub(super) fn poll_by_set(&self, entries: &mut [PollEntry], deadline: Deadline) -> Option<Result<usize>> {
        // Another thread that waits has the set, if it is taken.
        let mut cache = self.state.poll_cache.try_borrow_mut().ok()?;
        // Each look at all entries counts: what is the same as before is sorted as well.
        let is_same = cache.is_of(entries);
        let is_sorted = || entries.is_sorted_by(|entry, next| entry.fd < next.fd);
        if entries.len() < FEWEST || !(is_same && cache.set.is_some() || is_sorted()) {
            return None;
        }
        if !self.brought_up_to_date(&mut cache, &self.net, entries, is_same) {
            cache.set = None;
            cache.note(entries);
            return None;
        }
        let watching = cache.set.as_ref()?;
        self.wait_for_kept(watching, deadline, |found| {
            let count = fill_in(entries, found);
            (count > 0).then_some(count)
        })
    }

    /// Waits for the kept list: what has something to report. Nothing if it is another, or not kept any more.
    pub(super) fn poll_kept(&self, list: &PollList, deadline: Deadline) -> Option<Result<Vec<PollEntry>>> {
        let cache = self.state.poll_cache.try_borrow().ok()?;
        cache.list.as_ref().filter(|kept| kept.is(list))?;
        let watching = cache.set.as_ref().filter(|watching| watching.changes == self.changes.get())?;
        self.wait_for_kept(watching, deadline, |found| {
            let ready: Vec<_> = reports(list.entries(), found).map(|(_, entry)| entry).collect();
            (!ready.is_empty()).then_some(ready)
        })
    }

    /// Notes that `list` is what the set watches, if it is.
    pub(super) fn keep(&self, list: &PollList) {
        let Ok(mut cache) = self.state.poll_cache.try_borrow_mut() else { return };
        if cache.set.is_some() && cache.is_of(list.entries()) {
            cache.list = Some(list.clone());
        }
    }

    /// Waits until `report` makes something of what the set has found, or for nothing; none if the set cannot say all.
    fn wait_for_kept<T: Default>(
        &self,
        watching: &Watching<S>,
        deadline: Deadline,
        mut report: impl FnMut(&[(u64, Events)]) -> Option<T>,
    ) -> Option<Result<T>> {
        loop {
            match self.net.wait_for_set(&watching.set, MOST, &[], deadline) {
                Ok(found) if found.len() >= MOST as usize => return None,
                Ok(found) => match report(&found) {
                    Some(answer) => return Some(Ok(answer)),
                    None if self.has_passed(deadline) => return Some(Ok(T::default())),
                    None => {}
                },
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Makes the set that of `entries`, which `is_same` compares with what was asked about last; false if there is none, or it is not worth it.
    fn brought_up_to_date(&self, cache: &mut PollCache<S>, system: &S, entries: &[PollEntry], is_same: bool) -> bool {
        let changes = self.changes.get();
        let Some(watching) = &mut cache.set else {
            cache.set = if is_same { self.new_set(system, entries, changes) } else { None };
            return cache.set.is_some();
        };
        if is_same && watching.changes == changes {
            return true;
        }
        let Some(steps) = self.steps(&cache.asked, &watching.members, entries) else { return false };
        if steps.iter().any(|step| watching.apply(system, step).is_err()) {
            return false;
        }
        let Some(members) = self.members(entries) else { return false };
        watching.members = members;
        watching.changes = changes;
        cache.note(entries);
        true
    }

    fn new_set(&self, system: &S, entries: &[PollEntry], changes: u64) -> Option<Watching<S>> {
        let members = self.members(entries)?;
        let mut watching = Watching { set: system.create_set().ok()?, members: Vec::new(), changes };
        for (entry, member) in entries.iter().zip(&members) {
            watching.apply(system, &Change::Add(entry.fd, entry.events, member.upgrade()?)).ok()?;
        }
        watching.members = members;
        Some(watching)
    }

    /// What `entries` refer to, if all of them are sockets of the system.
    fn members(&self, entries: &[PollEntry]) -> Option<Vec<Weak<Description<S>>>> {
        let descriptors = self.descriptors.borrow();
        let member = |entry: &PollEntry| {
            let description = &descriptors.get(entry.fd).ok()?.description;
            description.endpoint.kernel_socket().is_some().then(|| Rc::downgrade(description))
        };
        entries.iter().map(member).collect()
    }

    /// The way from an old list to `entries`, unless it is too long. Both are in ascending order.
    fn steps(
        &self,
        asked: &[(Fd, Events)],
        members: &[Weak<Description<S>>],
        entries: &[PollEntry],
    ) -> Option<Vec<Change<S>>> {
        let descriptors = self.descriptors.borrow();
        let mut old = asked.iter().zip(members).peekable();
        let mut steps = Vec::new();
        for entry in entries {
            while let Some(((gone, _), _)) = old.next_if(|((fd, _), _)| *fd < entry.fd) {
                steps.push(Change::Remove(*gone));
            }
            let description = &descriptors.get(entry.fd).ok()?.description;
            match old.next_if(|((fd, _), _)| *fd == entry.fd) {
                Some(((_, events), member)) if std::ptr::addr_eq(member.as_ptr(), Rc::as_ptr(description)) => {
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

impl<S: System> Watching<S> {
    fn apply(&self, system: &S, step: &Change<S>) -> Result<()> {
        match step {
            Change::Remove(fd) => match system.remove_from_set(&self.set, u64::from(*fd)) {
                // What was closed is gone already.
                Err(Error::Os { errno: Errno::ENOENT, .. }) => Ok(()),
                answer => answer,
            },
            Change::Modify(fd, events) => system.modify_in_set(&self.set, u64::from(*fd), *events, Trigger::empty()),
            Change::Add(fd, events, description) => {
                let socket = description.endpoint.kernel_socket().ok_or(Errno::EOPNOTSUPP)?;
                system.add_to_set(&self.set, u64::from(*fd), socket, *events, Trigger::empty())
            }
        }
    }
}

/// Fills in what was found; how many entries have something to report.
fn fill_in(entries: &mut [PollEntry], found: &[(u64, Events)]) -> usize {
    entries.iter_mut().for_each(|entry| entry.revents = Events::empty());
    let reports: Vec<_> = reports(entries, found).collect();
    for (place, entry) in &reports {
        if let Some(slot) = entries.get_mut(*place) {
            *slot = *entry;
        }
    }
    reports.len()
}

/// The entries that what was found has something to report for, with their places. They are in ascending order.
fn reports(entries: &[PollEntry], found: &[(u64, Events)]) -> impl Iterator<Item = (usize, PollEntry)> {
    found.iter().filter_map(|(token, events)| {
        let place = entries.binary_search_by_key(token, |entry| u64::from(entry.fd)).ok()?;
        let entry = *entries.get(place)?;
        let revents = events.reported(entry.events);
        (!revents.is_empty()).then_some((place, PollEntry { revents, ..entry }))
    })
}
