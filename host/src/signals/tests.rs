//! What a guest sees of its signals.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use super::{Clock, Disposition, Signal, Signals, Word};

const LONG: Duration = Duration::from_secs(30);

fn caught(signals: &Signals) -> u64 {
    let start = Instant::now();
    while !signals.is_pending() && start.elapsed() < LONG {
        std::thread::yield_now();
    }
    signals.take().bits()
}

#[test]
fn only_what_is_caught_is_pending() {
    let signals = Signals::new();
    assert_eq!(signals.send(Signal::WINDOW), Disposition::Default);
    signals.set_disposition(Signal::TERMINATE, Disposition::Ignore);
    assert_eq!(signals.send(Signal::TERMINATE), Disposition::Ignore);
    assert!(!signals.is_pending());
    signals.set_disposition(Signal::TERMINATE, Disposition::Catch);
    assert_eq!(signals.send(Signal::TERMINATE), Disposition::Catch);
    assert!(signals.is_pending());
    assert_eq!(signals.take().bits(), 1 << 14);
    assert!(!signals.is_pending());
    signals.set_disposition(Signal::TERMINATE, Disposition::Default);
    assert_eq!(signals.send(Signal::TERMINATE), Disposition::Default);
    assert!(!signals.is_pending());
}

#[test]
fn words_are_marked_until_it_is_taken() {
    let (signals, memory) = (Signals::new(), [const { AtomicU8::new(0) }; 2]);
    signals.set_disposition(Signal::USER_1, Disposition::Catch);
    for byte in &memory {
        signals.watch(Word::new(NonNull::new(byte.as_ptr()).unwrap(), 2));
    }
    signals.forget(memory[1].as_ptr().addr());
    signals.send(Signal::USER_1);
    assert_eq!(memory[0].swap(0, Ordering::Relaxed), 2);
    let start = Instant::now();
    while memory[0].load(Ordering::Relaxed) == 0 && start.elapsed() < LONG {
        std::thread::yield_now();
    }
    assert_eq!(memory[0].load(Ordering::Relaxed), 2, "a guest that has undone it is told again");
    assert_eq!(memory[1].load(Ordering::Relaxed), 0, "a word that was forgotten is left alone");
    signals.end();
    assert_eq!(signals.send(Signal::USER_1), Disposition::Default, "nobody is there");
}

/// A byte that a guest looks at until this bit is set in it.
fn seen(byte: &AtomicU8, bit: u8) -> bool {
    let start = Instant::now();
    while byte.load(Ordering::Relaxed) & bit == 0 && start.elapsed() < LONG {
        std::thread::yield_now();
    }
    byte.swap(0, Ordering::Relaxed) == bit
}

#[test]
fn a_turn_is_asked_for_until_the_next_request() {
    let (signals, memory) = (Signals::new(), [const { AtomicU8::new(0) }; 3]);
    let word = |place: usize| Word::new(NonNull::new(memory[place].as_ptr()).unwrap(), 2);
    assert!(!signals.request_turn(4, Duration::ZERO), "nobody looks at anything");
    signals.watch(word(0));
    signals.watch(word(1));
    assert!(signals.request_turn(4, Duration::ZERO));
    assert!(seen(&memory[0], 4) && seen(&memory[1], 4));
    assert!(seen(&memory[0], 4), "what the guest may have undone is done again");
    signals.watch(word(2));
    assert_eq!(memory[2].load(Ordering::Relaxed), 4, "a thread that begins late gives others a turn as well");
    assert!(signals.request_turn(8, LONG * 2));
    memory[0].store(0, Ordering::Relaxed);
    assert!(signals.0.state.lock().unwrap().turn.is_none_or(|turn| turn.due().is_none()), "not before it is time");
    signals.end();
    assert!(!signals.request_turn(4, Duration::ZERO), "nobody is there");
}

#[test]
fn a_turn_that_nobody_takes_lets_the_clock_rest() {
    let (signals, memory) = (Signals::new(), AtomicU8::new(0));
    signals.watch(Word::new(NonNull::new(memory.as_ptr()).unwrap(), 2));
    assert!(signals.request_turn(4, Duration::from_millis(300)));
    let start = Instant::now();
    while signals.0.state.lock().unwrap().clock != Clock::None && start.elapsed() < LONG {
        std::thread::yield_now();
    }
    assert!(start.elapsed() < LONG, "the clock has ended");
    assert_eq!(memory.load(Ordering::Relaxed), 4);
    signals.end();
}

#[test]
fn a_timer_fires_again_and_again() {
    let signals = Signals::new();
    signals.set_disposition(Signal::ALARM, Disposition::Catch);
    assert_eq!(signals.set_timer(LONG, Duration::ZERO), (Duration::ZERO, Duration::ZERO));
    let (left, interval) = signals.set_timer(Duration::from_millis(1), Duration::from_millis(1));
    assert!(left <= LONG && left > LONG / 2 && interval == Duration::ZERO);
    for _ in 0..3 {
        assert_eq!(caught(&signals), 1 << 13);
    }
    signals.set_timer(Duration::ZERO, Duration::ZERO);
    assert_eq!(signals.timer(), (Duration::ZERO, Duration::ZERO));
    signals.take();
    signals.end();
}

#[test]
fn a_timer_that_never_fires_is_bounded() {
    let signals = Signals::new();
    signals.set_timer(Duration::MAX, Duration::MAX);
    assert_eq!(signals.timer(), (Duration::ZERO, Duration::ZERO), "no clock goes that far");
}

#[tokio::test]
async fn a_signal_without_a_handler_ends_a_guest() {
    let signals = Signals::new();
    signals.send(Signal::WINDOW);
    signals.send(Signal::HANG_UP);
    signals.send(Signal::TERMINATE);
    assert_eq!(signals.until_ended().await, Signal::HANG_UP);
    assert_eq!(Signal::HANG_UP.status(), 129);
}

#[test]
fn numbers() {
    assert_eq!(Signal::new(0), None);
    assert_eq!(Signal::new(65), None);
    assert_eq!(Signal::new(15), Some(Signal::TERMINATE));
    assert_eq!(Signal::new(64).map(Signal::number), Some(64));
}
