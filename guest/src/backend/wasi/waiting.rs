//! The one place where this backend waits.

use std::cell::Cell;
use std::rc::Rc;

use wasip2::clocks::monotonic_clock::{now, subscribe_duration, subscribe_instant};
use wasip2::io::poll::{Pollable, poll};

use super::lingering::Lingering;
use super::udp::Streams;
use super::{NameLookup, Socket, TcpSocket, UdpSocket, Wasi};
use crate::backend::command::Streams as StandardStreams;
use crate::file::StandardStream;
use crate::net::{Interest, NetError, NetResult, Source};
use crate::polling::Events;
use crate::time::{Deadline, Moment};

/// What a pollable in a list stands for.
#[derive(Clone, Copy)]
enum Role {
    Read(usize),
    Write(usize),
    Lingering,
    Timer,
}

/// The shortest time that there is to wait, in nanoseconds.
pub(super) const SHORTEST: u64 = 1;

/// Tries `attempt` until it does not answer `WouldBlock`, waiting for `pollable` in between, up to `deadline`.
///
/// Trying comes first: a pollable may say "ready" for something that is gone, and "not ready" costs a call.
pub(super) fn retry<'a, T>(
    lingering: &Lingering,
    deadline: Deadline,
    pollable: impl Fn() -> &'a Pollable,
    mut attempt: impl FnMut() -> NetResult<T>,
) -> NetResult<T> {
    loop {
        match attempt() {
            Err(NetError::WouldBlock) if deadline == Deadline::Now && !is_turn_due() => {
                return Err(NetError::WouldBlock);
            }
            Err(NetError::WouldBlock) => {
                if !wait(lingering, pollable(), deadline, SHORTEST) {
                    return attempt();
                }
            }
            answer => return answer,
        }
    }
}

/// Waits for `pollable`; whether it became ready before `deadline`.
///
/// With [`Deadline::Now`] the host is asked, and given `shortest` nanoseconds to look around.
pub(super) fn wait(lingering: &Lingering, pollable: &Pollable, deadline: Deadline, shortest: u64) -> bool {
    loop {
        let (held, roles) = lingering.pollables();
        let mut list = vec![pollable];
        list.extend(held.iter().map(|held| held.writable()));
        let timer = timer(deadline, shortest);
        list.extend(timer.as_ref());
        if list.len() == 1 {
            pollable.block();
            return true;
        }
        let ready = poll(&list);
        if ready.contains(&0) {
            return true;
        }
        if timer.is_some() && ready.iter().any(|position| usize::try_from(*position) == Ok(roles + 1)) {
            return false;
        }
        drop(list);
        drop(held);
        lingering.reap();
    }
}

/// Whether `pollable` is ready now.
pub(super) fn ask(pollable: &Pollable) -> bool {
    poll(&[pollable, &subscribe_duration(0)]).contains(&0)
}

/// Waits for the first of `interests`, or only sleeps where there are none.
pub(super) fn poll_many(
    interests: &[Interest<'_, Wasi>],
    standard: &StandardStreams,
    lingering: &Lingering,
    deadline: Deadline,
) -> Vec<Events> {
    let mut found = vec![Events::empty(); interests.len()];
    lingering.reap();
    if mark_queued(interests, &mut found) {
        return found;
    }
    let shortest = if deadline == Deadline::Now { shortest_wait(interests, standard) } else { 0 };
    let streams: Vec<_> = interests.iter().map(|interest| interest.datagram_streams()).collect();
    loop {
        let (held, _) = lingering.pollables();
        let timer = timer(deadline, shortest);
        let mut list = Vec::with_capacity(interests.len() + held.len() + 1);
        let mut roles = Vec::with_capacity(list.capacity());
        for (position, (interest, streams)) in interests.iter().zip(&streams).enumerate() {
            subscribe(interest, (streams.as_deref(), standard), position, &mut list, &mut roles);
        }
        let watched = list.len();
        list.extend(held.iter().map(|held| held.writable()));
        roles.resize(list.len(), Role::Lingering);
        if let Some(timer) = &timer {
            list.push(timer);
            roles.push(Role::Timer);
        }
        if watched == 0 && timer.is_none() {
            return found;
        }
        let ready = positions(&poll(&list), list.len());
        let mut done = false;
        for position in &ready {
            done |= mark(roles.get(*position), &mut found);
        }
        if done {
            ask_others(list, roles, ready, &mut found);
            return found;
        }
        drop(list);
        drop(held);
        lingering.reap();
    }
}

/// A host may look at a part of a long list only, always the same part: the others are asked for until none of them is
/// ready, so that they do not wait for ever behind busy ones.
///
/// wasmtime sees up to 128 that are ready before it gives up its turn, fewer if it has done other work since it last did,
/// and says nothing of the rest. One that is known to be ready is asked for once more, so that there is no waiting. A short
/// answer may still be partial: wasmtime does not say how much of its budget was left.
fn ask_others(list: Vec<&Pollable>, roles: Vec<Role>, mut ready: Vec<usize>, found: &mut [Events]) {
    let mut others: Vec<_> = list.into_iter().zip(roles).collect();
    let Some(known) = last_socket(&others, &ready).filter(|_| others.len() >= MANY) else { return };
    while !ready.is_empty() {
        let mut position = 0..;
        others.retain(|_| position.next().is_some_and(|position| ready.binary_search(&position).is_err()));
        // Should the known one not be ready any more, this ends the wait.
        let moment = subscribe_duration(1);
        let asked: Vec<_> = others.iter().map(|(pollable, _)| *pollable).chain([known, &moment]).collect();
        ready = positions(&poll(&asked), others.len());
        for position in &ready {
            mark(others.get(*position).map(|(_, role)| role), found);
        }
    }
}

/// The last of those that are ready and not a timer, of which the host always knows.
fn last_socket<'a>(watched: &[(&'a Pollable, Role)], ready: &[usize]) -> Option<&'a Pollable> {
    let mut found = ready.iter().rev().filter_map(|position| watched.get(*position));
    found.find(|(_, role)| !matches!(role, Role::Timer)).map(|(pollable, _)| *pollable)
}

/// The positions below `count` that `poll` answers, in ascending order. Sorting them would be a large part of the code here.
fn positions(ready: &[u32], count: usize) -> Vec<usize> {
    let mut is_ready = vec![false; count];
    for position in ready {
        if let Some(slot) = usize::try_from(*position).ok().and_then(|position| is_ready.get_mut(position)) {
            *slot = true;
        }
    }
    is_ready.iter().enumerate().filter(|(_, ready)| **ready).map(|(position, _)| position).collect()
}

/// Shorter lists are asked about once: what was not seen of them is seen soon.
const MANY: usize = 32;

/// Marks the sockets whose datagrams wait here already; whether there are any.
fn mark_queued(interests: &[Interest<'_, Wasi>], found: &mut [Events]) -> bool {
    let mut any = false;
    for (interest, slot) in interests.iter().zip(found) {
        if let Source::Socket(Socket::Udp(UdpSocket(udp))) = interest.source {
            *slot = Events::empty().with_if(interest.reads() && udp.has_queued(), Events::IN);
            any |= !slot.is_empty();
        }
    }
    any
}

impl Interest<'_, Wasi> {
    fn reads(&self) -> bool {
        self.events.intersects(Events::READABLE)
    }

    fn writes(&self) -> bool {
        self.events.wants_write()
    }

    /// The streams of a UDP socket, kept alive for as long as they are waited for.
    fn datagram_streams(&self) -> Option<Rc<Streams>> {
        match self.source {
            Source::Socket(Socket::Udp(UdpSocket(udp))) => udp.streams().ok(),
            Source::Socket(Socket::Tcp(_)) | Source::Stream(_) | Source::Lookup(_) => None,
        }
    }
}

/// Adds what `interest` waits for to `list`.
fn subscribe<'a>(
    interest: &Interest<'a, Wasi>,
    (streams, standard): (Option<&'a Streams>, &'a StandardStreams),
    position: usize,
    list: &mut Vec<&'a Pollable>,
    roles: &mut Vec<Role>,
) {
    let (read, write) = match interest.source {
        Source::Socket(Socket::Tcp(TcpSocket(tcp))) => {
            (interest.reads().then(|| tcp.readable()).flatten(), interest.writes().then(|| tcp.writable()).flatten())
        }
        Source::Socket(Socket::Udp(_)) => (
            streams.filter(|_| interest.reads()).map(Streams::readable),
            streams.filter(|_| interest.writes()).map(Streams::writable),
        ),
        Source::Stream(StandardStream::Input) => {
            (standard.pollable(StandardStream::Input).filter(|_| interest.reads()), None)
        }
        Source::Stream(stream) => (None, standard.pollable(stream).filter(|_| interest.writes())),
        Source::Lookup(NameLookup(lookup)) => (Some(lookup.pollable()), None),
    };
    if let Some(pollable) = read {
        list.push(pollable);
        roles.push(Role::Read(position));
    }
    if let Some(pollable) = write {
        list.push(pollable);
        roles.push(Role::Write(position));
    }
}

/// Notes what became ready; whether that ends the wait.
fn mark(role: Option<&Role>, found: &mut [Events]) -> bool {
    let mut note = |position: &usize, events: Events| {
        found.get_mut(*position).is_some_and(|slot| {
            *slot |= events;
            true
        })
    };
    match role {
        Some(Role::Read(position)) => note(position, Events::IN),
        Some(Role::Write(position)) => note(position, Events::OUT),
        Some(Role::Timer) => true,
        Some(Role::Lingering) | None => false,
    }
}

/// How long a wait of no time is to be, in nanoseconds.
fn shortest_wait(interests: &[Interest<'_, Wasi>], standard: &StandardStreams) -> u64 {
    let of_stream = |interest: &Interest<'_, Wasi>| match interest.source {
        Source::Stream(stream) => standard.shortest_wait(stream),
        Source::Socket(_) | Source::Lookup(_) => 0,
    };
    interests.iter().map(of_stream).max().unwrap_or(0).max(u64::from(is_turn_due()))
}

/// What ends a wait at `deadline`; `shortest` is how long a wait of no time is to be, in nanoseconds.
fn timer(deadline: Deadline, shortest: u64) -> Option<Pollable> {
    if shortest > 0 || deadline != Deadline::Now {
        WAITED.set(true);
    }
    match deadline {
        Deadline::Never => None,
        Deadline::Now => Some(subscribe_duration(shortest)),
        Deadline::At(Moment(moment)) => Some(subscribe_instant(moment)),
    }
}

/// A host may learn what has arrived only while this program waits. A program that never does, but asks again and again,
/// is made to wait for the shortest time there is, this often.
const TURN: u64 = 10_000_000;

thread_local! {
    /// When the program last waited, as far as is known.
    static LAST_TURN: Cell<u64> = const { Cell::new(0) };
    /// Whether it has waited since `LAST_TURN` was set.
    static WAITED: Cell<bool> = const { Cell::new(true) };
}

/// Whether the program has gone on for long enough without waiting.
fn is_turn_due() -> bool {
    let now = now();
    if WAITED.replace(false) {
        LAST_TURN.set(now);
    }
    now.saturating_sub(LAST_TURN.get()) >= TURN
}
