//! `cargo xtask conformance`: CPython's own tests, run on wasocket, against what is expected of each.

mod expected;
mod half;
mod outcome;
mod pair;
mod relay;
mod report;
mod suite;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

use crate::files;
use crate::progress::Step;
use crate::workspace::Workspace;
use half::Place;
use outcome::Outcomes;
use pair::{Bench, Pair, Test};

/// What to run, and where its halves run.
#[derive(Args)]
pub(crate) struct Options {
    /// Test modules, such as test.test_socket; every module that is expected to work if none is named
    modules: Vec<String>,
    /// Only tests whose class and name contain this text
    #[arg(long, default_value = "")]
    only: String,
    /// Where the two halves of a threaded test run
    #[arg(long, value_enum, default_value_t = Pairing::Guests)]
    pairing: Pairing,
    /// A native CPython 3.14, for the pairings that have a native half
    #[arg(long, default_value = "python3.14")]
    python: PathBuf,
    /// Seconds after which a test hangs
    #[arg(long, default_value_t = 20)]
    limit: u64,
    /// Write what came out as what is expected, with drafts of reasons
    #[arg(long)]
    accept: bool,
}

/// Where the server half and the client half of a threaded test run. Other tests run where the server half does.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Pairing {
    /// Both on wasocket
    Guests,
    /// The server half on wasocket, the client half native
    GuestServer,
    /// The server half native, the client half on wasocket
    GuestClient,
    /// Both native, to see what is peculiar to running in two processes
    Natives,
}

impl Pairing {
    /// Where the server half and the client half run.
    fn places(self) -> (Place, Place) {
        match self {
            Self::Guests => (Place::Guest, Place::Guest),
            Self::GuestServer => (Place::Guest, Place::Native),
            Self::GuestClient => (Place::Native, Place::Guest),
            Self::Natives => (Place::Native, Place::Native),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Guests => "guests",
            Self::GuestServer => "guest-server",
            Self::GuestClient => "guest-client",
            Self::Natives => "natives",
        }
    }
}

/// Runs the tests and compares each with its expectation.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let bench = Bench {
        wasocket: workspace.target().join("release/wasocket"),
        python: options.python.clone(),
        driver: workspace.path("tests/conformance/driver/driver.py"),
        suite: suite::find(workspace, &options.python)?,
        scratch: workspace.target().join(format!("conformance/scratch/{}", std::process::id())),
        places: options.pairing.places(),
        limit: Duration::from_secs(options.limit),
    };
    let modules = if options.modules.is_empty() {
        expected::modules(workspace, options.pairing.name())?
    } else {
        options.modules.clone()
    };
    let mut undeclared = 0;
    for module in &modules {
        undeclared += run_module(workspace, options, &bench, &full_name(module))?;
    }
    files::remove_folder(&bench.scratch)?;
    if undeclared > 0 {
        bail!("{undeclared} tests did not end as tests/conformance/expected/ says");
    }
    Ok(())
}

/// Runs a module's tests; how many did not end as expected.
fn run_module(workspace: &Workspace, options: &Options, bench: &Bench, module: &str) -> Result<usize> {
    let outcomes = outcomes_of(options, bench, module)?;
    report::write(workspace, options.pairing.name(), module, &outcomes)?;
    report::print(module, &outcomes);
    if options.accept {
        expected::accept(workspace, options.pairing.name(), module, &outcomes)?;
    }
    let expectations = expected::load(workspace, options.pairing.name(), module)?;
    let differences = expected::compare(&expectations, &outcomes, options.only.is_empty());
    for difference in &differences {
        println!("  {difference}");
    }
    Ok(differences.len())
}

fn outcomes_of(options: &Options, bench: &Bench, module: &str) -> Result<Outcomes> {
    let mut step = Step::start(&format!("{module} ({})", options.pairing.name()));
    let mut pair = Pair::start(bench)?;
    let mut tests = pair.list(module)?;
    tests.retain(|test| test.name.contains(&options.only) && is_in_pairing(options.pairing, test));
    let mut outcomes = Outcomes::new();
    for (number, test) in tests.iter().enumerate() {
        step.note(&format!("{} of {}: {}", number + 1, tests.len(), test.name));
        outcomes.insert(test.name.clone(), pair.run(module, test)?);
    }
    step.finish(&format!("{} tests", outcomes.len()));
    Ok(outcomes)
}

/// Tests in one process belong to the pairings whose server is on wasocket, and to the native control.
fn is_in_pairing(pairing: Pairing, test: &Test) -> bool {
    test.threaded || matches!(pairing, Pairing::Guests | Pairing::Natives)
}

/// `test_socket` is `test.test_socket`.
fn full_name(module: &str) -> String {
    if module.starts_with("test.") { module.to_owned() } else { format!("test.{module}") }
}
