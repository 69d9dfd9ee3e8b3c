//! The fuzz targets in `fuzz/`: built with the coverage that libFuzzer needs, which stable Rust can do, and run for a bounded
//! number of inputs.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

use crate::command::{self, run_openly};
use crate::files;
use crate::setup::wasm::{apt_install, may_apt_install};
use crate::workspace::Workspace;

/// A target, and how many inputs continuous integration tries: some seconds' worth.
const TARGETS: [(&str, u64); 10] = [
    ("addresses", 1_000_000),
    ("ancillary", 100_000),
    ("certificates", 300_000),
    ("chains", 10_000),
    ("destinations", 300_000),
    ("getaddrinfo", 1_000_000),
    ("options", 200_000),
    ("policy", 200_000),
    ("records", 10_000),
    ("schedules", 20_000),
];

/// What libFuzzer wants of the compiler: see the documentation of LLVM's `SanitizerCoverage`.
const FLAGS: [&str; 7] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// What to fuzz, and for how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only this target; all of them if none is named
    target: Option<String>,
    /// How many inputs to try, instead of what continuous integration tries
    runs: Option<u64>,
}

/// Every target for as long as continuous integration does.
pub(crate) fn all(workspace: &Workspace) -> Result<()> {
    run(workspace, &Options { target: None, runs: None })
}

/// Builds the targets, and runs those that are asked for.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let chosen: Vec<_> = TARGETS
        .into_iter()
        .filter(|(name, _)| options.target.as_deref().is_none_or(|wanted| wanted == *name))
        .collect();
    if chosen.is_empty() {
        let known: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        bail!("there is no such fuzz target; the targets are {}", known.join(", "));
    }
    let built = build(workspace)?;
    for (name, runs) in chosen {
        run_one(workspace, &built.join(name), name, options.runs.unwrap_or(runs))?;
    }
    Ok(())
}

/// The folder with the targets. Build scripts are not to be instrumented, so the target triple is given.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    if command::text_of(Command::new("c++").arg("--version")).is_none() {
        may_apt_install().context("libFuzzer needs a C++ compiler: install g++")?;
        apt_install("C++ compiler", &["g++"])?;
    }
    let version = command::text_of(Command::new("rustc").arg("-vV")).context("rustc does not run")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not say its host")?;
    let target = workspace.target().join("fuzz");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--release", "--target", host, "--target-dir"]).arg(&target);
    run_openly(cargo.env("RUSTFLAGS", FLAGS.join(" ")).current_dir(workspace.path("fuzz")))?;
    Ok(target.join(host).join("release"))
}

/// Starts from the seeds; what is found on the way is kept below `target/` for the next time.
fn run_one(workspace: &Workspace, program: &PathBuf, name: &str, runs: u64) -> Result<()> {
    let target = workspace.target().join("fuzz");
    let (corpus, findings) = (target.join("corpus").join(name), target.join("findings"));
    files::create_folder(&corpus)?;
    files::create_folder(&findings)?;
    let mut fuzzer = Command::new(program);
    fuzzer.args([format!("-runs={runs}"), format!("-artifact_prefix={}/{name}-", findings.display())]);
    // No input takes long or much memory: either would be a finding.
    fuzzer.args(["-seed=1", "-timeout=10", "-rss_limit_mb=1024", "-verbosity=0", "-print_final_stats=1"]);
    fuzzer.arg(corpus).arg(workspace.path("fuzz/seeds").join(name));
    run_openly(&mut fuzzer)
        .with_context(|| format!("the fuzz target `{name}` found something; the input is in {}", findings.display()))
}
