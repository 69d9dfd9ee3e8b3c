//! The engine that compiles and runs components.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use wasmtime::{Config, Engine};

use super::needs;
use crate::error::{Error, Result};

/// An engine for [`crate::run`]: components of WASI 0.2, on fibers, so that a waiting guest does not occupy a thread.
pub fn new() -> Result<Engine> {
    make(false, false)
}

/// As [`new`], for components that have threads as well: those of the component model, which take turns.
///
/// A call into the host takes longer on it, so it is for components that need it.
pub fn with_threads() -> Result<Engine> {
    make(true, false)
}

/// The engine that the component in a file needs: that [`with_threads`], or the [`new`] one.
pub fn for_file(path: &Path) -> Result<Engine> {
    let has_threads = File::open(path).and_then(needs::threads).map_err(Error::file("read", path))?;
    make(has_threads, false)
}

/// Whether a component uses the component model's threads, so that it needs an engine [`with_threads`]. Of what is no component the
/// answer is no.
///
/// # Errors
/// `component` cannot be read.
pub fn needs_threads(component: impl Read + Seek) -> std::io::Result<bool> {
    needs::threads(component)
}

/// With `has_turns`, guests that compute yield to each other.
pub(crate) fn make(has_threads: bool, has_turns: bool) -> Result<Engine> {
    let mut config = config();
    if has_threads {
        config.concurrency_support(true).wasm_component_model_threading(true);
    }
    config.epoch_interruption(has_turns);
    Engine::new(&config).map_err(Error::internal("cannot set up the engine"))
}

fn config() -> Config {
    let mut config = Config::new();
    config.max_wasm_stack(WASM_STACK);
    config.async_stack_size(WASM_STACK + HOST_STACK);
    // Without the tasks and streams of WASI 0.3 a call into the host is about 75 ns cheaper.
    config.concurrency_support(false);
    // A word that a guest has named for its signals stays where it is.
    config.memory_may_move(false);
    config
}

/// The stack of guest code. CPython bounds its recursion in C, such as that of JSON from a peer, by the 1 MiB of stack that
/// it has in linear memory; code at that limit uses up to 24 MiB of this one, and an overflow would be a trap.
const WASM_STACK: usize = 32 << 20;

/// The stack of host functions, on top of that.
const HOST_STACK: usize = 1 << 20;
