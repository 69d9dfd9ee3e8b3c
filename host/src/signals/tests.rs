//! What a guest sees of its signals.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use super::{Disposition, Signal, Signals, Word};

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
