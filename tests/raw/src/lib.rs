//! A command that does on plain `wasi:sockets` what its arguments say, one call each, and prints a line for each: what came
//! back, by the word that the interface has for it. Nothing stands between it and the host, no rule of good behaviour either.
#![cfg(target_family = "wasm")]

mod addresses;
mod fetch;
mod lookups;
mod options;
mod streams;
mod tcp;
mod things;
mod udp;

use std::io::Write as _;

use things::Things;
use wasip2::cli::environment::get_arguments;
use wasip2::cli::stdout::get_stdout;
use wasip2::exports::cli::run::Guest;

struct Program;

wasip2::cli::command::export!(Program);

impl Guest for Program {
    fn run() -> Result<(), ()> {
        let mut things = Things::default();
        for instruction in get_arguments().iter().skip(1) {
            let words: Vec<&str> = instruction.split_whitespace().collect();
            let answer = things.perform(&words);
            writeln!(get_stdout(), "{answer}").map_err(drop)?;
        }
        Ok(())
    }
}
