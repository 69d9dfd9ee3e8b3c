//! The decision who goes on.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use crate::queues::Queues;

/// A thread of the program: its place among all of them. The main thread is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thread(usize);

impl Thread {
    /// The thread that the program began with.
    pub const MAIN: Self = Self(0);

    /// Its place, from 0; a thread that has ended leaves its place to a later one.
    #[must_use]
    pub fn place(self) -> usize {
        self.0
    }
}

/// What threads run on.
pub trait Machine: Sized {
    /// A monotonic clock, in nanoseconds.
    fn now(&self) -> u64;

    /// Goes on in `to`. Returns when a later switch goes back to `from`, which is the thread that calls.
    fn switch(&self, from: Thread, to: Thread);

    /// Which of `ready` threads, of which there are at least two, goes on: 0 is the one that has been ready for longest.
    fn choose(&self, _ready: usize) -> usize {
        0
    }

    /// Nobody is ready: waits for what threads are parked [outside](Parking::outside) for, until `until` at most, and
    /// [wakes](Scheduler::wake) each that is ready. `until` in the past asks without waiting.
    fn wait(&self, scheduler: &Scheduler<Self>, until: Option<u64>);

    /// Nobody is ready, and nothing can make anybody so: wakes one that can say so, or ends the program.
    fn deadlock(&self, scheduler: &Scheduler<Self>);
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parking {
    /// Until another thread unparks this key, such as the address of a lock.
    pub key: Option<usize>,
    /// Until this moment of the machine's clock.
    pub until: Option<u64>,
    /// Until the machine finds that something outside is ready.
    pub outside: bool,
}

/// Why a parked thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// Another thread unparked its key, or the machine found what it waits for.
    Called,
    /// Its time has passed.
    Expired,
    /// Something else is to be looked at, such as a signal.
    Interrupted,
}

/// A thread that can begin: whether it is in a new place, or goes on in one whose thread has ended.
#[derive(Clone, Copy, Debug)]
pub struct Spawned {
    /// The thread. It is ready.
    pub thread: Thread,
    /// Whether nothing has ever run in this place.
    pub is_new: bool,
}

/// There are as many threads as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    /// How many that is.
    pub limit: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    Ready,
    Parked {
        key: Option<usize>,
        until: Option<u64>,
        outside: bool,
    },
    /// It has ended; its place is free.
    Ended,
    /// It never goes on.
    Stopped,
}

#[derive(Clone, Copy, Debug)]
struct Record {
    state: State,
    woken: Woken,
}

/// After so many switches in a row the world outside is looked at: threads that keep each other busy do not hold up the rest.
const TURNS: u32 = 64;

/// The threads of a program.
#[derive(Debug)]
pub struct Scheduler<M> {
    machine: M,
    limit: usize,
    current: Cell<Thread>,
    records: RefCell<Vec<Record>>,
    ready: RefCell<VecDeque<Thread>>,
    ended: RefCell<Vec<Thread>>,
    queues: RefCell<Queues>,
    /// How many are alive, the main one among them.
    alive: Cell<usize>,
    /// How many are parked outside.
    outside: Cell<usize>,
    /// The thread that holds up the others.
    holder: Cell<Option<Thread>>,
    turns: Cell<u32>,
}

impl<M: Machine> Scheduler<M> {
    /// The scheduler of a program with one thread, and with `limit` at most.
    pub const fn new(machine: M, limit: usize) -> Self {
        Self {
            machine,
            limit,
            current: Cell::new(Thread::MAIN),
            records: RefCell::new(Vec::new()),
            ready: RefCell::new(VecDeque::new()),
            ended: RefCell::new(Vec::new()),
            queues: RefCell::new(Queues::new()),
            alive: Cell::new(1),
            outside: Cell::new(0),
            holder: Cell::new(None),
            turns: Cell::new(0),
        }
    }

    /// What the threads run on.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The thread that runs.
    pub fn current(&self) -> Thread {
        self.current.get()
    }

    /// How many threads go on: at least 1.
    pub fn alive(&self) -> usize {
        if self.holder.get().is_some() { 1 } else { self.alive.get() }
    }

    /// Whether another thread is ready to run.
    pub fn is_anybody_ready(&self) -> bool {
        self.holder.get().is_none() && !self.ready.borrow().is_empty()
    }

    /// Whether another thread can become ready without this one: it is ready, has a deadline or is parked outside.
    pub fn is_anybody_coming(&self) -> bool {
        let may_come = || self.outside.get() > 0 || self.queues.borrow().first_deadline().is_some();
        self.holder.get().is_none() && (self.is_anybody_ready() || may_come())
    }

    /// Whether a thread has ended in a place that is `fit`, and none has begun in it since.
    pub fn has_ended(&self, fit: impl Fn(Thread) -> bool) -> bool {
        self.ended.borrow().iter().any(|thread| fit(*thread))
    }

    /// Another thread, which is ready: in the place of one that has ended, if that is `fit`, else in a new one.
    ///
    /// # Errors
    /// [`Full`]: there are too many.
    pub fn spawn(&self, fit: impl Fn(Thread) -> bool) -> Result<Spawned, Full> {
        let place = self.ended.borrow().iter().rposition(|thread| fit(*thread));
        let is_full = self.alive.get() >= self.limit || (place.is_none() && self.records.borrow().len() >= self.limit);
        if is_full {
            return Err(Full { limit: self.limit });
        }
        self.alive.set(self.alive.get() + 1);
        let again = place.map(|place| self.ended.borrow_mut().remove(place));
        let mut records = self.records.borrow_mut();
        if records.is_empty() {
            records.push(Record { state: State::Running, woken: Woken::Called });
        }
        let thread = again.unwrap_or(Thread(records.len()));
        if again.is_none() {
            records.push(Record { state: State::Ready, woken: Woken::Called });
        }
        drop(records);
        self.make_ready(thread, Woken::Called);
        Ok(Spawned { thread, is_new: again.is_none() })
    }

    /// The current thread waits. Without a key, a deadline or anything outside it waits for [`Scheduler::wake`].
    pub fn park(&self, parking: Parking) -> Woken {
        let me = self.current.get();
        let Parking { key, until, outside } = parking;
        self.set_state(me, State::Parked { key, until, outside });
        self.queues.borrow_mut().insert(me, key, until);
        self.outside.set(self.outside.get() + usize::from(outside));
        self.dispatch(me);
        self.records.borrow().get(me.0).map_or(Woken::Called, |record| record.woken)
    }

    /// Makes the thread ready that has been parked under `key` for longest; whether there is one.
    pub fn unpark(&self, key: usize) -> bool {
        let first = self.queues.borrow().first_under(key);
        first.is_some_and(|thread| self.wake(thread, Woken::Called))
    }

    /// Makes all threads ready that are parked under `key`.
    pub fn unpark_all(&self, key: usize) {
        while self.unpark(key) {}
    }

    /// Makes a thread ready, if it is parked; whether it was.
    pub fn wake(&self, thread: Thread, why: Woken) -> bool {
        let state = self.records.borrow().get(thread.0).map(|record| record.state);
        let Some(State::Parked { key, until, outside }) = state else { return false };
        self.queues.borrow_mut().remove(thread, key, until);
        self.outside.set(self.outside.get() - usize::from(outside));
        self.make_ready(thread, why);
        true
    }

    /// Whether a thread is parked under `key`.
    pub fn waits_for(&self, thread: Thread, key: usize) -> bool {
        let state = self.records.borrow().get(thread.0).map(|record| record.state);
        matches!(state, Some(State::Parked { key: Some(own), .. }) if own == key)
    }

    /// The same for the thread in a place.
    pub fn wake_place(&self, place: usize, why: Woken) -> bool {
        self.wake(Thread(place), why)
    }

    /// No other thread goes on, unless the current one waits for what only they can do: then all do, as before.
    pub fn hold_others(&self) {
        self.holder.set(Some(self.current.get()));
    }

    /// From now on there is only the current thread: no other goes on.
    pub fn stop_others(&self) {
        let me = self.current.get();
        self.holder.set(None);
        self.ready.borrow_mut().clear();
        *self.queues.borrow_mut() = Queues::new();
        self.outside.set(0);
        self.alive.set(1);
        for (place, record) in self.records.borrow_mut().iter_mut().enumerate() {
            record.state = if Thread(place) == me { State::Running } else { State::Stopped };
        }
    }

    /// Lets all others run that are ready, or can be made so without waiting.
    pub fn yield_now(&self) {
        if self.alive() == 1 {
            return;
        }
        self.look();
        if self.is_anybody_ready() {
            let me = self.current.get();
            self.make_ready(me, Woken::Called);
            self.dispatch(me);
        }
    }

    /// The current thread has ended, and its place is free. Returns when another thread begins in it.
    pub fn end(&self) {
        let me = self.current.get();
        self.alive.set(self.alive.get() - 1);
        self.set_state(me, State::Ended);
        self.ended.borrow_mut().push(me);
        self.dispatch(me);
    }

    /// Looks outside and at the clock, without waiting.
    fn look(&self) {
        self.turns.set(0);
        if self.outside.get() > 0 {
            self.machine.wait(self, Some(0));
        }
        if self.queues.borrow().first_deadline().is_some() {
            self.expire(self.machine.now());
        }
    }

    /// Goes on in the next thread, once there is one.
    fn dispatch(&self, me: Thread) {
        self.turns.set(self.turns.get() + 1);
        if self.turns.get() >= TURNS {
            self.look();
        }
        loop {
            let next = self.next();
            if let Some(next) = next {
                self.set_state(next, State::Running);
                self.current.set(next);
                if next != me {
                    self.machine.switch(me, next);
                }
                return;
            }
            if self.holder.get().is_some_and(|holder| self.waits_for_others(holder)) {
                self.holder.set(None);
                continue;
            }
            let first = self.queues.borrow().first_deadline();
            match first {
                Some((until, _)) if until <= self.machine.now() => self.expire(self.machine.now()),
                None if self.outside.get() == 0 => self.machine.deadlock(self),
                first => self.machine.wait(self, first.map(|(until, _)| until)),
            }
        }
    }

    /// Whether nothing but another thread ends the wait of this one.
    fn waits_for_others(&self, thread: Thread) -> bool {
        let state = self.records.borrow().get(thread.0).map(|record| record.state);
        matches!(state, Some(State::Parked { until: None, outside: false, .. }))
    }

    fn next(&self) -> Option<Thread> {
        let mut ready = self.ready.borrow_mut();
        if let Some(holder) = self.holder.get() {
            let place = ready.iter().position(|thread| *thread == holder)?;
            return ready.remove(place);
        }
        let place = if ready.len() > 1 { self.machine.choose(ready.len()) } else { 0 };
        ready.remove(place)
    }

    /// Makes those ready whose time has passed.
    fn expire(&self, now: u64) {
        loop {
            let first = self.queues.borrow().first_deadline();
            match first {
                Some((until, thread)) if until <= now => {
                    self.wake(thread, Woken::Expired);
                }
                Some(_) | None => return,
            }
        }
    }

    fn make_ready(&self, thread: Thread, why: Woken) {
        if let Some(record) = self.records.borrow_mut().get_mut(thread.0) {
            *record = Record { state: State::Ready, woken: why };
        }
        self.ready.borrow_mut().push_back(thread);
    }

    fn set_state(&self, thread: Thread, state: State) {
        let mut records = self.records.borrow_mut();
        if records.is_empty() {
            records.push(Record { state: State::Running, woken: Woken::Called });
        }
        if let Some(record) = records.get_mut(thread.0) {
            record.state = state;
        }
    }
}
