//! Cooperative threads of one WebAssembly instance: which of them runs, and what each of the others waits for.
//!
//! WebAssembly components can switch between the stacks of one instance, but nothing decides when, and nothing waits. That is
//! this crate: a [`Scheduler`] with a queue of those that are ready, parked threads by what would wake them, and timers. What
//! switches stacks, reads the clock and waits for the world outside is a [`Machine`]: the component's built-ins in a program,
//! threads of the operating system in the tests here.
//!
//! A thread runs until it parks, yields or ends. When nobody is ready, the thread that parked last waits outside for all of them
//! at once.

mod queues;
mod scheduler;

#[cfg(test)]
#[expect(unsafe_code, reason = "a scheduler is for one thread at a time, and a baton sees to that")]
mod baton;
#[cfg(test)]
mod tests;

pub use scheduler::{Full, Machine, Parking, Scheduler, Spawned, Thread, Woken};
