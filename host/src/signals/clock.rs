//! The thread that sends a guest its timer's signal, and marks its words: for a turn, and again where that may have been undone.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Shared, Signal, State, Word};
use crate::sync::locked;

/// `ITIMER_REAL`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timer {
    at: Instant,
    interval: Duration,
}

impl Timer {
    /// None if it never fires.
    pub(super) fn new(first: Duration, interval: Duration) -> Option<Self> {
        let at = (first > Duration::ZERO).then(|| Instant::now().checked_add(first))??;
        let interval = if interval == Duration::ZERO { interval } else { interval.max(SHORTEST) };
        Some(Self { at, interval })
    }

    /// The time that is left, and the interval. A timer that is about to fire has some time left.
    pub(super) fn left(timer: Option<&Self>) -> (Duration, Duration) {
        timer.map_or((Duration::ZERO, Duration::ZERO), |timer| {
            let left = timer.at.saturating_duration_since(Instant::now());
            (left.max(Duration::from_micros(1)), timer.interval)
        })
    }

    /// What is left of it after it has fired. What was missed is not caught up with.
    fn next(self, now: Instant) -> Option<Self> {
        let at = self.at.checked_add(self.interval)?.max(now);
        (self.interval > Duration::ZERO).then_some(Self { at, ..self })
    }
}

/// What is to make a thread that computes give others a turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    bit: u8,
    /// When the words are marked next.
    at: Option<Instant>,
    /// How long after that they are marked again; none if they have yet to be marked.
    again: Option<Duration>,
    after: Duration,
}

impl Turn {
    pub(super) fn new(bit: u8, after: Duration) -> Option<Self> {
        let after = after.max(SHORTEST);
        let at = Some(Instant::now().checked_add(after)?);
        Some(Self { bit, at, again: None, after })
    }

    /// What is set in the words now.
    pub(super) fn due(self) -> Option<u8> {
        self.again.map(|_| self.bit)
    }

    /// After the words have been marked. The guest may have undone that by accident, or has no thread that computes.
    fn marked(self, now: Instant) -> Self {
        let again = self.again.map_or(self.after, |again| again.saturating_mul(2));
        Self { at: (again <= LONGEST).then_some(now + again), again: Some(again), ..self }
    }
}

/// The thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Clock {
    /// There is none.
    #[default]
    None,
    /// It looks at this time.
    Until(Instant),
}

impl Shared {
    /// Sees to it that there is a clock if there is anything for it to do, and that it does so in time.
    pub(super) fn keep_time(self: &Arc<Self>, state: &mut State) {
        let Some(next) = state.next(Instant::now()) else { return };
        match state.clock {
            Clock::Until(time) if time <= next => {}
            Clock::Until(_) => self.changed.notify_all(),
            Clock::None => {
                let shared = Arc::clone(self);
                let clock =
                    thread::Builder::new().name("wasocket-signals".to_owned()).spawn(move || shared.run_clock());
                // Without a thread to be had, a timer does not fire, and a guest that computes may see a signal later.
                state.clock = if clock.is_ok() { Clock::Until(next) } else { Clock::None };
            }
        }
    }

    fn run_clock(&self) {
        let mut state = locked(&self.state);
        loop {
            let now = Instant::now();
            if let Some(timer) = state.timer.filter(|timer| timer.at <= now) {
                state.timer = timer.next(now);
                self.send(&mut state, Signal::ALARM);
            }
            if !state.pending.is_empty() {
                state.words.iter().for_each(Word::mark);
            }
            if let Some(turn) = state.turn.filter(|turn| turn.at.is_some_and(|at| at <= now)) {
                state.words.iter().for_each(|word| word.set(turn.bit));
                state.turn = Some(turn.marked(now));
            }
            let Some(next) = state.next(now) else {
                state.clock = Clock::None;
                return;
            };
            state.clock = Clock::Until(next);
            let left = next.saturating_duration_since(now);
            state = match self.changed.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}

impl State {
    /// When there is something to do next.
    fn next(&self, now: Instant) -> Option<Instant> {
        let again = (!self.pending.is_empty() && !self.words.is_empty()).then(|| now + AGAIN);
        let turn = self.turn.and_then(|turn| turn.at);
        [self.timer.map(|timer| timer.at), again, turn].into_iter().flatten().min()
    }
}

/// The shortest interval of a timer, and the shortest turn: what happens all the time would keep a processor busy.
const SHORTEST: Duration = Duration::from_micros(100);
/// How soon a guest that may have undone a mark is told again.
const AGAIN: Duration = Duration::from_millis(5);
/// A turn that nobody has taken for so long is not asked for again: no thread computes.
const LONGEST: Duration = Duration::from_secs(1);
