//! What this process is sent goes on to the guest: Ctrl-C, and the signals that the guest catches.

use std::process;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::iterator::Signals as Arriving;
use signal_hook::low_level::emulate_default_handler;
use wasocket_host::signals::{Disposition, Signal, Signals};

/// From now on the guest with these `signals` is told what this process is sent. What it neither catches nor ignores does to this
/// process what it does to any; Ctrl-C ends it with status 130, and so does a second one soon after the first.
///
/// A thread of its own waits for them: a guest that computes keeps the main thread for as long as it likes.
pub(super) fn pass_on(signals: &Signals) -> Result<()> {
    let mut arriving = Arriving::new([SIGINT]).context("cannot wait for Ctrl-C")?;
    let handle = arriving.handle();
    signals.on_change(move |signal| {
        let number = i32::from(signal.number());
        if PASSED_ON.contains(&number) {
            // One that cannot be waited for does what it does to any process.
            let _ = handle.add_signal(number);
        }
    });
    let signals = signals.clone();
    let pass_on = move || {
        let mut interrupted: Option<Instant> = None;
        for number in arriving.forever() {
            if number == SIGINT && interrupted.replace(Instant::now()).is_some_and(|before| before.elapsed() < SOON) {
                process::exit(INTERRUPTED);
            }
            let signal = u8::try_from(number).ok().and_then(Signal::new);
            match signal.map(|signal| signals.send(signal)) {
                Some(Disposition::Catch | Disposition::Ignore) => {}
                Some(Disposition::Default) | None if number == SIGINT => process::exit(INTERRUPTED),
                Some(Disposition::Default) | None => _ = emulate_default_handler(number),
            }
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(pass_on).context("cannot wait for Ctrl-C")?;
    Ok(())
}

/// What a shell reports for a process that SIGINT ended: 128 + 2.
const INTERRUPTED: i32 = 130;
/// Who presses Ctrl-C again within this time wants the program to end, whatever it does about the first.
const SOON: Duration = Duration::from_secs(2);
/// What a guest can be told. The others are about this process: its memory, its children, its terminal.
const PASSED_ON: [i32; 7] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH];
