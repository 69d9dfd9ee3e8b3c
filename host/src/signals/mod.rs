//! Signals for a guest: what a terminal, or the program that runs the guest, tells it while it runs.
//!
//! A guest says what it does with each signal. One that it catches is pending until the guest takes it; while one is pending, no
//! call of the guest's waits. A guest that computes does not call: it names words of its memory that it looks at anyway.

mod clock;
mod signal;
#[cfg(test)]
mod tests;
mod word;

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};
use tokio::sync::Notify;

use crate::sync::locked;
use clock::{Clock, Timer, Turn};
pub(crate) use signal::Set;
pub use signal::{Disposition, Signal};
pub(crate) use word::Word;

/// The signals of one guest. Clones are of the same guest.
///
/// ```no_run
/// use wasocket_host::policy::{Network, Policy};
/// use wasocket_host::signals::Signal;
/// use wasocket_host::{Grants, Host};
///
/// # async fn example(host: Host, server: wasocket_host::Command) -> Result<(), wasocket_host::Error> {
/// let grants = Grants::new(Network::new(Policy::new(), |_| ()));
/// let signals = grants.signals.clone();
/// let stop = async {
///     tokio::signal::ctrl_c().await.ok();
///     // A Python server ends as it does on `kill`: its handler runs, or it is gone, with status 143.
///     signals.send(Signal::TERMINATE);
///     std::future::pending().await
/// };
/// let status = tokio::select! {
///     status = host.run(&server, grants) => status?,
///     () = stop => unreachable!(),
/// };
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Signals(Arc<Shared>);

/// What [`Signals`] share with those that wait.
pub(crate) struct Shared {
    state: Mutex<State>,
    /// What `State::pending` says, for those that only look.
    is_pending: AtomicBool,
    /// Something has changed that the clock is to know.
    changed: Condvar,
    /// A signal is pending, or has ended the guest.
    arrived: Notify,
    /// Readable while a signal is pending, for waits of a whole thread. Made when the first signal is caught, if it can be.
    event: OnceLock<Option<OwnedFd>>,
}

#[derive(Default)]
struct State {
    pending: Set,
    caught: Set,
    ignored: Set,
    words: Vec<Word>,
    timer: Option<Timer>,
    turn: Option<Turn>,
    clock: Clock,
    /// The signal that ended the guest.
    ended_by: Option<Signal>,
    /// The guest is gone, or has yet to begin.
    is_over: bool,
    listener: Option<Listener>,
}

/// Is told of each signal that the guest does not leave to its default action any more.
type Listener = Box<dyn Fn(Signal) + Send>;

impl Default for Signals {
    fn default() -> Self {
        Self::new()
    }
}

impl Signals {
    /// For a guest that has yet to begin.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            state: Mutex::default(),
            is_pending: AtomicBool::new(false),
            changed: Condvar::new(),
            arrived: Notify::new(),
            event: OnceLock::new(),
        }))
    }

    /// `kill(2)`: sends the guest a signal, and says what it does with it.
    ///
    /// [`Disposition::Default`] of a signal that ends a process ends the guest as soon as its future is polled: then
    /// [`Host::run`](crate::Host::run) answers 128 and the signal's number, as a shell does.
    pub fn send(&self, signal: Signal) -> Disposition {
        let mut state = locked(&self.0.state);
        let disposition = self.0.send(&mut state, signal);
        self.0.keep_time(&mut state);
        disposition
    }

    /// Calls `listener` for each signal that the guest begins to catch or to ignore, in the guest's thread.
    pub fn on_change(&self, listener: impl Fn(Signal) + Send + 'static) {
        locked(&self.0.state).listener = Some(Box::new(listener));
    }

    /// `sigaction(2)`, by the guest.
    pub(crate) fn set_disposition(&self, signal: Signal, disposition: Disposition) {
        let mut state = locked(&self.0.state);
        state.caught.set(signal, disposition == Disposition::Catch);
        state.ignored.set(signal, disposition == Disposition::Ignore);
        match disposition {
            Disposition::Default => return,
            Disposition::Ignore => {}
            Disposition::Catch => self.0.make_event(),
        }
        if let Some(listener) = &state.listener {
            listener(signal);
        }
    }

    /// Takes what is pending.
    pub(crate) fn take(&self) -> Set {
        let mut state = locked(&self.0.state);
        let taken = std::mem::take(&mut state.pending);
        if !taken.is_empty() {
            self.0.is_pending.store(false, Ordering::Release);
            if let Some(event) = self.0.event() {
                // Nothing to read is what is wanted.
                let _ = rustix::io::read(event, &mut [0; 8]);
            }
        }
        taken
    }

    /// `setitimer(2)`: the signal of the clock arrives after `first`, and then every `interval`; 0 is never. What was set: the
    /// time that was left, and the interval.
    pub(crate) fn set_timer(&self, first: Duration, interval: Duration) -> (Duration, Duration) {
        let mut state = locked(&self.0.state);
        let before = std::mem::replace(&mut state.timer, Timer::new(first, interval));
        self.0.keep_time(&mut state);
        Timer::left(before.as_ref())
    }

    /// `getitimer(2)`.
    pub(crate) fn timer(&self) -> (Duration, Duration) {
        Timer::left(locked(&self.0.state).timer.as_ref())
    }

    /// From now on the guest looks at `word` while it computes.
    pub(crate) fn watch(&self, word: Word) {
        let mut state = locked(&self.0.state);
        if !state.is_over && state.words.len() < MOST_WORDS {
            if !state.pending.is_empty() {
                word.mark();
            }
            if let Some(bit) = state.turn.and_then(Turn::due) {
                word.set(bit);
            }
            state.words.push(word);
        }
    }

    /// The word at this address is not looked at any more, and may mean something else from now on.
    pub(crate) fn forget(&self, address: usize) {
        locked(&self.0.state).words.retain(|word| word.address() != address);
    }

    /// Has `bit` set in the words after a time, as a thread that computes is to give others a turn then. Whether that can be.
    pub(crate) fn request_turn(&self, bit: u8, after: Duration) -> bool {
        let mut state = locked(&self.0.state);
        if state.words.is_empty() {
            return false;
        }
        state.turn = Turn::new(bit, after);
        self.0.keep_time(&mut state);
        state.clock != Clock::None
    }

    /// The guest is gone, with its memory.
    pub(crate) fn end(&self) {
        let mut state = locked(&self.0.state);
        state.words.clear();
        (state.timer, state.turn) = (None, None);
        (state.pending, state.caught, state.ignored) = (Set::default(), Set::default(), Set::default());
        state.is_over = true;
        self.0.is_pending.store(false, Ordering::Release);
        self.0.changed.notify_all();
    }

    /// Waits for a signal that ends the guest.
    pub(crate) async fn until_ended(&self) -> Signal {
        loop {
            let mut arrived = std::pin::pin!(self.0.arrived.notified());
            arrived.as_mut().enable();
            if let Some(signal) = locked(&self.0.state).ended_by {
                return signal;
            }
            arrived.await;
        }
    }

    /// Waits until a signal is pending.
    pub(crate) async fn pending(&self) {
        loop {
            let mut arrived = std::pin::pin!(self.0.arrived.notified());
            arrived.as_mut().enable();
            if self.is_pending() {
                return;
            }
            arrived.await;
        }
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.0.is_pending.load(Ordering::Acquire)
    }

    /// What is readable while a signal is pending; none until the guest catches one.
    pub(crate) fn event(&self) -> Option<BorrowedFd<'_>> {
        self.0.event()
    }

    /// Whether a wait of a whole thread sees a signal that arrives.
    pub(crate) fn can_end_waits_of_threads(&self) -> bool {
        !matches!(self.0.event.get(), Some(None))
    }
}

impl Shared {
    /// Does with a signal what the guest has said, which is the answer.
    fn send(&self, state: &mut State, signal: Signal) -> Disposition {
        let disposition = state.disposition(signal);
        match disposition {
            Disposition::Catch => self.deliver(state, signal),
            Disposition::Default if signal.ends_by_default() && !state.is_over => {
                state.ended_by.get_or_insert(signal);
                self.arrived.notify_waiters();
            }
            Disposition::Default | Disposition::Ignore => {}
        }
        disposition
    }

    fn deliver(&self, state: &mut State, signal: Signal) {
        state.pending.set(signal, true);
        state.words.iter().for_each(Word::mark);
        self.is_pending.store(true, Ordering::Release);
        if let Some(event) = self.event() {
            // A full counter is readable as well.
            let _ = rustix::io::write(event, &1_u64.to_ne_bytes());
        }
        self.arrived.notify_waiters();
    }

    /// Without descriptors to be had, waits are of the runtime.
    fn make_event(&self) {
        self.event.get_or_init(|| eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok());
    }

    fn event(&self) -> Option<BorrowedFd<'_>> {
        self.event.get().and_then(Option::as_ref).map(AsFd::as_fd)
    }
}

impl State {
    fn disposition(&self, signal: Signal) -> Disposition {
        if self.caught.has(signal) {
            Disposition::Catch
        } else if self.ignored.has(signal) {
            Disposition::Ignore
        } else {
            Disposition::Default
        }
    }
}

impl fmt::Debug for Signals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = locked(&self.0.state);
        formatter.debug_struct("Signals").field("pending", &state.pending).finish_non_exhaustive()
    }
}

/// One for each thread that a guest can have, and some more.
const MOST_WORDS: usize = 4096;
