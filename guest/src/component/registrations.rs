//! What a poller remembers, and which of it is to be asked about.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::lookup::LookupHandle;
use super::socket::SocketHandle;
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

    /// A number that is another one once something was done with it.
    fn calls(&self) -> u64 {
        match self {
            Self::Socket(socket) => socket.calls(),
            Self::Lookup(_) => 0,
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
enum State {
    /// All that is asked for.
    Armed,
    /// By edge: all but these events, which were reported when `calls` was this. The next call on the socket may bring a
    /// change, so it arms again.
    Reported { events: Events, calls: u64 },
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
            State::Reported { calls, .. } if calls != self.source.calls() => self.asked,
            // What is reported unasked would be reported again at once.
            State::Reported { events, .. } if has_unasked(events) => return None,
            State::Reported { events, .. } => Events::from_bits(self.asked.bits() & !events.bits()),
        };
        let is_over = matches!(self.state, State::Reported { .. }) && asked.is_empty();
        (!is_over).then(|| PollEntry::new(self.source.fd(), asked))
    }

    /// Takes note that `found` is reported.
    fn report(&mut self, found: Events) {
        let calls = self.source.calls();
        self.state = match self.state {
            _ if self.trigger.one_shot => State::Spent,
            _ if !self.trigger.edge => State::Armed,
            State::Reported { events, calls: before } if before == calls => {
                State::Reported { events: events.with(found), calls }
            }
            State::Armed | State::Reported { .. } | State::Spent => State::Reported { events: found, calls },
        };
    }
}

/// All registrations of a poller, by token.
#[derive(Default)]
pub(super) struct Registrations {
    table: BTreeMap<u64, Registration>,
    /// The token to begin with, so that all have their turn.
    first: u64,
}

impl Registrations {
    /// Adds one; whether the token was free.
    pub(super) fn add(&mut self, token: u64, registration: Registration) -> bool {
        let is_free = !self.table.contains_key(&token);
        if is_free {
            self.table.insert(token, registration);
        }
        is_free
    }

    pub(super) fn get_mut(&mut self, token: u64) -> Option<&mut Registration> {
        self.table.get_mut(&token)
    }

    /// Removes one; whether there was one.
    pub(super) fn remove(&mut self, token: u64) -> bool {
        self.table.remove(&token).is_some()
    }

    /// What to ask, with the tokens, in turn.
    pub(super) fn entries(&self) -> (Vec<u64>, Vec<PollEntry>) {
        let in_turn = self.table.range(self.first..).chain(self.table.range(..self.first));
        in_turn.filter_map(|(token, registration)| Some((*token, registration.entry()?))).unzip()
    }

    /// Takes note that `found` is reported of `token`.
    pub(super) fn report(&mut self, token: u64, found: Events) {
        if let Some(registration) = self.table.get_mut(&token) {
            registration.report(found);
            self.first = token.wrapping_add(1);
        }
    }
}

/// Whether there is something among `events` that is reported without being asked for.
fn has_unasked(events: Events) -> bool {
    [Events::ERR, Events::HUP, Events::NVAL].into_iter().any(|unasked| events.intersects(unasked))
}

/// No descriptor has this number: the table ends long before it.
const NEVER_OPEN: Fd = Fd::MAX;
