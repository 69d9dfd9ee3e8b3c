//! `pthread_create` and what belongs to one thread.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man7/pthreads.7.html>

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;

use libc::{EAGAIN, EDEADLK, EINVAL};
use wasocket_threads::{Parking, Thread};

use super::attributes::Attributes;
use super::machine::Start;
use super::stack::Stack;
use super::{OK, threads, turns};
use crate::interpreter::is_snapshot_being_taken;
use crate::state::state;

/// What a `pthread_t` points to: a thread from its start until it is joined, or has ended and is detached.
#[derive(Debug)]
pub(super) struct Handle {
    result: Cell<*mut c_void>,
    has_ended: Cell<bool>,
    is_detached: Cell<bool>,
}

impl Handle {
    fn new() -> *mut Self {
        let handle =
            Self { result: Cell::new(ptr::null_mut()), has_ended: Cell::new(false), is_detached: Cell::new(false) };
        Box::into_raw(Box::new(handle))
    }
}

/// The thread that runs.
pub(super) fn current() -> *mut Handle {
    let place = threads().machine().place(threads().current());
    if place.handle.get().is_null() {
        place.handle.set(Handle::new());
    }
    place.handle.get()
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_self() -> *mut Handle {
    current()
}

/// `EAGAIN`: there are too many threads, or there is no memory for the stack of another one.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_create(
    thread: *mut *mut Handle,
    attributes: *const Attributes,
    start: unsafe extern "C" fn(*mut c_void) -> *mut c_void,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the caller passes attributes, or none.
    let attributes = unsafe { attributes.as_ref() };
    if is_snapshot_being_taken() {
        return EAGAIN;
    }
    let Some(new) = spawn(attributes.map_or(0, Attributes::stack_size), (start, argument)) else { return EAGAIN };
    // SAFETY: the caller passes room for it.
    unsafe { thread.write(new) };
    if attributes.is_some_and(Attributes::is_detached) {
        // SAFETY: it has just been made.
        unsafe { (*new).is_detached.set(true) };
    }
    turns::ask_if_needed();
    OK
}

/// A new thread, which is ready.
fn spawn(stack_size: usize, start: Start) -> Option<*mut Handle> {
    if threads().alive() == 1 {
        // What the only thread so far has written goes first.
        state().sockets.flush();
    }
    let machine = threads().machine();
    let wanted = Stack::size_for(stack_size);
    // Allocated before there is a thread that needs it. A place of a thread that has ended has a stack.
    let spare = if threads().has_ended(|thread| machine.stack_size(thread) >= wanted) {
        None
    } else {
        Some(Stack::new(stack_size)?)
    };
    let spawned = threads().spawn(|thread| machine.stack_size(thread) >= wanted).ok()?;
    if let Some(stack) = spare {
        machine.add(spawned.thread, stack, begin);
    }
    let place = machine.place(spawned.thread);
    let handle = Handle::new();
    place.handle.set(handle);
    place.start.set(Some(start));
    Some(handle)
}

/// Where every thread begins; the threads in one place run here one after the other.
extern "C" fn begin(place: u32) {
    let thread = threads().current();
    debug_assert_eq!(u32::try_from(thread.place()), Ok(place));
    run_for_ever(thread);
}

fn run_for_ever(thread: Thread) {
    loop {
        if let Some((start, argument)) = threads().machine().place(thread).start.take() {
            // SAFETY: whoever created the thread passed both.
            end(unsafe { start(argument) });
        }
        threads().end();
    }
}

/// The thread that runs has come to its end.
fn end(result: *mut c_void) {
    let place = threads().machine().place(threads().current());
    place.values.end();
    let handle = place.handle.replace(ptr::null_mut());
    if handle.is_null() {
        return;
    }
    // SAFETY: it is freed here, or by the one that joins.
    unsafe {
        (*handle).result.set(result);
        (*handle).has_ended.set(true);
        if (*handle).is_detached.get() {
            drop(Box::from_raw(handle));
        } else {
            threads().unpark_all(handle.addr());
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_exit(result: *mut c_void) -> ! {
    let thread = threads().current();
    if thread == Thread::MAIN {
        std::process::exit(0);
    }
    end(result);
    threads().end();
    // The next thread in this place has what is left of the stack.
    run_for_ever(thread);
    unreachable!("threads run here for ever")
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_join(thread: *mut Handle, result: *mut *mut c_void) -> c_int {
    if thread == current() {
        return EDEADLK;
    }
    // SAFETY: a thread is joined once, and is there until then.
    unsafe {
        if (*thread).is_detached.get() {
            return EINVAL;
        }
        while !(*thread).has_ended.get() {
            threads().park(Parking { key: Some(thread.addr()), ..Parking::default() });
        }
        if !result.is_null() {
            result.write((*thread).result.get());
        }
        drop(Box::from_raw(thread));
    }
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_detach(thread: *mut Handle) -> c_int {
    // SAFETY: a thread is there until it is joined, or detached and ended.
    unsafe {
        if (*thread).has_ended.get() {
            drop(Box::from_raw(thread));
        } else {
            (*thread).is_detached.set(true);
        }
    }
    OK
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sched_yield() -> c_int {
    threads().yield_now();
    OK
}
