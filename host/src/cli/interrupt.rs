//! Ctrl-C ends the program with status 130, whatever it is doing.

use std::process;
use std::sync::mpsc;
use std::thread;

use anyhow::{Context, Result};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

/// From now on SIGINT ends this process at once.
///
/// A thread of its own waits for it: a guest that computes keeps the main thread for as long as it likes.
pub(super) fn end_process() -> Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build().context("cannot wait for Ctrl-C")?;
    let (ready, is_ready) = mpsc::channel();
    thread::spawn(move || {
        runtime.block_on(async {
            let interrupt = signal(SignalKind::interrupt());
            let _ = ready.send(interrupt.as_ref().map(drop).map_err(ToString::to_string));
            if let Ok(mut interrupt) = interrupt {
                interrupt.recv().await;
                process::exit(INTERRUPTED);
            }
        });
    });
    is_ready
        .recv()
        .context("cannot wait for Ctrl-C")?
        .map_err(|error| anyhow::anyhow!("cannot wait for Ctrl-C: {error}"))
}

/// What a shell reports for a process that SIGINT ended: 128 + 2.
const INTERRUPTED: i32 = 130;
