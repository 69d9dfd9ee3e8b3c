//! `cargo xtask conformance`: CPython's own tests, run on wasocket, against what is expected of each.

mod backend;
mod counts;
mod document;
mod expected;
mod outcome;
mod process;
mod record;
mod relay;
mod report;
mod session;
mod suite;

use anyhow::{Result, bail};
use clap::{Args, Parser, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

use crate::files;
use crate::progress::Step;
use crate::workspace::Workspace;
use backend::Backend;
use counts::Classes;
use outcome::Outcomes;
use process::Place;
use record::Record;
use report::Column;
use session::{Bench, Session};

/// What to run, and where its halves run.
#[derive(Args, Clone)]
pub(crate) struct Options {
    /// Test modules, such as test.test_socket; every module that is expected to work if none is named
    modules: Vec<String>,
    /// Only tests whose class and name contain this text
    #[arg(long, default_value = "")]
    only: String,
    /// Where the two halves of a threaded test run
    #[arg(long, value_enum, default_value_t = Pairing::Guests)]
    pairing: Pairing,
    /// Whose sockets the guests use
    #[arg(long, value_enum, default_value_t = Backend::Wasi)]
    backend: Backend,
    /// Run everything on componentize-py's built-in sockets as well, and print both
    #[arg(long, conflicts_with = "backend")]
    builtin: bool,
    /// A native CPython 3.14, for the pairings that have a native half
    #[arg(long, default_value = "python3.14")]
    python: PathBuf,
    /// Seconds after which a test hangs
    #[arg(long, default_value_t = 20)]
    limit: u64,
    /// Write what came out as what is expected, with drafts of reasons, and into docs/conformance.md
    #[arg(long, conflicts_with = "only")]
    accept: bool,
    /// Write what came out into docs/conformance.md
    #[arg(long, conflicts_with = "only")]
    report: bool,
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

    /// The pairing whose expectations name the modules to run.
    fn expecting(self) -> Self {
        match self {
            Self::Guests | Self::Natives => Self::Guests,
            Self::GuestServer | Self::GuestClient => self,
        }
    }

    /// Whether only tests in two processes are run: others would be no different from those of another pairing.
    fn is_mixed(self) -> bool {
        matches!(self, Self::GuestServer | Self::GuestClient)
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
    let ours = Series::new(workspace, options, options.backend)?;
    let builtin = options.builtin.then(|| Series::new(workspace, options, Backend::Builtin)).transpose()?;
    let modules = if options.modules.is_empty() {
        expected::modules(workspace, &column(options.backend.expecting(), options.pairing.expecting()))?
    } else {
        options.modules.iter().map(|module| full_name(module)).collect()
    };
    let series: Vec<&Series<'_>> = std::iter::once(&ours).chain(&builtin).collect();
    let mut undeclared = 0;
    for module in &modules {
        undeclared += run_module(&series, module)?;
    }
    files::remove_folder(&ours.bench.scratch)?;
    if options.accept || options.report {
        document::write(workspace)?;
    }
    if undeclared > 0 {
        bail!("{undeclared} tests did not end as tests/conformance/expected/ says");
    }
    Ok(())
}

/// What continuous integration runs of it: the fast modules with two guests, on both of our networks, and with one guest that has
/// threads, and the document. The rest runs by the command.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    document::check(workspace)?;
    let options = Checked::parse_from(SHARE).options;
    for backend in [Backend::Wasi, Backend::Host] {
        run(workspace, &Options { backend, ..options.clone() })?;
    }
    let modules = SHARE_OF_THREADS.map(str::to_owned).to_vec();
    run(workspace, &Options { backend: Backend::Threads, modules, ..options })
}

/// The modules of continuous integration.
const SHARE: [&str; 17] = [
    "test_socket",
    "test_select",
    "test_selectors",
    "test_poll",
    "test_epoll",
    "test_timeout",
    "test_asyncio.test_sock_lowlevel",
    "test_httplib",
    "test_urllib",
    "test_urllib2",
    "test_socketserver",
    "test_poplib",
    "test_smtplib",
    "test_ssl",
    "test_fcntl",
    "test_os",
    "test_signal",
];

/// Those with one guest that has threads.
const SHARE_OF_THREADS: [&str; 13] = [
    "test_socket",
    "test_thread",
    "test_threading",
    "test_threading_local",
    "test_queue",
    "test_socketserver",
    "test_smtplib",
    "test_ftplib",
    "test_ssl",
    "test_io",
    "test_signal",
    "test_concurrent_futures.test_shutdown",
    "test_concurrent_futures.test_wait",
];

/// The options that nobody gave.
#[derive(Parser)]
#[command(no_binary_name = true)]
struct Checked {
    #[command(flatten)]
    options: Options,
}

/// Runs of the same kind: one column of results.
struct Series<'a> {
    workspace: &'a Workspace,
    options: &'a Options,
    backend: Backend,
    /// The name of the column.
    column: String,
    bench: Bench,
}

impl<'a> Series<'a> {
    fn new(workspace: &'a Workspace, options: &'a Options, backend: Backend) -> Result<Self> {
        let bench = Bench {
            wasocket: workspace.target().join("release/wasocket"),
            interpreter: backend.interpreter(workspace)?,
            options: backend.options(),
            has_threads: backend.has_threads(),
            python: options.python.clone(),
            driver: workspace.path("tests/conformance/driver/driver.py"),
            suite: suite::find(workspace)?,
            scratch: workspace.target().join(format!("conformance/scratch/{}", std::process::id())),
            places: options.pairing.places(),
            limit: Duration::from_secs(options.limit),
        };
        Ok(Self { workspace, options, backend, column: column(backend, options.pairing), bench })
    }

    /// Runs a module's tests.
    fn outcomes(&self, module: &str) -> Result<Outcomes> {
        let mut step = Step::start(&format!("{module} ({})", self.column));
        let mut session = Session::start(&self.bench)?;
        let mut tests = session.list(module)?;
        let is_mixed = self.options.pairing.is_mixed();
        tests.retain(|test| test.name.contains(&self.options.only) && (!is_mixed || test.may_part));
        let mut outcomes = Outcomes::new();
        for (number, test) in tests.iter().enumerate() {
            step.note(&format!("{} of {}: {}", number + 1, tests.len(), test.name));
            let outcome = session.run(module, test)?;
            if !is_mixed || outcome.is_parted || test.threaded {
                outcomes.insert(test.name.clone(), outcome);
            }
        }
        step.finish(&format!("{} tests", outcomes.len()));
        report::write(self.workspace, &self.column, module, &outcomes)?;
        Ok(outcomes)
    }

    /// Keeps results as far as the options want them kept.
    fn keep(&self, module: &str, outcomes: &Outcomes, classes: &Classes) -> Result<()> {
        if self.options.accept && self.has_expectations() {
            expected::accept(self.workspace, &self.column, module, outcomes)?;
        }
        if self.options.accept || self.options.report {
            let mut record = Record::load(self.workspace)?;
            record.set(module, &self.column, classes.clone());
            record.save(self.workspace)?;
        }
        Ok(())
    }

    /// The tests that did not end as expected, a line for each.
    fn differences(&self, module: &str, outcomes: &Outcomes) -> Result<Vec<String>> {
        if !self.has_expectations() {
            return Ok(Vec::new());
        }
        let expectations = expected::load(self.workspace, &self.column, module)?;
        Ok(expected::compare(&expectations, outcomes, self.options.only.is_empty()))
    }

    fn has_expectations(&self) -> bool {
        self.backend.has_expectations() && self.options.pairing != Pairing::Natives
    }
}

/// Runs a module's tests in each series; how many did not end as expected.
fn run_module(series: &[&Series<'_>], module: &str) -> Result<usize> {
    let mut all = Vec::new();
    for series in series {
        let outcomes = series.outcomes(module)?;
        let classes = counts::by_class(&outcomes);
        series.keep(module, &outcomes, &classes)?;
        all.push((series, outcomes, classes));
    }
    let columns = all.iter().map(|(series, _, classes)| Column { title: &series.column, classes });
    report::print(module, &columns.collect::<Vec<_>>());
    let mut undeclared = 0;
    for (series, outcomes, _) in &all {
        let differences = series.differences(module, outcomes)?;
        differences.iter().for_each(|difference| println!("  {difference}"));
        undeclared += differences.len();
    }
    Ok(undeclared)
}

/// The name of a column of results: below `target/conformance/` and in the record.
fn column(backend: Backend, pairing: Pairing) -> String {
    match pairing {
        Pairing::Natives => "native".to_owned(),
        Pairing::Guests | Pairing::GuestServer | Pairing::GuestClient => {
            format!("{}/{}", backend.name(), pairing.name())
        }
    }
}

/// `test_socket` is `test.test_socket`.
fn full_name(module: &str) -> String {
    if module.starts_with("test.") { module.to_owned() } else { format!("test.{module}") }
}
