//! The engine that compiles and runs components.

use wasmtime::{Config, Engine};

use crate::error::{Error, Result};

/// An engine for [`crate::run`]: components of WASI 0.2, on fibers, so that a guest that waits does not hold a thread.
pub fn new() -> Result<Engine> {
    Engine::new(&config()).map_err(Error::internal("cannot set up the engine"))
}

fn config() -> Config {
    let mut config = Config::new();
    config.max_wasm_stack(WASM_STACK);
    config.async_stack_size(WASM_STACK + HOST_STACK);
    // Without the tasks and streams of WASI 0.3 a call into the host is about 75 ns cheaper.
    config.concurrency_support(false);
    config
}

/// What guest code may use. As much as the main thread has on Linux, because CPython's recursion is bounded by it.
const WASM_STACK: usize = 8 << 20;

/// What host functions may use on top, on the same stack.
const HOST_STACK: usize = 1 << 20;
