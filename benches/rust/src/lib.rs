//! Contenders of the benchmark: one program in Rust, natively on the standard library's sockets, in WebAssembly on wasocket's,
//! with whichever backend the library is built for.

mod network;
mod workloads;

#[cfg(not(target_family = "wasm"))]
mod std_net;
#[cfg(target_family = "wasm")]
mod wasocket_net;

/// Serves on the sockets of the standard library.
///
/// # Errors
/// Standard output is closed.
#[cfg(not(target_family = "wasm"))]
pub fn native() -> std::io::Result<()> {
    wasocket_bench_worker::serve("std::net", workloads::prepare::<std_net::StdNet>)
}

/// The command.
#[cfg(target_family = "wasm")]
struct Command;

#[cfg(target_family = "wasm")]
impl wasip2::exports::cli::run::Guest for Command {
    fn run() -> Result<(), ()> {
        wasocket_bench_worker::serve("wasocket", workloads::prepare::<wasocket_net::WasocketNet>).map_err(drop)
    }
}

#[cfg(target_family = "wasm")]
wasip2::cli::command::export!(Command with_types_in wasip2);
