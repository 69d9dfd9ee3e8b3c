//! What threads run on: the component's built-ins, with what C keeps for each thread beside.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::ptr;
use std::rc::Rc;

use wasocket::backend::threads::{now, waits_in_vain};
use wasocket::time::{Deadline, Moment};
use wasocket_threads::{Machine, Scheduler, Thread, Woken};

use super::builtins::{thread_index, thread_new, thread_switch, wasocket_set_stack_pointer, wasocket_stack_pointer};
use super::keys::Values;
use super::pthread::Handle;
use super::stack::Stack;
use super::turns;
use crate::ffi;
use crate::state::state;

/// The threads of this component, by their places.
#[derive(Debug)]
pub(super) struct Component {
    places: RefCell<Vec<Rc<Place>>>,
    /// The component model's number of the main thread, from its first switch on.
    main_index: Cell<u32>,
    /// How often in a row nobody could go on.
    deadlocks: Cell<u32>,
}

/// What is kept for the thread in a place, one after the other.
#[derive(Debug)]
pub(super) struct Place {
    /// The component model's number of it.
    index: u32,
    /// Its stack; the main thread has the one that the linker made.
    pub(super) stack: Option<Stack>,
    pub(super) handle: Cell<*mut Handle>,
    pub(super) values: Values,
    /// What is to be called in it.
    pub(super) start: Cell<Option<Start>>,
    stack_pointer: Cell<usize>,
    errno: Cell<c_int>,
    /// CPython's `PyThreadState`, while another thread runs.
    state: Cell<*mut c_void>,
}

/// The function that a thread begins with, and its argument.
pub(super) type Start = (unsafe extern "C" fn(*mut c_void) -> *mut c_void, *mut c_void);

impl Component {
    pub(super) const fn new() -> Self {
        Self { places: RefCell::new(Vec::new()), main_index: Cell::new(0), deadlocks: Cell::new(0) }
    }

    /// The place of a thread that has begun or is about to.
    pub(super) fn place(&self, thread: Thread) -> Rc<Place> {
        let mut places = self.places.borrow_mut();
        if places.is_empty() {
            places.push(Rc::new(Place::new()));
        }
        // Each place is added when it is spawned.
        Rc::clone(places.get(thread.place()).unwrap_or_else(|| std::process::abort()))
    }

    /// Adds the place of a new thread, which goes on at `begin`.
    pub(super) fn add(&self, thread: Thread, stack: Stack, begin: extern "C" fn(u32)) {
        drop(self.place(Thread::MAIN));
        let number = u32::try_from(thread.place()).unwrap_or(u32::MAX);
        // SAFETY: the function takes the number alone.
        let index = unsafe { thread_new(begin, number) };
        let stack_pointer = Cell::new(stack.top());
        let place = Place { index, stack_pointer, stack: Some(stack), ..Place::new() };
        self.places.borrow_mut().push(Rc::new(place));
    }

    /// Calls `each` for every place.
    pub(super) fn each_place(&self, each: impl Fn(&Place)) {
        self.places.borrow().iter().for_each(|place| each(place));
    }

    /// How large the stack of a thread's place is; 0 for a place that is none yet.
    pub(super) fn stack_size(&self, thread: Thread) -> usize {
        let places = self.places.borrow();
        places.get(thread.place()).and_then(|place| place.stack.as_ref()).map_or(0, |stack| stack.bounds().1)
    }
}

impl Place {
    /// Of the main thread.
    fn new() -> Self {
        Self {
            index: 0,
            stack: None,
            handle: Cell::new(ptr::null_mut()),
            values: Values::default(),
            start: Cell::new(None),
            stack_pointer: Cell::new(0),
            errno: Cell::new(0),
            state: Cell::new(ptr::null_mut()),
        }
    }
}

impl Machine for Component {
    fn now(&self) -> u64 {
        now().0
    }

    #[inline(never)]
    fn switch(&self, from: Thread, to: Thread) {
        self.deadlocks.set(0);
        let (me, next) = (self.place(from), self.place(to));
        if let Some(stack) = &me.stack {
            stack.check();
        }
        if from == Thread::MAIN {
            // SAFETY: it only answers.
            self.main_index.set(unsafe { thread_index() });
        }
        let index = if to == Thread::MAIN { self.main_index.get() } else { next.index };
        // SAFETY: the other thread goes on with its own stack, errno and state of CPython; whoever switches back does the same for
        // this one. References of Rust's stay valid, since stacks stay where they are.
        unsafe {
            me.errno.set(*ffi::__errno_location());
            me.state.set(wasocket_exchange_state(next.state.get()));
            *ffi::__errno_location() = next.errno.get();
            me.stack_pointer.set(wasocket_stack_pointer());
            wasocket_set_stack_pointer(next.stack_pointer.get());
            thread_switch(index);
        }
        turns::begin();
    }

    fn wait(&self, _: &Scheduler<Self>, until: Option<u64>) {
        state().sockets.wait_for_parked(match until {
            None => Deadline::Never,
            Some(0) => Deadline::Now,
            Some(moment) => Deadline::At(Moment(moment)),
        });
    }

    fn deadlock(&self, scheduler: &Scheduler<Self>) {
        #[cfg(feature = "signals")]
        if super::super::signals::may_come() {
            return self.wait(scheduler, None);
        }
        let before = self.deadlocks.replace(self.deadlocks.get() + 1);
        if let Some(place) = waits_in_vain()
            && before < TELLINGS
            && scheduler.wake_place(place, Woken::Interrupted)
        {
            return;
        }
        // A thread that is told may find nobody to tell, and wait again.
        if before < TELLINGS {
            // SAFETY: the function takes no argument and lives as long as the program.
            unsafe { ffi::Py_AddPendingCall(Some(raise_deadlock), ptr::null_mut()) };
            if scheduler.wake(Thread::MAIN, Woken::Interrupted) {
                return;
            }
        }
        eprintln!("all threads wait for one another, and nothing else could end that");
        std::process::exit(1);
    }
}

/// How often the main thread is told before the program ends.
const TELLINGS: u32 = 3;

extern "C" fn raise_deadlock(_: *mut c_void) -> c_int {
    // SAFETY: CPython calls this with its lock held.
    unsafe {
        ffi::PyErr_SetString(
            ffi::PyExc_RuntimeError,
            c"all threads wait for one another, and nothing else could end that".as_ptr(),
        );
    }
    -1
}

unsafe extern "C" {
    /// The state of CPython's current thread becomes `state`; what it was.
    fn wasocket_exchange_state(state: *mut c_void) -> *mut c_void;
}
