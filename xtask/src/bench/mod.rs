//! `cargo xtask bench`: sockets side by side, each a contender that `benches/` measures in turn.

mod about;
mod contenders;
pub(crate) mod instructions;
mod native;

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;

use crate::progress::Step;
use crate::workspace::Workspace;
use crate::{build, command, files};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Less than two minutes: the workloads that matter most, with fewer and shorter samples
    #[arg(long)]
    quick: bool,
    /// Write docs/performance.md and its chart too
    #[arg(long)]
    page: bool,
    /// Count the instructions of the core's hot paths and keep the counts, instead
    #[arg(long)]
    instructions: bool,
    /// Only workloads whose name contains one of these
    names: Vec<String>,
}

/// Builds the contenders and measures them.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.instructions {
        return instructions::keep(workspace);
    }
    let mut driver = driver(workspace)?;
    if options.quick {
        driver.arg("--quick");
    }
    if options.page {
        driver.arg("--page").arg(workspace.path("docs/performance.md"));
    }
    eprintln!("Measuring");
    command::run_openly(driver.args(&options.names))?;
    eprintln!("{} has results.json and chart.svg", output(workspace).display());
    Ok(())
}

/// Each contender does a few operations of some workloads, and what comes out is right. No speed is judged.
pub(crate) fn smoke(workspace: &Workspace) -> Result<()> {
    command::run_openly(driver(workspace)?.arg("--smoke").args(SMOKE))
}

const SMOKE: [&str; 14] = [
    "across-64",
    "round-trip",
    "write-write-read",
    "receive-64k",
    "receive-into-64k",
    "send-64k",
    "connect",
    "accept",
    "udp-send",
    "poll-10",
    "asyncio-echo-1",
    "redis-pipeline",
    "tls-",
    "python-",
];

/// The program that measures, with all contenders.
fn driver(workspace: &Workspace) -> Result<Command> {
    let built = build::run(workspace)?;
    let contenders = contenders::build(workspace, &built)?;
    let about = about::lines(&built)?;
    let plan = serde_json::json!({ "contenders": contenders, "about": about });
    let place = output(workspace).join("plan.json");
    files::write(&place, serde_json::to_vec_pretty(&plan).context("the plan is no JSON")?)?;
    let mut command = Command::new(program(workspace, "wasocket-bench")?);
    command.arg("--plan").arg(place).arg("--output").arg(output(workspace));
    Ok(command)
}

/// One of the benchmark's own programs, for this machine.
fn program(workspace: &Workspace, package: &str) -> Result<PathBuf> {
    let mut step = Step::start(package);
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--release", "--package", package]);
    command::run_quietly(&mut step, cargo.current_dir(workspace.root()))?;
    step.finish("");
    Ok(workspace.target().join("release").join(package))
}

fn output(workspace: &Workspace) -> PathBuf {
    workspace.artefact("bench")
}
