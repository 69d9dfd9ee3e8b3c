//! `cargo xtask packages`: packages from the Python package index, natively and on wasocket.

mod differences;
mod document;
mod install;
mod record;
mod session;
mod sessions;
mod suites;

use anyhow::Result;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::setup::python;
use crate::workspace::Workspace;

/// Seconds that a session, or one test of a suite, may take.
const LIMIT: u64 = 60;
/// The suites that end soon and whose tests do not depend on how fast the machine is.
const CHECKED_SUITES: [&str; 3] = ["starlette", "waitress", "websocket-client"];

/// What to run.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Options {
    #[command(flatten)]
    run: RunOptions,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// Run the packages' own suites instead of sessions
    Suites(RunOptions),
}

#[derive(Args)]
struct RunOptions {
    /// Sessions or suites by name, such as requests; all of them if none is named
    names: Vec<String>,
    /// The native CPython to compare with
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Seconds after which a session, or one test, hangs
    #[arg(long, default_value_t = LIMIT)]
    limit: u64,
    /// Write what came out into docs/packages.md
    #[arg(long)]
    report: bool,
}

/// Runs what is asked for.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    match &options.what {
        None => sessions::run(workspace, &options.run),
        Some(What::Suites(options)) => suites::run(workspace, options),
    }
}

/// All sessions and some suites, as a step of `cargo xtask test`.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let python = python::interpreter()?;
    let options = |names: &[&str]| RunOptions {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        python: python.clone(),
        limit: LIMIT,
        report: false,
    };
    sessions::run(workspace, &options(&[]))?;
    suites::run(workspace, &options(&CHECKED_SUITES))
}

/// Native CPython with these packages, and with as little of this process's environment as a guest has.
fn native(python: &Path, packages: &Path, temporary: &Path) -> Command {
    let mut command = Command::new(python);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("TMPDIR", temporary).env("PYTHONPATH", packages).arg("-B");
    command
}

/// A guest with these packages.
fn guest(workspace: &Workspace, packages: &Path, temporary: &Path) -> Command {
    let mut command = Command::new(workspace.target().join("release/wasocket"));
    command.args(["run", "--allow-net", "--dir"]).arg(format!("{}::/tmp", temporary.display()));
    command.arg("--python-path").arg(packages);
    command
}
