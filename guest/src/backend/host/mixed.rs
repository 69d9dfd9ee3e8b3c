//! Waiting for the host's sockets and for the program's standard streams at once: the sockets are put into a poll set, whose
//! pollable is waited for beside those of the streams.

use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::io::poll::{Pollable, poll};

use super::bindings::wasocket::socket::host::{self, PollSet, Readiness, Trigger};
use super::convert::{error_from_host, readiness_to_host};
use super::{Host, HostSocket, signals};
use crate::errno::Errno;
use crate::error::Result;
use crate::file::StandardStream;
use crate::net::{Interest, Source};
use crate::polling::Events;
use crate::time::{Deadline, Moment};

impl Host {
    /// `poll(2)` where streams are among the interests, or sets: which of `also` may have something to report, in their order.
    pub(super) fn poll_mixed(
        &self,
        interests: &[Interest<'_, Self>],
        also: &[&PollSet],
        deadline: Deadline,
    ) -> Result<(Vec<Events>, Vec<bool>)> {
        let set = set_of(interests)?;
        loop {
            let found = self.look(interests, deadline)?;
            let is_over = deadline == Deadline::Now || found.iter().any(|events| !events.is_empty());
            if is_over && also.is_empty() {
                return Ok((found, Vec::new()));
            }
            let changed = [&set].into_iter().chain(also.iter().copied()).map(PollSet::subscribe);
            let Some(changed) = changed.collect::<std::result::Result<Vec<_>, _>>().ok() else {
                return Ok((self.poll_in_turns(interests, also, deadline)?, vec![true; also.len()]));
            };
            if is_over {
                return Ok((found, changed.iter().skip(1).map(Pollable::ready).collect()));
            }
            let streams = interests.iter().filter_map(|interest| match interest.source {
                Source::Stream(stream) => self.wanted(stream, interest.events),
                Source::Socket(_) | Source::Lookup(_) => None,
            });
            let timer = timer(deadline);
            let mut pollables: Vec<&Pollable> = changed.iter().chain(timer.as_ref()).collect();
            let own = pollables.len();
            pollables.extend(streams);
            let (ready, is_signal) = poll_beside_signals(&pollables);
            let is_ready = |place: usize| ready.iter().any(|position| usize::try_from(*position) == Ok(place));
            if is_signal {
                return Err(Errno::EINTR.into());
            }
            if (1..own).any(is_ready) {
                return Ok((self.look(interests, Deadline::Now)?, (1..=also.len()).map(is_ready).collect()));
            }
        }
    }

    /// The same on a host without pollables for its sockets: asks again and again.
    fn poll_in_turns(
        &self,
        interests: &[Interest<'_, Self>],
        also: &[&PollSet],
        deadline: Deadline,
    ) -> Result<Vec<Events>> {
        loop {
            let turn = self.turn(deadline);
            timer(turn).iter().for_each(Pollable::block);
            let found = self.look(interests, Deadline::Now)?;
            // A wait for a set asks it in each turn.
            if !also.is_empty() || turn == deadline || found.iter().any(|events| !events.is_empty()) {
                return Ok(found);
            }
        }
    }

    /// What each interest is ready for now.
    fn look(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Result<Vec<Events>> {
        let others: Vec<_> = interests.iter().filter_map(not_a_stream).collect();
        let mut of_others = self.ask(&others, Deadline::Now)?.into_iter();
        Ok(interests
            .iter()
            .map(|interest| match interest.source {
                Source::Stream(stream) => self.look_at_stream(stream, interest.events, deadline),
                Source::Socket(_) | Source::Lookup(_) => of_others.next().unwrap_or_default(),
            })
            .collect())
    }

    fn look_at_stream(&self, stream: StandardStream, events: Events, deadline: Deadline) -> Events {
        let Some(ready) = self.wanted(stream, events) else { return Events::empty() };
        let shortest = if deadline == Deadline::Now { self.streams.shortest_wait(stream) } else { 0 };
        if !poll(&[ready, &subscribe_duration(shortest)]).contains(&0) {
            return Events::empty();
        }
        match stream {
            StandardStream::Input => Events::READABLE,
            StandardStream::Output | StandardStream::Error => Events::WRITABLE,
        }
    }

    /// What is ready when the stream is ready for one of `events`, if it ever is.
    fn wanted(&self, stream: StandardStream, events: Events) -> Option<&Pollable> {
        let is_wanted = match stream {
            StandardStream::Input => events.intersects(Events::READABLE),
            StandardStream::Output | StandardStream::Error => events.wants_write(),
        };
        self.streams.pollable(stream).filter(|_| is_wanted)
    }

    /// Waits for a stream that is ready as `ready` says; whether it was before `deadline`.
    pub(super) fn wait_for_stream(&self, stream: StandardStream, ready: &Pollable, deadline: Deadline) -> Result<bool> {
        #[cfg(feature = "threads")]
        if let Some(is_ready) = self.wait_for_stream_with_others(stream, deadline)? {
            return Ok(is_ready);
        }
        let timer = match deadline {
            Deadline::Now => Some(subscribe_duration(self.streams.shortest_wait(stream))),
            later => timer(later),
        };
        let pollables: Vec<&Pollable> = [ready].into_iter().chain(timer.as_ref()).collect();
        signals::resumed(|| {
            let (ready, is_signal) = poll_beside_signals(&pollables);
            let is_ready = ready.contains(&0);
            if is_signal && !is_ready && deadline != Deadline::Now { Err(Errno::EINTR.into()) } else { Ok(is_ready) }
        })
    }
}

/// Waits for one of them, or for a signal: which are ready, and whether a signal is pending.
fn poll_beside_signals(pollables: &[&Pollable]) -> (Vec<u32>, bool) {
    let signal = signals::subscribe();
    let own = pollables.len();
    let mut pollables = pollables.to_vec();
    pollables.extend(signal.as_ref());
    let mut ready = poll(&pollables);
    let count = ready.len();
    ready.retain(|position| usize::try_from(*position).is_ok_and(|position| position < own));
    let is_signal = ready.len() < count;
    (ready, is_signal)
}

fn not_a_stream<'a>(interest: &Interest<'a, Host>) -> Option<Interest<'a, Host>> {
    let source = match interest.source {
        Source::Socket(socket) => Source::Socket(socket),
        Source::Lookup(lookup) => Source::Lookup(lookup),
        Source::Stream(_) => return None,
    };
    Some(Interest { source, events: interest.events })
}

/// A poll set of the sockets and lookups. A socket that is there under two descriptors is in it once, for all that is asked.
fn set_of(interests: &[Interest<'_, Host>]) -> Result<PollSet> {
    let set = PollSet::create().map_err(error_from_host)?;
    let mut sockets: Vec<(&HostSocket, Readiness)> = Vec::new();
    let mut tokens = 0..;
    for Interest { source, events } in interests {
        match source {
            Source::Socket(socket) => match sockets.iter_mut().find(|(known, _)| std::ptr::eq(*known, *socket)) {
                Some((_, asked)) => *asked |= readiness_to_host(*events),
                None => sockets.push((socket, readiness_to_host(*events))),
            },
            Source::Lookup(lookup) => {
                let token = tokens.next().unwrap_or_default();
                set.add_lookup(token, &lookup.0, Trigger::empty()).map_err(error_from_host)?;
            }
            Source::Stream(_) => {}
        }
    }
    for ((socket, readiness), token) in sockets.into_iter().zip(tokens) {
        set.add_socket(token, &socket.0, readiness, Trigger::empty()).map_err(error_from_host)?;
    }
    Ok(set)
}

/// What is ready at `deadline`. The clock of deadlines is the host's, and not that of WASI.
fn timer(deadline: Deadline) -> Option<Pollable> {
    match deadline {
        Deadline::Never => None,
        Deadline::Now => Some(subscribe_duration(0)),
        Deadline::At(moment) => {
            let left = Moment(host::now()).until(moment);
            Some(subscribe_duration(u64::try_from(left.as_nanos()).unwrap_or(u64::MAX)))
        }
    }
}
