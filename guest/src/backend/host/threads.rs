//! Waits while other threads of the program go on, and the one wait for all that are parked.

use std::time::Duration;

use super::bindings::wasocket::socket::host::{self, PollSet};
use super::convert::{deadline_to_host, error_from_host};
pub use super::now;
use super::{Host, HostSet, signals};
use crate::backend::threads::{Owned, Parked, ParkedThreads, Unparked, Wait, is_shared, with_threads};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::file::StandardStream;
use crate::net::{Interest, Source};
use crate::polling::Events;
use crate::time::{Deadline, Moment};

thread_local! {
    /// Each with the set that it waits for, if it waits for one.
    pub(in crate::backend) static PARKED: ParkedThreads<Host, Option<HostSet>> = const { ParkedThreads::new() };
}

/// How long to wait before another try of what fails although its socket is ready: a full queue that has no readiness of its own,
/// such as that of another socket of `AF_UNIX`.
const PAUSE: Duration = Duration::from_millis(2);

impl Host {
    /// Makes a call that may wait for `interest`.
    pub(super) fn with_others<T>(
        &self,
        interest: &Interest<'_, Self>,
        deadline: Deadline,
        call: &mut dyn FnMut(Deadline) -> Result<T>,
    ) -> Result<T> {
        if !is_shared(deadline) {
            return call(deadline);
        }
        let mut is_ready = false;
        let mut is_connecting = false;
        loop {
            match call(Deadline::Now) {
                Err(Error::Os { errno: errno @ (Errno::EAGAIN | Errno::EINPROGRESS | Errno::EALREADY), .. })
                    if errno != Errno::EALREADY || is_connecting =>
                {
                    is_connecting |= errno == Errno::EINPROGRESS;
                    if is_ready && deadline == Deadline::Never && self.is_shut_down(interest) {
                        return call(deadline);
                    }
                    let is_over = if is_ready {
                        park(Wait::new(&[], None), earlier(deadline, now().after(PAUSE)))?;
                        deadline.has_passed(now)
                    } else {
                        park(Wait::new(std::slice::from_ref(interest), None), deadline)? == Unparked::Expired
                    };
                    if is_over {
                        return Err(if is_connecting { Errno::EINPROGRESS } else { Errno::EAGAIN }.into());
                    }
                    is_ready = !is_ready;
                }
                answer => return answer,
            }
        }
    }

    /// Whether a receive that would block ends at once where it may wait for ever: of `AF_UNIX` datagrams, after a shutdown.
    fn is_shut_down(&self, interest: &Interest<'_, Self>) -> bool {
        let source = Owned::of(&interest.source);
        let asked = Interest { source: source.source(), events: Events::RDHUP };
        interest.events.intersects(Events::READABLE)
            && self
                .ask(&[asked], Deadline::Now)
                .is_ok_and(|found| found.iter().any(|found| found.contains(Events::RDHUP)))
    }

    /// `poll(2)`: while this thread waits, others run. Nothing may have been found before the deadline.
    pub(super) fn poll_with_others(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Result<Vec<Events>> {
        if !is_shared(deadline) {
            return self.ask(interests, deadline);
        }
        let found = self.ask(interests, Deadline::Now)?;
        if found.iter().any(|events| !events.is_empty()) {
            return Ok(found);
        }
        park(Wait::new(interests, None).or_for_change(), deadline)?;
        self.ask(interests, Deadline::Now)
    }

    /// Waits for a set, and for `beside`, while others run; false if there are no others.
    pub(super) fn wait_for_set_with_others(
        &self,
        set: &HostSet,
        beside: &[Interest<'_, Self>],
        deadline: Deadline,
    ) -> Result<bool> {
        if !is_shared(deadline) {
            return Ok(false);
        }
        park(Wait::new(beside, Some(set.clone())).or_for_change().or_outside(), deadline)?;
        Ok(true)
    }

    /// Waits for a standard stream while others run: whether it is ready; none if there are no others.
    pub(super) fn wait_for_stream_with_others(
        &self,
        stream: StandardStream,
        deadline: Deadline,
    ) -> Result<Option<bool>> {
        let events = match stream {
            StandardStream::Input => Events::IN,
            StandardStream::Output | StandardStream::Error => Events::OUT,
        };
        let interest = [Interest { source: Source::Stream(stream), events }];
        if !is_shared(deadline) {
            return Ok(None);
        }
        loop {
            let found = self.poll_with_others(&interest, deadline)?;
            let is_ready = found.iter().any(|events| !events.is_empty());
            if is_ready || deadline.has_passed(now) {
                return Ok(Some(is_ready));
            }
        }
    }

    /// Lets others run until one of them has changed something in memory, or `deadline`; false if there are no others, or they
    /// wait for this one.
    pub(super) fn wait_for_others(&self, deadline: Deadline) -> Result<bool> {
        Ok(is_shared(deadline) && park(Wait::new(&[], None).or_for_change(), deadline)? != Unparked::InVain)
    }

    /// Wakes those that wait for a change of something in memory.
    pub(super) fn wake_for_change() {
        PARKED.with(ParkedThreads::wake_for_change);
    }

    /// Waits until something that a parked thread waits for is ready, and wakes that thread; or until `deadline`.
    pub(in crate::backend) fn wait_for_parked(&self, deadline: Deadline) {
        let look = |parked: &[Parked<Self, Option<HostSet>>]| {
            let mut interests = Vec::new();
            let mut owners = Vec::new();
            let mut sets: Vec<(&PollSet, usize)> = Vec::new();
            for Parked { thread, interests: own, more: set, .. } in parked {
                for (source, events) in own {
                    interests.push(Interest { source: source.source(), events: *events });
                    owners.push(*thread);
                }
                sets.extend(set.as_ref().map(|set| (&*set.0, *thread)));
            }
            let ready = self.find_ready(&interests, &owners, &sets, deadline);
            if ready.as_ref().is_err_and(Error::is_interrupted) {
                // What takes signals wakes the thread that handles them.
                return signals::arrived();
            }
            // What cannot be asked is an error that each is to see for itself.
            let ready = ready.unwrap_or_else(|_| parked.iter().map(|parked| parked.thread).collect());
            with_threads(|threads| ready.into_iter().for_each(|thread| threads.wake(thread)));
        };
        PARKED.with(|parked| parked.look(look));
    }

    /// The threads whose wait is over, by what each of `interests` and `sets` belongs to.
    fn find_ready(
        &self,
        interests: &[Interest<'_, Self>],
        owners: &[usize],
        sets: &[(&PollSet, usize)],
        deadline: Deadline,
    ) -> Result<Vec<usize>> {
        if interests.is_empty() && sets.is_empty() {
            host::poll(&[], &[], deadline_to_host(deadline)).map_err(error_from_host)?;
            return Ok(Vec::new());
        }
        let (found, of_sets) = if sets.is_empty() {
            (self.ask_once(interests, deadline)?, Vec::new())
        } else {
            let only: Vec<_> = sets.iter().map(|(set, _)| *set).collect();
            self.poll_mixed(interests, &only, deadline)?
        };
        let of_interests = owners.iter().zip(found).filter(|(_, events)| !events.is_empty()).map(|(thread, _)| *thread);
        let of_sets = sets.iter().zip(of_sets).filter(|(_, ready)| *ready).map(|((_, thread), _)| *thread);
        Ok(of_interests.chain(of_sets).collect())
    }
}

/// Lets others run until this wait is over.
fn park(wait: Wait<Host, Option<HostSet>>, deadline: Deadline) -> Result<Unparked> {
    let (unparked, _) = PARKED.with(|parked| parked.park(wait, deadline));
    signals::check()?;
    Ok(unparked)
}

fn earlier(deadline: Deadline, moment: Moment) -> Deadline {
    match deadline {
        Deadline::At(other) => Deadline::At(other.min(moment)),
        Deadline::Never | Deadline::Now => Deadline::At(moment),
    }
}
