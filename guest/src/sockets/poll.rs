//! Waiting for many descriptors at once: `select.poll`, `select.select` and all that is built on them.

use std::rc::Rc;

use super::description::Rights;
use super::endpoint::{Endpoint, SourceRef};
use super::epoll::is_instance;
use super::stack::Stack;
use super::{Events, PollEntry, PollList, Sockets};
use crate::errno::Errno;
use crate::error::Result;
use crate::net::{Interest, Network};
use crate::time::{Deadline, Timeout};

/// An open description to wait for; none is what is not open.
pub(super) struct Query<N: Network> {
    pub(super) description: Option<Rights<N>>,
    pub(super) events: Events,
    pub(super) revents: Events,
}

impl<N: Network> Clone for Query<N> {
    fn clone(&self) -> Self {
        Self { description: self.description.clone(), ..*self }
    }
}

/// What the network is asked about a description.
struct Watched<N: Network> {
    /// Its place among the queries.
    position: usize,
    description: Rights<N>,
    asked: Events,
    watch: Events,
    /// It is watched by an `epoll` instance, which is readable when this is ready.
    by_epoll: bool,
}

impl<N: Network> Sockets<N> {
    /// `poll(2)`: waits until something is ready, fills in `revents` and says how many entries have some. A descriptor that
    /// is not open reports `NVAL` and does not wait.
    ///
    /// # Errors
    /// `EDEADLK`: it would wait for ever for what nobody can make happen. What is wrong with a socket is among its events.
    pub fn poll(&self, entries: &mut [PollEntry], timeout: Timeout) -> Result<usize> {
        self.flush();
        let deadline = timeout.deadline(|| self.net.now());
        if let Some(answer) = N::Stack::poll_cached(self, entries, deadline) {
            return answer;
        }
        let query = |entry: &PollEntry| Query {
            description: self.refers_to(entry.fd).ok(),
            events: entry.events,
            revents: Events::empty(),
        };
        let mut queries: Vec<_> = entries.iter().map(query).collect();
        let count = self.wait_for(&mut queries, deadline)?;
        for (entry, query) in entries.iter_mut().zip(queries) {
            entry.revents = query.revents;
        }
        Ok(count)
    }

    /// [`Sockets::poll`] of a list that is polled again and again: the entries that have something to report. A kernel keeps the
    /// list, so that this costs by what is ready.
    ///
    /// # Errors
    /// As [`Sockets::poll`].
    pub fn poll_list(&self, list: &PollList, timeout: Timeout) -> Result<Vec<PollEntry>> {
        if let Some(answer) = N::Stack::poll_kept(self, list, timeout.deadline(|| self.net.now())) {
            return answer;
        }
        let mut entries = list.entries().to_vec();
        self.poll(&mut entries, timeout)?;
        N::Stack::keep(self, list);
        entries.retain(|entry| !entry.revents.is_empty());
        Ok(entries)
    }

    /// Waits until one of `queries` has something to report; how many have. A blocked socket is not writable; what it holds is
    /// sent as soon as there is room.
    pub(super) fn wait_for(&self, queries: &mut [Query<N>], deadline: Deadline) -> Result<usize> {
        if !self.has_blocked() {
            return self.wait_directly(queries, deadline);
        }
        loop {
            let room = |socket| Query { description: Some(socket), events: Events::OUT, revents: Events::empty() };
            let mut all: Vec<_> = queries.iter().cloned().chain(self.blocked().into_iter().map(room)).collect();
            self.wait_directly(&mut all, deadline)?;
            self.flush();
            let blocked = self.blocked();
            for (query, found) in queries.iter_mut().zip(all) {
                let is_blocked = |socket: &Rights<N>| blocked.iter().any(|blocked| Rc::ptr_eq(blocked, socket));
                let is_blocked = query.description.as_ref().is_some_and(is_blocked);
                query.revents = if is_blocked { found.revents - Events::WRITABLE_MESSAGES } else { found.revents };
            }
            let count = queries.iter().filter(|query| !query.revents.is_empty()).count();
            if count > 0 || self.has_passed(deadline) {
                return Ok(count);
            }
        }
    }

    pub(super) fn wait_directly(&self, queries: &mut [Query<N>], deadline: Deadline) -> Result<usize> {
        loop {
            let watched = watch(queries);
            let is_ready = queries.iter().any(|query| !query.revents.is_empty());
            let wait = if is_ready { Deadline::Now } else { deadline };
            if watched.is_empty() && wait == Deadline::Never {
                if N::MAY_CHANGE && self.net.wait_for_change(wait)? {
                    continue;
                }
                return Err(Errno::EDEADLK.into());
            }
            let found = self.ask_network(queries, &watched, wait)?;
            let count = queries.iter().filter(|query| !query.revents.is_empty()).count();
            // A wait may end early, so that what has changed in memory is seen.
            if count > 0 || (!found && !N::MAY_CHANGE) || self.has_passed(deadline) {
                return Ok(count);
            }
        }
    }

    /// Asks with what the network is to watch for `queries`.
    pub(super) fn wait_beside<T>(&self, mut queries: Vec<Query<N>>, ask: impl FnOnce(&[Interest<'_, N>]) -> T) -> T {
        let watched = watch(&mut queries);
        with_interests(&watched, |interests, _| ask(interests))
    }

    /// What is found is not always something to report; that must not make a wait longer than it is to be.
    pub(super) fn has_passed(&self, deadline: Deadline) -> bool {
        deadline.has_passed(|| self.net.now())
    }

    /// Asks the network about `watched` until `deadline`; whether it found anything.
    fn ask_network(&self, queries: &mut [Query<N>], watched: &[Watched<N>], deadline: Deadline) -> Result<bool> {
        if watched.is_empty() && deadline == Deadline::Now {
            return Ok(false);
        }
        let mut found = vec![Events::empty(); watched.len()];
        with_interests(watched, |interests, places| {
            let answers = self.net.poll(interests, deadline)?;
            for (place, events) in places.iter().zip(answers) {
                if let Some(found) = found.get_mut(*place) {
                    *found |= events;
                }
            }
            Ok::<_, crate::Error>(())
        })?;
        let mut any = false;
        for (watch, events) in watched.iter().zip(found).filter(|(_, events)| !events.is_empty()) {
            any = true;
            let events = watch.description.endpoint.refresh(&self.net, events);
            if let Some(query) = queries.get_mut(watch.position) {
                query.revents |= report(events, watch.asked, query.events, watch.by_epoll);
            }
        }
        Ok(any)
    }
}

/// What `events` of what was asked for `asked` are to one that asked for `of_query`: events, or an instance to read.
fn report(events: Events, asked: Events, of_query: Events, by_epoll: bool) -> Events {
    let reported = events.reported(asked);
    match by_epoll {
        false => reported,
        true if reported.is_empty() => Events::empty(),
        true => Events::READABLE & of_query,
    }
}

/// Fills in what is known already, and collects the rest.
fn watch<N: Network>(queries: &mut [Query<N>]) -> Vec<Watched<N>> {
    let mut watched = Vec::with_capacity(queries.len());
    for (position, query) in queries.iter_mut().enumerate() {
        query.revents = match &query.description {
            None => Events::NVAL,
            Some(description) if is_instance(description) => {
                watch_members(position, description, query.events, &mut watched)
            }
            Some(description) => watch_one(position, description, query.events, false, &mut watched),
        };
    }
    watched
}

/// What `description` reports at once; what else is to be asked goes to `watched`.
fn watch_one<N: Network>(
    position: usize,
    description: &Rights<N>,
    asked: Events,
    by_epoll: bool,
    watched: &mut Vec<Watched<N>>,
) -> Events {
    let status = description.endpoint.status(asked);
    if let Some(watch) = status.watch {
        watched.push(Watched { position, description: Rc::clone(description), asked, watch, by_epoll });
    }
    status.events.reported(asked)
}

/// The same for an instance of `epoll`: its members are watched, and theirs. Instances do not watch one another in a circle,
/// nor many deep, but many ways may lead to one.
fn watch_members<N: Network>(
    position: usize,
    instance: &Rights<N>,
    asked: Events,
    watched: &mut Vec<Watched<N>>,
) -> Events {
    let mut seen: Vec<*const ()> = Vec::new();
    let mut instances = vec![Rc::clone(instance)];
    let mut is_ready = false;
    while let Some(instance) = instances.pop() {
        let place = Rc::as_ptr(&instance).cast::<()>();
        let Some(epoll) = instance.endpoint.epoll().filter(|_| !seen.contains(&place)) else { continue };
        seen.push(place);
        for (member, events) in epoll.members() {
            if is_instance(&member) {
                instances.push(member);
            } else {
                is_ready |= !watch_one(position, &member, events, true, watched).is_empty();
            }
        }
    }
    if is_ready { Events::READABLE & asked } else { Events::empty() }
}

/// Calls `ask` with what the network is to watch, and the place among `watched` that each belongs to.
fn with_interests<N: Network, T>(watched: &[Watched<N>], ask: impl FnOnce(&[Interest<'_, N>], &[usize]) -> T) -> T {
    let mut places = Vec::with_capacity(watched.len());
    let mut sources: Vec<(SourceRef<'_, N>, Events)> = Vec::with_capacity(watched.len());
    for (place, watch) in watched.iter().enumerate() {
        let [first, second] = watch.description.endpoint.sources();
        let mut add = |source| {
            places.push(place);
            sources.push((source, watch.watch));
        };
        first.into_iter().for_each(&mut add);
        second.into_iter().for_each(&mut add);
    }
    let interests: Vec<_> =
        sources.iter().map(|(source, events)| Interest { source: source.as_source(), events: *events }).collect();
    ask(&interests, &places)
}
