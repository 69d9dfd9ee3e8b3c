//! A command that makes the calls of a table, which is its argument, through one front end, and prints an answer for each.
//!
//! `tests/front-ends/calls.py` does the same through Python's modules; what the calls are is in the tables beside it.
#![cfg(all(target_family = "wasm", any(feature = "contract", feature = "crate")))]

#[cfg(feature = "contract")]
mod contract;
#[cfg(all(feature = "crate", not(feature = "contract")))]
mod rust;
mod table;
mod values;

use std::io::Write as _;

use wasip2::cli::environment::get_arguments;
use wasip2::cli::stdout::get_stdout;
use wasip2::exports::cli::run::Guest;

#[cfg(feature = "contract")]
use contract::Contract as FrontEnd;
#[cfg(all(feature = "crate", not(feature = "contract")))]
use rust::Rust as FrontEnd;

struct Command;

wasip2::cli::command::export!(Command);

impl Guest for Command {
    fn run() -> Result<(), ()> {
        let arguments = get_arguments();
        let mut table = table::Table::<FrontEnd>::default();
        for call in arguments.iter().skip(1).flat_map(|calls| calls.lines()) {
            writeln!(get_stdout(), "{}", table.answer(call)).map_err(drop)?;
        }
        Ok(())
    }
}
