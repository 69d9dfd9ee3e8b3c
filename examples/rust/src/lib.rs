//! What the examples share: a command for WASI 0.2, whose `main` may fail.
#![cfg(target_family = "wasm")]

use std::io::Write as _;

pub use wasip2;

/// The command's arguments, without its name.
pub fn arguments() -> Vec<String> {
    wasip2::cli::environment::get_arguments().into_iter().skip(1).collect()
}

/// Writes a line to standard output.
pub fn say(line: &str) {
    // A closed standard output is ignored.
    let _ = writeln!(wasip2::cli::stdout::get_stdout(), "{line}");
}

/// Runs `main`; whether it succeeded. An error is a line on standard error.
pub fn run(main: fn() -> std::io::Result<()>) -> bool {
    let failure = main().err();
    if let Some(error) = &failure {
        let _ = writeln!(wasip2::cli::stderr::get_stderr(), "{error}");
    }
    failure.is_none()
}

/// Makes `main` the command.
#[macro_export]
macro_rules! command {
    ($main:path) => {
        struct Command;
        impl $crate::wasip2::exports::cli::run::Guest for Command {
            fn run() -> ::core::result::Result<(), ()> {
                $crate::run($main).then_some(()).ok_or(())
            }
        }
        $crate::wasip2::cli::command::export!(Command with_types_in $crate::wasip2);
    };
}
