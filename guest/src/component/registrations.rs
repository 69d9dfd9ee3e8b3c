//! What a poller remembers, and which of it is to be asked about.

use std::rc::Rc;

use super::handle::{Calls, SocketHandle};
use super::lookup::LookupHandle;
use crate::polling::{Events, PollEntry};
use crate::sockets::Fd;

/// How often events are reported; `EPOLLET` and `EPOLLONESHOT`.
#[derive(Clone, Copy)]
pub(super) struct Trigger {
    /// Once for each change.
    pub(super) edge: bool,
    /// Once, and then not again before it is armed.
    pub(super) one_shot: bool,
}

/// What is waited for.
pub(super) enum Source {
    /// A socket.
    Socket(Rc<SocketHandle>),
    /// A lookup.
    Lookup(Rc<LookupHandle>),
}

impl Source {
    /// Its descriptor; one that is closed has a number that is never open.
    fn fd(&self) -> Fd {
        let fd = match self {
            Self::Socket(socket) => socket.fd(),
            Self::Lookup(lookup) => lookup.fd(),
        };
        fd.unwrap_or(NEVER_OPEN)
    }

    /// How many calls have been made to it that may change what it is ready for.
    fn calls(&self) -> Calls {
        match self {
            Self::Socket(socket) => socket.calls(),
            Self::Lookup(_) => Calls::default(),
        }
    }
}

/// One registration.
pub(super) struct Registration {
    source: Source,
    asked: Events,
    trigger: Trigger,
    state: State,
}

/// What is still to be reported of a registration.
#[derive(Clone, Copy)]
enum State {
    /// All that is asked for.
    Armed,
    /// By edge: all but these events, which were reported after so many calls. A call may bring a change of what it is
    /// about, so it arms that again; a call to receive does not arm a writer, whom nothing new would wake for ever.
    Reported { events: Events, calls: Calls },
    /// One-shot: nothing, since something was reported.
    Spent,
}

impl Registration {
    pub(super) fn new(source: Source, asked: Events, trigger: Trigger) -> Self {
        Self { source, asked, trigger, state: State::Armed }
    }

    /// Changes what is asked for and arms it.
    pub(super) fn change(&mut self, asked: Events, trigger: Trigger) {
        self.asked = asked;
        self.trigger = trigger;
        self.state = State::Armed;
    }

    /// What to ask about it now; nothing if it has nothing to report.
    fn entry(&self) -> Option<PollEntry> {
        let asked = match self.state {
            State::Armed => self.asked,
            State::Spent => return None,
            State::Reported { .. } => self.rest()?,
        };
        Some(PollEntry::new(self.source.fd(), asked))
    }

    /// By edge: what is asked for and was not reported yet.
    fn rest(&self) -> Option<Events> {
        let reported = self.reported();
        // What is reported unasked would be reported again at once.
        let is_over = has_any(reported, &UNASKED);
        let rest = without(self.asked, reported);
        (!is_over && !rest.is_empty()).then_some(rest)
    }

    /// By edge: what was reported, and no call since could have changed.
    fn reported(&self) -> Events {
        let State::Reported { events, calls } = self.state else { return Events::NONE };
        let now = self.source.calls();
        if now == calls {
            return events;
        }
        let received = now.receiving != calls.receiving;
        let sent = now.sending != calls.sending;
        let events = if received { without_all(events, &READING) } else { events };
        let events = if sent { without_all(events, &WRITING) } else { events };
        without_all(events, &UNASKED)
    }

    /// Takes note that `found` is reported.
    fn report(&mut self, found: Events) {
        self.state = if self.trigger.one_shot {
            State::Spent
        } else if self.trigger.edge {
            State::Reported { events: self.reported().with(found), calls: self.source.calls() }
        } else {
            State::Armed
        };
    }
}

/// All registrations of a poller, in the order of their tokens: waiting goes through all of them anyway, and a list
/// takes the least code.
#[derive(Default)]
pub(super) struct Registrations {
    table: Vec<(u64, Registration)>,
    /// The token to begin with, so that all have their turn.
    first: u64,
}

impl Registrations {
    /// Adds one; whether the token was free.
    pub(super) fn add(&mut self, token: u64, registration: Registration) -> bool {
        let position = self.position(token);
        if let Err(position) = position {
            self.table.insert(position, (token, registration));
        }
        position.is_err()
    }

    pub(super) fn get_mut(&mut self, token: u64) -> Option<&mut Registration> {
        let position = self.position(token).ok()?;
        self.table.get_mut(position).map(|(_, registration)| registration)
    }

    /// Removes one; whether there was one.
    pub(super) fn remove(&mut self, token: u64) -> bool {
        self.position(token).map(|position| self.table.remove(position)).is_ok()
    }

    /// What to ask, with the tokens, in turn.
    pub(super) fn entries(&self) -> (Vec<u64>, Vec<PollEntry>) {
        let start = self.position(self.first).unwrap_or_else(|position| position);
        let in_turn = self.table.iter().skip(start).chain(self.table.iter().take(start));
        in_turn.filter_map(|(token, registration)| Some((*token, registration.entry()?))).unzip()
    }

    /// Takes note that `found` is reported of `token`.
    pub(super) fn report(&mut self, token: u64, found: Events) {
        if let Some(registration) = self.get_mut(token) {
            registration.report(found);
            self.first = token.wrapping_add(1);
        }
    }

    /// Where a token is, or would be.
    fn position(&self, token: u64) -> Result<usize, usize> {
        self.table.binary_search_by_key(&token, |(token, _)| *token)
    }
}

fn has_any(events: Events, some: &[Events]) -> bool {
    some.iter().any(|one| events.intersects(*one))
}

fn without(events: Events, gone: Events) -> Events {
    Events::from_bits(events.bits() & !gone.bits())
}

fn without_all(events: Events, gone: &[Events]) -> Events {
    gone.iter().fold(events, |rest, one| without(rest, *one))
}

/// No descriptor has this number: the table ends long before it.
const NEVER_OPEN: Fd = Fd::MAX;
/// What is reported whether it was asked for or not.
const UNASKED: [Events; 3] = [Events::ERR, Events::HUP, Events::NVAL];
/// What a call to receive may change.
const READING: [Events; 5] = [Events::IN, Events::PRI, Events::RDNORM, Events::RDBAND, Events::RDHUP];
/// What a call to send may change.
const WRITING: [Events; 3] = [Events::OUT, Events::WRNORM, Events::WRBAND];
