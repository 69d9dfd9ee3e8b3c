//! Turns of threads that compute: how often CPython gives others one.

use std::cell::Cell;
use std::ffi::c_int;

use wasocket_threads::Machine as _;

use super::threads;
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

/// Has CPython give others a turn, if there is anyone who could use it.
pub(super) fn ask_if_needed() {
    if threads().is_anybody_coming() {
        // SAFETY: it sets a bit of this thread's state.
        unsafe { wasocket_ask_for_turns(1) };
    }
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
        threads().yield_now();
        LAST.0.set((threads().machine().now(), asked));
    }
}

/// Lets others run; how often CPython may ask before the next time.
extern "C" fn turn() -> c_int {
    if !threads().is_anybody_coming() {
        // SAFETY: it clears a bit of this thread's state.
        unsafe { wasocket_ask_for_turns(0) };
        return 0;
    }
    let (last, asked) = LAST.0.get();
    let now = threads().machine().now();
    let since = now.saturating_sub(last);
    let next = if since < INTERVAL / 2 { (asked * 2 + 1).min(MOST) } else { asked / 2 };
    if since >= INTERVAL {
        threads().yield_now();
        LAST.0.set((threads().machine().now(), next));
    } else {
        LAST.0.set((last, next));
    }
    next
}

unsafe extern "C" {
    static mut wasocket_on_turn: Option<extern "C" fn() -> c_int>;
    fn wasocket_ask_for_turns(on: c_int);
}
