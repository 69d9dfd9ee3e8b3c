//! Shows that a component is being compiled, if it takes a while.

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Result;
use indicatif::ProgressBar;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasocket_host::cache::{Cache, Event};
use wasocket_host::escape::printable;

use super::say;

/// Loads a component through the user's cache, showing progress on standard error.
pub(super) fn load(engine: &Engine, path: &std::path::Path) -> Result<Component> {
    let notice = RefCell::new(None);
    let observe = |event: Event<'_>| match event {
        Event::Compiling(path) => {
            *notice.borrow_mut() = Some(Notice::start(format!("compiling {} (once)", path.display())))
        }
        Event::Compiled => drop(notice.take()),
        Event::Unusable(error) => say(&error.to_string()),
    };
    Ok(Cache::of_user().load(engine, path, &observe)?)
}

/// A line on standard error that appears after [`PATIENCE`] and, on a terminal, moves and goes away when dropped.
struct Notice {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Notice {
    fn start(text: String) -> Self {
        let (done, is_done) = mpsc::channel();
        let thread = thread::spawn(move || {
            if is_done.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            if !io::stderr().is_terminal() {
                return say(&text);
            }
            let spinner = ProgressBar::new_spinner().with_message(printable(&text).into_owned());
            spinner.enable_steady_tick(Duration::from_millis(100));
            let _ = is_done.recv();
            spinner.finish_and_clear();
        });
        Self { done: Some(done), thread: Some(thread) }
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            // It only prints; if that failed there is nothing to do about it.
            let _ = thread.join();
        }
    }
}

/// Below this no one wonders what is going on.
const PATIENCE: Duration = Duration::from_secs(1);
