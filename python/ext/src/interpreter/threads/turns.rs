//! Turns of threads that compute: how often CPython gives others one.
//!
//! CPython calls [`turn`] between two bytecodes when it finds a bit set. A host that can sets that bit when it is time. Elsewhere it is
//! set as long as anybody could use a turn, and the clock is read now and then: that costs each function of Python's a little.

use std::cell::Cell;
use std::ffi::c_int;

use wasocket_threads::Machine as _;

use super::threads;
#[cfg(feature = "signals")]
use crate::interpreter::signals::request_turn;
use crate::state::Single;

/// How often others are to have a turn, in nanoseconds. A thread that then wants CPython's lock waits for
/// `sys.getswitchinterval()` of its own, as natively.
const INTERVAL: u64 = 250_000;
/// How often CPython may ask at most before the clock is read.
const MOST: c_int = 1024;

static LAST: Single<Cell<(u64, c_int)>> = Single(Cell::new((0, 0)));

/// How often a thread may wake others before the clock is read: those that hand work to each other wait before that.
const FREE: u32 = 4;

/// How often the thread that runs has woken others since it began to, or since the clock was read.
static OWED: Single<Cell<u32>> = Single(Cell::new(0));

pub(super) fn install() {
    // SAFETY: CPython calls it from the thread that runs.
    unsafe { wasocket_on_turn = Some(turn) };
}

/// Who has CPython ask.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// The host, when it is time.
    Requested,
    /// The host, once it is told to.
    Unrequested,
    /// Nobody else: the bit stays set.
    Always,
}

static ASKING: Single<Cell<Asking>> = Single(Cell::new(Asking::Unrequested));

/// Has CPython give others a turn, if there is anyone who could use it.
pub(super) fn ask_if_needed() {
    if ASKING.0.get() == Asking::Requested || !threads().is_anybody_coming() {
        return;
    }
    if ASKING.0.get() == Asking::Unrequested {
        ASKING.0.set(if request_turn(INTERVAL) { Asking::Requested } else { Asking::Always });
    }
    if ASKING.0.get() == Asking::Always {
        // SAFETY: it sets a bit of this thread's state.
        unsafe { wasocket_ask_for_turns(1) };
    }
}

/// There is nobody who could.
#[cfg(not(feature = "signals"))]
fn request_turn(_: u64) -> bool {
    false
}

/// A thread goes on.
pub(super) fn begin() {
    OWED.0.set(0);
    ask_if_needed();
}

/// The thread that runs has woken another one with a condition, whose mutex it is about to unlock.
pub(super) fn owe() {
    OWED.0.update(|owed| owed.saturating_add(1));
    ask_if_needed();
}

/// Lets others run if this thread has woken some of them, and they have had no turn for a while. A thread that gives up CPython's
/// lock again and again for calls that do not wait would otherwise always have it back before anybody else looks.
pub(super) fn give_if_owed() {
    if OWED.0.get() < FREE {
        return;
    }
    OWED.0.set(0);
    let (last, asked) = LAST.0.get();
    if threads().machine().now().saturating_sub(last) >= INTERVAL {
        give(asked);
    }
}

/// Lets others run; how often CPython may ask before the next time.
extern "C" fn turn() -> c_int {
    let is_asked_always = ASKING.0.get() == Asking::Always;
    if is_asked_always && threads().is_anybody_coming() {
        return turn_by_clock();
    }
    // SAFETY: it clears a bit of this thread's state.
    unsafe { wasocket_ask_for_turns(0) };
    if !is_asked_always {
        ASKING.0.set(Asking::Unrequested);
        give(0);
        ask_if_needed();
    }
    0
}

/// The same where CPython asks all the time: mostly it is not time yet.
fn turn_by_clock() -> c_int {
    let (last, asked) = LAST.0.get();
    let since = threads().machine().now().saturating_sub(last);
    let next = if since < INTERVAL / 2 { (asked * 2 + 1).min(MOST) } else { asked / 2 };
    if since >= INTERVAL {
        give(next);
    } else {
        LAST.0.set((last, next));
    }
    next
}

/// Lets others run; CPython then asks so often before the clock is read.
fn give(asked: c_int) {
    threads().yield_now();
    LAST.0.set((threads().machine().now(), asked));
}

unsafe extern "C" {
    static mut wasocket_on_turn: Option<extern "C" fn() -> c_int>;
    fn wasocket_ask_for_turns(on: c_int);
}
