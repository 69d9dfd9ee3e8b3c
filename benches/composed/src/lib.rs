//! A contender of the benchmark: a component that uses sockets through `wasocket:socket`, which `wasocket.wasm` provides.

mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "wasocket:socket/imports@0.1.0",
        generate_all,
    });
}

mod workload;

pub use workload::prepare;

/// The command.
#[cfg(target_family = "wasm")]
struct Command;

#[cfg(target_family = "wasm")]
impl wasip2::exports::cli::run::Guest for Command {
    fn run() -> Result<(), ()> {
        wasocket_bench_worker::serve("component", prepare).map_err(drop)
    }
}

#[cfg(target_family = "wasm")]
wasip2::cli::command::export!(Command with_types_in wasip2);
