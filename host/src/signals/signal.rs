//! Signals by number.

use std::fmt;

/// A signal, by Linux's number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signal(u8);

impl Signal {
    /// `SIGHUP`.
    pub const HANG_UP: Self = Self(1);
    /// `SIGINT`: Ctrl-C.
    pub const INTERRUPT: Self = Self(2);
    /// `SIGQUIT`.
    pub const QUIT: Self = Self(3);
    /// `SIGUSR1`.
    pub const USER_1: Self = Self(10);
    /// `SIGUSR2`.
    pub const USER_2: Self = Self(12);
    /// `SIGALRM`.
    pub const ALARM: Self = Self(14);
    /// `SIGTERM`.
    pub const TERMINATE: Self = Self(15);
    /// `SIGCONT`.
    pub const CONTINUE: Self = Self(18);
    /// `SIGWINCH`: the terminal has another size.
    pub const WINDOW: Self = Self(28);

    /// The signal with this number; none if Linux has none.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (1..=HIGHEST).contains(&number).then_some(Self(number))
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }

    /// What a shell calls the status of a process that it ended.
    #[must_use]
    pub fn status(self) -> u8 {
        ENDED + self.0
    }

    /// Whether its default action ends a process.
    pub(crate) fn ends_by_default(self) -> bool {
        !LEAVES_RUNNING.contains(&self.0)
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signal({})", self.0)
    }
}

/// What a guest does with a signal: `sigaction(2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// `SIG_DFL`: what the system does.
    Default,
    /// `SIG_IGN`: nothing.
    Ignore,
    /// It has a handler, or waits for it.
    Catch,
}

/// A set of signals: bit n - 1 is the signal n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Set(u64);

impl Set {
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn has(self, signal: Signal) -> bool {
        self.0 & Self::bit(signal) != 0
    }

    pub(super) fn set(&mut self, signal: Signal, is_in: bool) {
        if is_in { self.0 |= Self::bit(signal) } else { self.0 &= !Self::bit(signal) }
    }

    fn bit(signal: Signal) -> u64 {
        1 << (signal.0 - 1)
    }
}

const HIGHEST: u8 = 64;
const ENDED: u8 = 128;
/// `SIGCHLD`, `SIGCONT`, `SIGURG` and `SIGWINCH`, which do nothing, and those that stop: see signal(7).
const LEAVES_RUNNING: [u8; 8] = [17, 18, 19, 20, 21, 22, 23, 28];
