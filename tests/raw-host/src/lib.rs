//! A command that does on the contract's interface `host` what its arguments say, one call each, and prints a line for each:
//! what came back, by the word that the contract has for it. Nothing stands between it and the host.
//!
//! Where they mean the same, its instructions are those of `tests/raw`, so that a test can say them once for both ways to the
//! network.
#![cfg(target_family = "wasm")]

#[expect(unsafe_code, reason = "the canonical ABI is pointers and lengths; the generated code alone deals with them")]
mod bindings {
    use super::Program;

    wit_bindgen::generate!({
        path: "../../wit",
        inline: r#"
            package wasocket:raw-host-guest;

            world program {
                import wasocket:socket/host@0.1.0;
                import wasi:cli/environment@0.2.12;
                import wasi:cli/stdout@0.2.12;
                export wasi:cli/run@0.2.12;
            }
        "#,
        generate_all,
    });

    export!(Program);
}

mod addresses;
mod messages;
mod options;
mod sockets;
mod things;
mod waiting;
mod words;

use bindings::exports::wasi::cli::run::Guest;
use bindings::wasi::cli::environment::get_arguments;
use bindings::wasi::cli::stdout::get_stdout;
use things::Things;

struct Program;

impl Guest for Program {
    fn run() -> Result<(), ()> {
        let mut things = Things::default();
        for instruction in get_arguments().iter().skip(1) {
            let words: Vec<&str> = instruction.split_whitespace().collect();
            print(&things.perform(&words))?;
        }
        Ok(())
    }
}

/// At once: a test may look at what a guest has printed while it goes on.
fn print(line: &str) -> Result<(), ()> {
    let output = get_stdout();
    format!("{line}\n").as_bytes().chunks(MOST).try_for_each(|part| output.blocking_write_and_flush(part).map_err(drop))
}

/// What one write takes.
const MOST: usize = 4096;
