//! `cargo xtask`: every task of this repository, from an empty machine to a green test run.

mod bench;
mod book;
mod build;
mod command;
mod conformance;
mod demo;
mod doc_blocks;
mod examples;
mod files;
mod fuzz;
mod hosts;
mod packages;
mod parallel;
mod progress;
mod release;
mod server;
mod setup;
mod stamp;
mod test;
mod tidy;
mod vendor_wit;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

use workspace::Workspace;

/// The tasks of the wasocket repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing: WebAssembly targets, componentize-py, the wasmtime command
    Setup,
    /// Build the component, the extension, the interpreter and the `wasocket` command
    Build {
        /// Only this piece, and what it is made from
        piece: Option<build::Piece>,
    },
    /// Build the book into target/wasocket/book/html, and the documentation of the crates
    Docs,
    /// Show a stock Python program fetch a page through wasocket, in WebAssembly
    Demo,
    /// Run every check of the repository, as continuous integration does
    Test {
        /// Only these steps; all of them if none is named
        steps: Vec<String>,
    },
    /// Fuzz what parses: each target for some seconds, or one target for as long as is asked
    Fuzz(fuzz::Options),
    /// Run CPython's own tests and compare what comes out with what is expected of each
    Conformance(conformance::Options),
    /// Run programs with packages from the Python package index, natively and on wasocket, and compare
    Packages(packages::Options),
    /// Build the examples of each language, compose them, and run them against real peers
    Examples(examples::Options),
    /// Use the packages on hosts that are not ours, as the step `hosts` does
    Hosts {
        /// Write what came out to docs/hosts.md
        #[arg(long)]
        accept: bool,
    },
    /// Make what others install: crates, wheel, npm package, WIT and components, with checksums
    Release,
    /// Measure sockets side by side: native, componentize-py's and ours
    Bench(bench::Options),
    /// Copy WASI's WIT from the wasmtime-wasi crate to wit/deps
    VendorWit {
        /// Only compare, and fail on a difference
        #[arg(long)]
        check: bool,
    },
    /// Record what the contract promises now, for `tidy` to compare with: when a version is released
    FreezeWit,
    /// Check the rules of this repository that no compiler knows
    Tidy,
}

/// Whether these words, the first of which is the program's name, call a task.
fn is_task<'word>(words: impl Iterator<Item = &'word str>) -> Result<()> {
    Arguments::try_parse_from(words).map(drop).map_err(Into::into)
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Setup => setup::run(&workspace).map(drop),
        Task::Build { piece: None } => build::run_with_tests(&workspace).map(drop),
        Task::Build { piece: Some(piece) } => build::run_one(&workspace, *piece),
        Task::Docs => test::docs(&workspace),
        Task::Demo => demo::run(&workspace),
        Task::Test { steps } => test::run(&workspace, steps),
        Task::Fuzz(options) => fuzz::run(&workspace, options),
        Task::Conformance(options) => conformance::run(&workspace, options),
        Task::Packages(options) => packages::run(&workspace, options),
        Task::Examples(options) => examples::run(&workspace, options),
        Task::Hosts { accept } => hosts::run(&workspace, *accept),
        Task::Release => release::run(&workspace),
        Task::Bench(options) => bench::run(&workspace, options),
        Task::VendorWit { check } => vendor_wit::run(&workspace, *check),
        Task::FreezeWit => tidy::frozen::freeze(&workspace),
        Task::Tidy => tidy::run(&workspace),
    }
}
