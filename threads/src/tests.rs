//! The scheduler over threads of the operating system, of which one runs at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::baton::{Baton, OfHolder};
use crate::{Full, Machine, Parking, Scheduler, Spawned, Thread, Woken};

/// Threads that hand on a baton, a clock that moves when nobody is ready, and things outside that become ready at a moment.
struct Script {
    baton: Baton<Thread>,
    clock: Mutex<u64>,
    outside: Mutex<BTreeMap<u64, Thread>>,
    log: Mutex<Vec<String>>,
    deadlocks: Mutex<u32>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            baton: Baton::new(Thread::MAIN),
            clock: Mutex::default(),
            outside: Mutex::default(),
            log: Mutex::default(),
            deadlocks: Mutex::default(),
        }
    }
}

impl Machine for Script {
    fn now(&self) -> u64 {
        *self.clock.lock().unwrap()
    }

    fn switch(&self, from: Thread, to: Thread) {
        self.baton.switch(from, to);
    }

    fn wait(&self, scheduler: &Scheduler<Self>, until: Option<u64>) {
        let now = self.now();
        let first = self.outside.lock().unwrap().first_key_value().map(|(moment, _)| *moment);
        let moment = match (first, until) {
            (Some(first), until) if first <= until.unwrap_or(first).max(now) => {
                let thread = self.outside.lock().unwrap().remove(&first).unwrap();
                scheduler.wake(thread, Woken::Called);
                first
            }
            (_, Some(until)) => until,
            (_, None) => panic!("a wait without an end"),
        };
        *self.clock.lock().unwrap() = moment.max(now);
    }

    fn deadlock(&self, scheduler: &Scheduler<Self>) {
        *self.deadlocks.lock().unwrap() += 1;
        assert!(scheduler.wake(Thread::MAIN, Woken::Interrupted), "the main thread can always be told");
    }
}

/// A scheduler that its threads share.
#[derive(Clone)]
struct Program(Arc<OfHolder<Scheduler<Script>>>);

impl Program {
    fn new(limit: usize) -> Self {
        Self(Arc::new(OfHolder(Scheduler::new(Script::default(), limit))))
    }

    fn threads(&self) -> &Scheduler<Script> {
        &self.0.0
    }

    /// Begins a thread that does `body` and ends; its place is used for this one alone.
    fn spawn(&self, body: impl FnOnce(&Self) + Send + 'static) -> Result<Thread, Full> {
        let Spawned { thread, .. } = self.threads().spawn(|_| true)?;
        let program = self.clone();
        std::thread::spawn(move || {
            program.threads().machine().baton.take(thread);
            body(&program);
            program.threads().end();
        });
        Ok(thread)
    }

    fn note(&self, text: impl Into<String>) {
        self.threads().machine().log.lock().unwrap().push(text.into());
    }

    fn notes(&self) -> Vec<String> {
        std::mem::take(&mut self.threads().machine().log.lock().unwrap())
    }

    fn park_on(&self, key: usize) -> Woken {
        self.threads().park(Parking { key: Some(key), ..Parking::default() })
    }

    fn sleep(&self, length: u64) -> Woken {
        let until = self.threads().machine().now() + length;
        self.threads().park(Parking { until: Some(until), ..Parking::default() })
    }
}

#[test]
fn those_that_are_ready_take_turns_in_their_order() {
    let program = Program::new(8);
    for name in ["a", "b", "c"] {
        program
            .spawn(move |program| {
                program.note(name);
                program.threads().yield_now();
                program.note(name);
            })
            .unwrap();
    }
    program.threads().yield_now();
    assert_eq!(program.notes(), ["a", "b", "c"]);
    program.threads().yield_now();
    assert_eq!(program.notes(), ["a", "b", "c"]);
    assert_eq!(program.threads().alive(), 1);
}

#[test]
fn a_key_wakes_the_one_that_waits_longest() {
    let program = Program::new(8);
    for name in ["a", "b"] {
        program
            .spawn(move |program| {
                assert_eq!(program.park_on(7), Woken::Called);
                program.note(name);
            })
            .unwrap();
    }
    program.threads().yield_now();
    assert!(!program.threads().unpark(8), "nobody waits there");
    assert!(program.threads().unpark(7));
    program.threads().yield_now();
    assert_eq!(program.notes(), ["a"]);
    program.threads().unpark_all(7);
    program.threads().yield_now();
    assert_eq!(program.notes(), ["b"]);
    assert!(!program.threads().unpark(7));
}

#[test]
fn a_deadline_wakes_in_time_and_is_forgotten_afterwards() {
    let program = Program::new(8);
    program
        .spawn(|program| {
            assert_eq!(program.sleep(30), Woken::Expired);
            program.note("late");
        })
        .unwrap();
    program
        .spawn(|program| {
            let parking = Parking { key: Some(1), until: Some(20), ..Parking::default() };
            assert_eq!(program.threads().park(parking), Woken::Called);
            program.note("called");
        })
        .unwrap();
    assert_eq!(program.sleep(10), Woken::Expired);
    assert_eq!(program.threads().machine().now(), 10);
    assert!(program.threads().unpark(1));
    assert_eq!(program.sleep(50), Woken::Expired);
    assert_eq!(program.notes(), ["called", "late"]);
    assert_eq!(program.threads().machine().now(), 60);
}

#[test]
fn what_is_outside_is_waited_for_when_nobody_is_ready() {
    let program = Program::new(8);
    program
        .spawn(|program| {
            let me = program.threads().current();
            program.threads().machine().outside.lock().unwrap().insert(40, me);
            let woken = program.threads().park(Parking { outside: true, until: Some(90), ..Parking::default() });
            assert_eq!(woken, Woken::Called);
            program.note(program.threads().machine().now().to_string());
        })
        .unwrap();
    assert_eq!(program.sleep(100), Woken::Expired);
    assert_eq!(program.notes(), ["40"]);
}

#[test]
fn threads_that_keep_each_other_busy_do_not_hold_up_the_rest() {
    let program = Program::new(8);
    program
        .spawn(|program| {
            let me = program.threads().current();
            program.threads().machine().outside.lock().unwrap().insert(0, me);
            program.threads().park(Parking { outside: true, ..Parking::default() });
            program.note("outside");
        })
        .unwrap();
    for (mine, other) in [(1, 2), (2, 1)] {
        program
            .spawn(move |program| {
                while program.threads().alive() > 3 {
                    program.threads().unpark(other);
                    program.park_on(mine);
                }
                program.threads().unpark(other);
            })
            .unwrap();
    }
    while program.threads().alive() > 1 {
        program.sleep(1);
    }
    assert_eq!(program.notes(), ["outside"]);
}

#[test]
fn there_is_a_limit_and_a_place_is_used_again() {
    let program = Program::new(2);
    let first = program.spawn(|_| ()).unwrap();
    assert_eq!(program.spawn(|_| ()).unwrap_err(), Full { limit: 2 });
    program.threads().yield_now();
    let Spawned { thread, is_new } = program.threads().spawn(|_| true).unwrap();
    assert_eq!((thread, is_new), (first, false));
}

#[test]
fn a_wait_that_nobody_can_end_is_told_to_the_main_thread() {
    let program = Program::new(8);
    program
        .spawn(|program| {
            program.park_on(1);
        })
        .unwrap();
    assert_eq!(program.park_on(2), Woken::Interrupted);
    assert_eq!(*program.threads().machine().deadlocks.lock().unwrap(), 1);
}

#[test]
fn those_that_are_held_up_go_on_only_for_what_is_waited_for() {
    let program = Program::new(8);
    program
        .spawn(|program| {
            program.note("begins");
            program.sleep(5);
            program.note("goes on");
            program.threads().unpark(1);
            program.park_on(2);
            program.note("goes on after the end");
        })
        .unwrap();
    program.threads().yield_now();
    program.threads().hold_others();
    assert_eq!(program.threads().alive(), 1);
    assert_eq!(program.sleep(10), Woken::Expired);
    program.threads().yield_now();
    assert_eq!(program.notes(), ["begins"], "it is ready, and held up");
    assert_eq!(program.park_on(1), Woken::Called);
    assert_eq!(program.notes(), ["goes on"]);
    assert_eq!(program.threads().alive(), 2);
    program.threads().stop_others();
    program.threads().unpark(2);
    program.threads().yield_now();
    assert!(program.notes().is_empty(), "from then on nothing lets it go on");
}

/// A lock as `pthread_mutex_lock` has it, taken by many threads in every order that a generator comes up with.
#[test]
fn a_lock_is_held_by_one_whatever_the_order() {
    for seed in 1..=50_u64 {
        let program = Program::new(32);
        let state = Arc::new(Mutex::new((None::<Thread>, 0_u32)));
        for number in 0..8_u64 {
            let state = Arc::clone(&state);
            program
                .spawn(move |program| {
                    let mut random = seed * 31 + number;
                    for _ in 0..20 {
                        while state.lock().unwrap().0.is_some() {
                            program.park_on(1);
                        }
                        state.lock().unwrap().0 = Some(program.threads().current());
                        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        if random >> 62 == 0 {
                            program.sleep(random >> 60);
                        } else if random >> 62 == 1 {
                            program.threads().yield_now();
                        }
                        let mut held = state.lock().unwrap();
                        assert_eq!(held.0.take(), Some(program.threads().current()));
                        held.1 += 1;
                        drop(held);
                        program.threads().unpark(1);
                    }
                })
                .unwrap();
        }
        while program.threads().alive() > 1 {
            program.sleep(1);
        }
        assert_eq!(state.lock().unwrap().1, 160);
    }
}
