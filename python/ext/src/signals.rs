//! Signals: which are blocked or held, where they are told, and how one is delivered to Python.
//!
//! The package `wasocket` has the functions of the module `signal`. What is here has to work where no Python code can run: between
//! two bytecodes, and while all threads wait.

use std::cell::Cell;
use std::ffi::{c_int, c_void};

use wasocket::errno::Errno;
use wasocket::time::Timeout;

use crate::arguments::parse_tuple;
use crate::errors::{PyResult, Raised, raise_errno};
use crate::export::Arguments;
use crate::ffi;
use crate::object::Object;
use crate::state::{Single, state};
use crate::timeout::select_timeout;

/// What the program has set.
struct Signals {
    blocked: Cell<Set>,
    /// Blocked ones that have been sent.
    held: Cell<Set>,
    /// The descriptor of ours that is told of each signal, and whether it is to be said when that has no room.
    wakeup: Cell<Option<(c_int, bool)>>,
    /// How many have been delivered.
    delivered: Cell<u32>,
}

/// Bit n - 1 is the signal n.
pub(crate) type Set = u64;

static SIGNALS: Single<Signals> =
    Single(Signals { blocked: Cell::new(0), held: Cell::new(0), wakeup: Cell::new(None), delivered: Cell::new(0) });

fn signals() -> &'static Signals {
    &SIGNALS.0
}

/// A signal has been sent to this process: it is held if it is blocked, else delivered.
pub(crate) fn arrive(number: c_int) {
    let Signals { blocked, held, .. } = signals();
    if blocked.get() & bit(number) != 0 {
        held.set(held.get() | bit(number));
        #[cfg(all(feature = "signals", feature = "threads"))]
        crate::interpreter::wake_for_signal();
    } else {
        deliver(number);
    }
}

/// Has Python run the signal's handler in the main thread, as soon as that can; does nothing if there is none. No lock of Python's
/// has to be held.
fn deliver(number: c_int) {
    #[cfg(feature = "signals")]
    if crate::interpreter::ends_program(number) {
        return crate::interpreter::end_program(number);
    }
    let Signals { wakeup, delivered, .. } = signals();
    delivered.set(delivered.get().wrapping_add(1));
    // SAFETY: a handler in C may call it, so nothing has to be held.
    unsafe { PyErr_SetInterruptEx(number) };
    #[cfg(all(feature = "signals", feature = "threads"))]
    crate::interpreter::wake_for_signal();
    let Some((descriptor, warns)) = wakeup.get() else { return };
    let fd = state().socket_fd(descriptor).ok_or(Errno::EBADF);
    let Err(error) = fd.map_err(Into::into).and_then(|fd| state().sockets.write(fd, &[number.to_le_bytes()[0]])) else {
        return;
    };
    let errno = error.errno().unwrap_or(Errno::EIO);
    if warns || errno != Errno::EAGAIN {
        LAST_ERROR.0.set(errno);
        // SAFETY: the function takes no argument and lives as long as the program. A full queue is a warning less.
        unsafe { ffi::Py_AddPendingCall(Some(report_wakeup_error), std::ptr::null_mut()) };
    }
}

static LAST_ERROR: Single<Cell<Errno>> = Single(Cell::new(Errno::EAGAIN));

extern "C" fn report_wakeup_error(_: *mut c_void) -> c_int {
    let Raised = raise_errno(LAST_ERROR.0.get());
    // SAFETY: an exception is set, and the text has no place for an object.
    unsafe {
        ffi::PyErr_FormatUnraisable(c"Exception ignored while trying to write to the signal wakeup fd".as_ptr());
    }
    0
}

/// The set of this signal alone; of no number that is none.
pub(crate) fn bit(number: c_int) -> Set {
    u32::try_from(number - 1).ok().and_then(|place| 1_u64.checked_shl(place)).unwrap_or(0)
}

/// `send_signal(number)`
pub(crate) fn send_signal(arguments: Arguments<'_>) -> PyResult<Object> {
    arrive(arguments.given.c_int()?);
    run_handlers()?;
    Ok(Object::none())
}

/// `block_signals(mask) -> the mask before`
pub(crate) fn block_signals(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::unsigned(signals().blocked.replace(mask(arguments)?))
}

/// `held_signals() -> mask`
pub(crate) fn held_signals(_: Arguments<'_>) -> PyResult<Object> {
    Object::unsigned(signals().held.get())
}

/// `release_signals(mask) -> those of them that were held`
pub(crate) fn release_signals(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mask, held) = (mask(arguments)?, &signals().held);
    Object::unsigned(held.replace(held.get() & !mask) & mask)
}

/// `set_signal_wakeup(fd, warn) -> the descriptor before`
pub(crate) fn set_signal_wakeup(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut fd, mut warns): (c_int, c_int) = (0, 0);
    parse_tuple!(arguments.given, c"ip", &raw mut fd, &raw mut warns)?;
    let next = (fd != NO_DESCRIPTOR).then_some((fd, warns != 0));
    let before = signals().wakeup.replace(next).map_or(NO_DESCRIPTOR, |(fd, _)| fd);
    Object::integer(before.into())
}

/// `wait_for_signal(seconds) -> bool`
pub(crate) fn wait_for_signal(arguments: Arguments<'_>) -> PyResult<Object> {
    let timeout = select_timeout(arguments.given)?;
    let delivered = signals().delivered.get();
    wait(timeout)?;
    run_handlers()?;
    Object::boolean(signals().delivered.get() != delivered)
}

/// Waits until a signal may have arrived, or for that long.
fn wait(timeout: Timeout) -> PyResult<()> {
    #[cfg(feature = "signals")]
    crate::interpreter::wait_for_signal(timeout);
    #[cfg(not(feature = "signals"))]
    if timeout == Timeout::Blocking {
        // Nobody ever sends one.
        return Err(Errno::EDEADLK.into());
    }
    #[cfg(not(feature = "signals"))]
    state().sockets.poll(&mut [], timeout)?;
    Ok(())
}

/// `set_signal_disposition(number, code)`
pub(crate) fn set_signal_disposition(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut number, mut code): (c_int, c_int) = (0, 0);
    parse_tuple!(arguments.given, c"ii", &raw mut number, &raw mut code)?;
    #[cfg(feature = "signals")]
    crate::interpreter::set_signal_disposition(number, code);
    Ok(Object::none())
}

/// `set_signal_timer(first, interval) -> (left, interval)`
pub(crate) fn set_signal_timer(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut first, mut interval): (u64, u64) = (0, 0);
    parse_tuple!(arguments.given, c"KK", &raw mut first, &raw mut interval)?;
    #[cfg(feature = "signals")]
    let before = wasocket::backend::host::signals::set_timer(first, interval);
    #[cfg(not(feature = "signals"))]
    let before = (0, 0);
    times(before)
}

/// `get_signal_timer() -> (left, interval)`
pub(crate) fn get_signal_timer(_: Arguments<'_>) -> PyResult<Object> {
    #[cfg(feature = "signals")]
    return times(wasocket::backend::host::signals::timer());
    #[cfg(not(feature = "signals"))]
    times((0, 0))
}

fn times((left, interval): (u64, u64)) -> PyResult<Object> {
    Object::tuple([Object::unsigned(left)?, Object::unsigned(interval)?])
}

fn mask(arguments: Arguments<'_>) -> PyResult<Set> {
    let mut mask: Set = 0;
    parse_tuple!(arguments.given, c"K", &raw mut mask)?;
    Ok(mask)
}

fn run_handlers() -> PyResult<()> {
    // SAFETY: Python's lock is held.
    if unsafe { ffi::PyErr_CheckSignals() } < 0 { Err(Raised) } else { Ok(()) }
}

/// What Python's `set_wakeup_fd()` calls no descriptor.
const NO_DESCRIPTOR: c_int = -1;

unsafe extern "C" {
    // `pyo3-ffi` says that it answers nothing, and WebAssembly wants a call to fit.
    fn PyErr_SetInterruptEx(number: c_int) -> c_int;
}
