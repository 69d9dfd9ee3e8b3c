//! The thread that sends a guest its timer's signal, and marks its words again.

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

impl Shared {
    /// Sees to it that there is a clock if there is anything for it to do.
    pub(super) fn keep_time(self: &Arc<Self>, state: &mut State) {
        if state.has_clock {
            self.changed.notify_all();
        } else if state.next(Instant::now()).is_some() {
            let shared = Arc::clone(self);
            let clock = thread::Builder::new().name("wasocket-signals".to_owned()).spawn(move || shared.run_clock());
            // Without a thread to be had, a timer does not fire, and a guest that computes may see a signal later.
            state.has_clock = clock.is_ok();
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
            let Some(next) = state.next(now) else {
                state.has_clock = false;
                return;
            };
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
        self.timer.map(|timer| timer.at).into_iter().chain(again).min()
    }
}

/// The shortest interval of a timer: one that fires all the time would keep a processor busy.
const SHORTEST: Duration = Duration::from_micros(100);
/// How soon a guest that may have undone a mark is told again.
const AGAIN: Duration = Duration::from_millis(5);
