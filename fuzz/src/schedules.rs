//! Programs with threads under every schedule: locks, conditions, sleeps and things outside, over the scheduler of `threads/`.
//!
//! The first byte says how many threads there are; each byte after it is what a thread does next, or which of the ready ones goes on,
//! whichever is asked for first. So the order of the ready queue is the fuzzer's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::baton::{Baton, OfHolder};
use wasocket_threads::{Machine, Parking, Scheduler, Thread, Woken};

/// Threads at most, and what each does at most.
const THREADS: u8 = 6;
const STEPS: usize = 40;
/// Locks, and conditions.
const KEYS: usize = 3;
/// What is parked under: the locks, then the conditions.
const CONDITIONS: usize = 100;

/// Runs the program that the input is.
///
/// # Panics
/// If two threads hold one lock, a thread that could go on does not, or the clock goes back.
pub fn check(input: &[u8]) {
    let Some((count, rest)) = input.split_first() else { return };
    let program = Program::new(rest);
    for _ in 0..=count % THREADS {
        program.spawn();
    }
    while program.threads().alive() > 1 {
        // Woken when nobody else can go on: all have ended, or wait for one another.
        assert_eq!(program.park(Waiting::Others, Parking::default()), Woken::Interrupted);
        program.end_all();
    }
    program.let_go();
}

/// What the threads share. One of them runs at a time.
struct State {
    input: std::vec::IntoIter<u8>,
    locks: [Option<Thread>; KEYS],
    /// What each parked thread waits for.
    waiting: BTreeMap<Thread, Waiting>,
    outside: BTreeMap<(u64, Thread), ()>,
    clock: u64,
    is_over: bool,
    /// The threads of the system.
    running: Vec<JoinHandle<()>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    Lock(usize),
    Condition,
    Time,
    Outside,
    Others,
}

/// Threads of the system that hand on a baton.
struct Script {
    baton: Baton<Thread>,
    state: Mutex<State>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Machine for Script {
    fn now(&self) -> u64 {
        locked(&self.state).clock
    }

    fn switch(&self, from: Thread, to: Thread) {
        self.baton.switch(from, to);
    }

    fn choose(&self, ready: usize) -> usize {
        locked(&self.state).input.next().map_or(0, |byte| usize::from(byte) % ready)
    }

    fn wait(&self, scheduler: &Scheduler<Self>, until: Option<u64>) {
        let mut state = locked(&self.state);
        let first = state.outside.first_key_value().map(|((moment, thread), ())| (*moment, *thread));
        let end = match (first, until) {
            (Some((moment, _)), Some(until)) => moment.min(until),
            (Some((moment, _)), None) => moment,
            (None, Some(until)) => until,
            (None, None) => panic!("a wait that nothing ends is a deadlock"),
        };
        if until != Some(0) {
            state.clock = state.clock.max(end);
        }
        let now = state.clock;
        let ready: Vec<_> = state.outside.keys().filter(|(moment, _)| *moment <= now).copied().collect();
        ready.iter().for_each(|key| drop(state.outside.remove(key)));
        drop(state);
        for (_, thread) in ready {
            scheduler.wake(thread, Woken::Called);
        }
    }

    fn deadlock(&self, scheduler: &Scheduler<Self>) {
        let state = locked(&self.state);
        for (thread, waiting) in &state.waiting {
            match waiting {
                Waiting::Lock(key) => assert!(state.locks[*key].is_some(), "{thread:?} waits for a lock that is free"),
                Waiting::Condition | Waiting::Others => {}
                Waiting::Time | Waiting::Outside => panic!("{thread:?} waits for something that comes"),
            }
        }
        drop(state);
        assert!(scheduler.wake(Thread::MAIN, Woken::Interrupted), "the main thread runs, and nobody does");
    }
}

#[derive(Clone)]
struct Program(Arc<OfHolder<Scheduler<Script>>>);

impl Program {
    fn new(input: &[u8]) -> Self {
        let state = State {
            input: input.to_vec().into_iter(),
            locks: [None; KEYS],
            waiting: BTreeMap::new(),
            outside: BTreeMap::new(),
            clock: 0,
            is_over: false,
            running: Vec::new(),
        };
        let script = Script { baton: Baton::new(Thread::MAIN), state: Mutex::new(state) };
        Self(Arc::new(OfHolder(Scheduler::new(script, usize::from(THREADS) + 1))))
    }

    fn threads(&self) -> &Scheduler<Script> {
        &self.0.0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.threads().machine().state)
    }

    fn me(&self) -> Thread {
        self.threads().current()
    }

    fn spawn(&self) {
        let Ok(spawned) = self.threads().spawn(|_| false) else { return };
        let program = self.clone();
        let running = std::thread::spawn(move || {
            program.threads().machine().baton.take(spawned.thread);
            program.run();
            // Returns when the program is over.
            program.threads().end();
        });
        self.state().running.push(running);
    }

    /// All threads have ended but this one: lets go of those of the system.
    fn let_go(&self) {
        self.threads().machine().baton.let_go();
        let running = std::mem::take(&mut self.state().running);
        running.into_iter().for_each(|one| one.join().expect("a thread of the program has failed"));
    }

    fn run(&self) {
        let mut held = Vec::new();
        for _ in 0..STEPS {
            let byte = { self.state().input.next() };
            let Some(byte) = byte.filter(|_| !self.state().is_over) else { break };
            let key = usize::from(byte >> 4) % KEYS;
            match byte % 8 {
                0 | 1 if !held.contains(&key) => {
                    if self.lock(key) {
                        held.push(key);
                    }
                }
                2 => {
                    if let Some(key) = held.pop() {
                        self.unlock(key);
                    }
                }
                3 => {
                    if let Some(lock) = held.last().copied() {
                        self.unlock(lock);
                        self.park(Waiting::Condition, Parking { key: Some(CONDITIONS + key), ..Parking::default() });
                        if !self.lock(lock) {
                            held.pop();
                        }
                    }
                }
                4 => drop(self.threads().unpark(CONDITIONS + key)),
                5 => self.threads().unpark_all(CONDITIONS + key),
                6 if byte & 8 == 0 => drop(self.sleep(u64::from(byte >> 4))),
                6 => self.wait_outside(u64::from(byte >> 4)),
                _ => self.threads().yield_now(),
            }
        }
        while let Some(key) = held.pop() {
            self.unlock(key);
        }
    }

    fn park(&self, waiting: Waiting, parking: Parking) -> Woken {
        let (me, before) = (self.me(), self.state().clock);
        self.state().waiting.insert(me, waiting);
        let woken = self.threads().park(parking);
        assert_eq!(self.me(), me, "another thread goes on here");
        let mut state = self.state();
        state.waiting.remove(&me);
        assert!(state.clock >= before, "the clock went back");
        if woken == Woken::Expired {
            assert!(parking.until.is_some_and(|until| until <= state.clock), "it expired too early");
        }
        woken
    }

    /// Whether it holds the lock then: a program that is over gives up.
    fn lock(&self, key: usize) -> bool {
        while self.state().locks[key].is_some() {
            if self.state().is_over {
                return false;
            }
            self.park(Waiting::Lock(key), Parking { key: Some(key), ..Parking::default() });
        }
        let me = self.me();
        assert_eq!(self.state().locks[key].replace(me), None);
        true
    }

    fn unlock(&self, key: usize) {
        let me = self.me();
        assert_eq!(self.state().locks[key].take(), Some(me), "another thread holds the lock");
        self.threads().unpark(key);
    }

    fn sleep(&self, length: u64) -> Woken {
        let until = self.state().clock + length;
        self.park(Waiting::Time, Parking { until: Some(until), ..Parking::default() })
    }

    fn wait_outside(&self, after: u64) {
        let me = self.me();
        let moment = self.state().clock + after;
        self.state().outside.insert((moment, me), ());
        let woken = self.park(Waiting::Outside, Parking { outside: true, ..Parking::default() });
        assert_eq!(woken, Woken::Called);
    }

    /// Nobody can go on: all give up what they wait for.
    fn end_all(&self) {
        self.state().is_over = true;
        for key in (0..KEYS).chain(CONDITIONS..CONDITIONS + KEYS) {
            self.threads().unpark_all(key);
        }
    }
}
