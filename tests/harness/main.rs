//! Runs every program of `tests/programs` natively and on wasocket, and the command line in every way it can be used.
//!
//! `cargo xtask test` calls this after a build; alone it is `cargo test -p wasocket-tests`, with a name to select.
//! `WASOCKET_TEST_PYTHON` names the native Python to compare with (`python3` otherwise), `BLESS=1` renews the
//! transcripts under `tests/expected` where that Python is new enough.

mod cli;
mod compare;
mod component;
mod composed;
mod context;
mod differences;
mod docs_tables;
mod examples;
mod faults;
mod front_ends;
mod header;
mod idle;
mod introspection;
mod load;
#[path = "../peers/mod.rs"]
mod peers;
mod process;
mod programs;
mod pytest;
mod self_test;
mod states;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::{Arguments, Trial};

use context::Context;

/// How many trials run at once: most of them wait for their peers, not for a processor.
const AT_ONCE: usize = 4;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("the harness cannot start: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>> {
    let context = Arc::new(Context::find()?);
    let mut trials = programs::trials(&context)?;
    trials.extend(cli::trials(&context));
    trials.extend(composed::trials(&context));
    trials.extend(docs_tables::trials(&context));
    trials.extend(examples::trials(&context));
    trials.extend(front_ends::trials(&context));
    trials.extend(faults::trials(&context));
    trials.extend(idle::trials(&context));
    trials.extend(introspection::trials(&context));
    trials.extend(pytest::trials(&context));
    trials.extend(self_test::trials());
    trials.extend(load::trials(&context));
    trials.extend(states::trials(&context));
    Ok(trials)
}

/// A trial whose failure shows the whole chain of causes.
fn trial(name: String, run: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || run().map_err(|error| format!("{error:#}").into()))
}
