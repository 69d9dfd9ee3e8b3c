//! A command that uses sockets as any component does: through `wasocket:socket`, which `wasocket.wasm` provides.
//!
//! It talks to itself over loopback, checks what comes back and prints a line for each subject. A trap anywhere, in it or
//! in `wasocket.wasm`, ends it before its last line.

#[expect(unsafe_code, reason = "the canonical ABI is pointers and lengths; the generated code alone deals with them")]
mod bindings {
    use super::Program;

    wit_bindgen::generate!({
        path: "../../wit",
        inline: r#"
            package wasocket:component-test;

            world program {
                include wasocket:socket/imports@0.1.0;
                import wasi:cli/stdout@0.2.12;
                export wasi:cli/run@0.2.12;
            }
        "#,
        generate_all,
    });

    export!(Program);
}

mod ancillary;
mod arguments;
mod check;
// Not in WebAssembly: what is left of unused bindings would change what the program imports.
#[cfg(not(target_family = "wasm"))]
mod complete;
mod descriptors;
mod lifetimes;
mod local;
mod lookups;
mod options;

mod tcp;
mod timeouts;
mod udp;
mod waiting;

use bindings::wasi::cli::stdout::get_stdout;
use bindings::wasocket::socket::{netdb, polling, sockets, types};
use check::Outcome;

/// The command.
struct Program;

/// A name, and what is checked under it.
type Subject = (&'static str, fn() -> Outcome);

/// What is checked, in the order of the lines that say so. The last ones close everything.
const SUBJECTS: [Subject; 22] = [
    ("tcp echo", tcp::echo),
    ("tcp end of stream", tcp::end_of_stream),
    ("tcp refused", tcp::refused),
    ("udp", udp::messages),
    ("pairs", local::pairs),
    ("names of local sockets", local::names),
    ("rights", local::rights),
    ("ancillary data", ancillary::forms),
    ("wide bytes", local::wide),
    ("timeouts", timeouts::three_modes),
    ("background connect", timeouts::connect_in_the_background),
    ("poll", waiting::once),
    ("poller: level, edge, one-shot", waiting::triggers),
    ("poller: closed sockets", waiting::closed),
    ("waits without an end", waiting::endless),
    ("lookups", lookups::addresses),
    ("tables", lookups::tables),
    ("options", options::kept),
    ("descriptors", descriptors::taken_over),
    ("bad arguments", arguments::refused),
    ("dropping in any order", lifetimes::dropped_in_any_order),
    ("draining", lifetimes::drained),
];

impl bindings::exports::wasi::cli::run::Guest for Program {
    fn run() -> Result<(), ()> {
        let whose = options::has_kernel().map(|is| if is { "the system's" } else { "the guest's own" });
        say(&format!("sockets are {}", whose.unwrap_or("not there")))?;
        let mut passed = true;
        for (name, subject) in SUBJECTS {
            let outcome = subject();
            passed &= outcome.is_ok();
            say(&match outcome {
                Ok(()) => format!("{name}: ok"),
                Err(difference) => format!("{name}: {difference}"),
            })?;
        }
        if passed { Ok(()) } else { Err(()) }
    }
}

fn say(line: &str) -> Result<(), ()> {
    get_stdout().blocking_write_and_flush(format!("{line}\n").as_bytes()).map_err(drop)
}
