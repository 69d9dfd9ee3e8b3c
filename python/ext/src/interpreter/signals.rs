//! Signals that the host passes on: CPython's handlers run as natively, between two bytecodes or where a call waits.

use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use std::slice;

use wasocket::backend::host::now;
use wasocket::backend::host::signals::{self as host, Disposition, Handler};
use wasocket::time::Timeout;

use super::bindings::wasocket::runner::program;
use super::snapshot::is_being_taken;
use crate::ffi;
use crate::signals::{Set, arrive, bit};
use crate::state::Single;

struct Arriving;

/// What the program does with signals, as far as the host is to know.
struct Known {
    /// Those that have a handler of the program's own.
    own: Cell<Set>,
    /// Those that the host passes on only because they are blocked, or the timer's: delivered, they end the program.
    ending: Cell<Set>,
    /// The words of all threads but the main one.
    words: RefCell<Vec<*const u8>>,
    /// Whether something was taken since handlers last ran.
    is_told: Cell<bool>,
}

static KNOWN: Single<Known> = Single(Known {
    own: Cell::new(0),
    ending: Cell::new(0),
    words: RefCell::new(Vec::new()),
    is_told: Cell::new(false),
});

/// Has the host pass signals on. To be called before a program is run, in its main thread.
pub(super) fn install() {
    host::install(&Arriving);
    // SAFETY: CPython calls them from the thread that runs; its main thread's state lives as long as the program.
    unsafe {
        wasocket_on_signals = Some(take);
        wasocket_on_word = Some(note_word);
        watch(wasocket_word());
    }
    set_disposition(SIGINT, INTERRUPT);
}

/// What [`set_disposition`] takes, and the package's module `signals` passes.
const IGNORE: c_int = 1;
const CATCH: c_int = 2;
/// As Python itself catches Ctrl-C.
const INTERRUPT: c_int = 3;
/// It is the system's to act, but the signal has to pass through here.
const END: c_int = 4;

/// What the program does with a signal from now on.
pub(crate) fn set_disposition(number: c_int, code: c_int) {
    let disposition = match code {
        IGNORE => Disposition::Ignore,
        CATCH | INTERRUPT | END => Disposition::Catch,
        _ => Disposition::Default,
    };
    let Known { own, ending, .. } = &KNOWN.0;
    for (set, is_in) in [(own, code == CATCH || code == END), (ending, code == END)] {
        set.set(if is_in { set.get() | bit(number) } else { set.get() & !bit(number) });
    }
    // What is set while the component is built is Python's own start, which a host has no use for.
    if let (false, Ok(signal)) = (is_being_taken(), u8::try_from(number)) {
        host::set_disposition(signal, disposition);
    }
}

/// Whether the program waits for signals: nothing else may end its waits.
pub(super) fn may_come() -> bool {
    KNOWN.0.own.get() != 0
}

/// The same for a thread that has Python's lock, which is free meanwhile.
pub(crate) fn wait_for_one(timeout: Timeout) {
    // SAFETY: this thread has the lock, and takes it again.
    unsafe {
        let state = ffi::PyEval_SaveThread();
        let _ = super::sleep::wait(timeout.deadline(now));
        ffi::PyEval_RestoreThread(state);
    }
}

impl Handler for Arriving {
    fn arrived(&self) {
        take();
    }

    fn is_interrupted(&self) -> bool {
        let is_told = KNOWN.0.is_told.replace(false);
        // SAFETY: the first one only answers; the second one is called with Python's lock held.
        unsafe {
            // A call of C's waits without the lock, and CPython runs handlers when that answers `EINTR`.
            if PyThreadState_GetUnchecked().is_null() { is_told } else { ffi::PyErr_CheckSignals() < 0 }
        }
    }

    fn may_come(&self) -> bool {
        may_come()
    }
}

/// Takes what is pending, and has Python run its handlers in the main thread.
extern "C" fn take() {
    let mut rest = host::take();
    KNOWN.0.is_told.set(KNOWN.0.is_told.get() || rest != 0);
    while rest != 0 {
        let number = rest.trailing_zeros();
        rest &= rest - 1;
        let signal = c_int::try_from(number).unwrap_or(0) + 1;
        arrive(signal);
    }
}

/// Whether a signal that is delivered ends the program, since nobody handles it.
pub(crate) fn ends(number: c_int) -> bool {
    KNOWN.0.ending.get() & bit(number) != 0
}

/// Ends the program as a signal does.
pub(crate) fn end(number: c_int) {
    program::exit(ENDED.saturating_add(u8::try_from(number).unwrap_or(0)));
}

extern "C" fn note_word(word: *const u8, begins: c_int) {
    let words = &KNOWN.0.words;
    if begins != 0 {
        words.borrow_mut().push(word);
        watch(word);
    } else {
        words.borrow_mut().retain(|known| *known != word);
        forget(word);
    }
}

/// There is only the current thread from now on.
#[cfg(feature = "threads")]
pub(super) fn forget_others() {
    KNOWN.0.words.take().into_iter().for_each(forget);
}

fn watch(word: *const u8) {
    // SAFETY: CPython's word is there until `forget`; the host changes it as CPython does for a signal.
    host::watch(unsafe { slice::from_raw_parts(word, 1) }, unsafe { wasocket_signals_bit });
}

/// Has CPython ask for a turn after so many nanoseconds, whichever thread computes then; whether the host can do that.
#[cfg(feature = "threads")]
pub(super) fn request_turn(after: u64) -> bool {
    // SAFETY: it never changes.
    host::request_turn(unsafe { wasocket_turn_bit }, after)
}

fn forget(word: *const u8) {
    // SAFETY: CPython's word is still there.
    host::forget(unsafe { slice::from_raw_parts(word, 1) });
}

const SIGINT: c_int = 2;
/// Added to the number of a signal, the status of the program that it ended.
const ENDED: u8 = 128;

unsafe extern "C" {
    static mut wasocket_on_signals: Option<extern "C" fn()>;
    static mut wasocket_on_word: Option<extern "C" fn(*const u8, c_int)>;
    static wasocket_signals_bit: u8;
    #[cfg(feature = "threads")]
    static wasocket_turn_bit: u8;
    /// The word of the thread that runs.
    fn wasocket_word() -> *const u8;
    /// The state of the thread that runs, if it has CPython's lock.
    fn PyThreadState_GetUnchecked() -> *mut ffi::PyThreadState;
}
