//! Measures sockets side by side: the same workloads against the same native peer, in one run, interleaved.
//!
//! `cargo xtask bench` builds the contenders and calls this.

mod chart;
mod contender;
mod cores;
mod peer;
mod plan;
mod report;
mod run;
mod statistics;
mod targets;
mod workload;

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;

use plan::Plan;
use run::{Pace, Results};

/// Measure sockets side by side.
#[derive(Parser)]
struct Arguments {
    /// Who takes part: a file of JSON
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Fewer and shorter samples, and only the workloads that matter most
    #[arg(long)]
    quick: bool,
    /// Only see whether every contender does every workload right
    #[arg(long, conflicts_with = "quick")]
    smoke: bool,
    /// Where results.json and chart.svg go
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Where the page goes, and beside it its chart
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Only workloads whose name contains one of these
    names: Vec<String>,
}

fn main() -> ExitCode {
    let done = match std::env::args().nth(1).as_deref() {
        Some(peer::AS_PEER) => peer::serve(),
        _ => measure(&Arguments::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> Result<()> {
    let plan = Plan::read(&arguments.plan)?;
    let pace = match (arguments.quick, arguments.smoke) {
        (_, true) => Pace::smoke(),
        (true, false) => Pace::quick(),
        (false, false) => Pace::thorough(),
    };
    std::fs::create_dir_all(&arguments.output)?;
    let log = File::create(arguments.output.join("contenders.log")).context("cannot write contenders.log")?;
    let results = run::all(&plan, &pace, &arguments.names, &log)?;
    if arguments.smoke {
        return judge(&results);
    }
    let chart = chart::draw(&results);
    write(&arguments.output.join("results.json"), &serde_json::to_string_pretty(&results)?)?;
    write(&arguments.output.join("chart.svg"), &chart)?;
    println!("{}", report::text(&results));
    if let Some(page) = &arguments.page {
        write(page, &report::page(&results))?;
        write(&page.with_extension("svg"), &chart)?;
    }
    Ok(())
}

/// Native and ours do every workload; what componentize-py has built in may fail at some.
fn judge(results: &Results) -> Result<()> {
    let failures: Vec<String> = results
        .rows
        .iter()
        .flat_map(|row| {
            row.failures(&results.contenders)
                .filter(|(contender, _)| *contender != "builtin")
                .map(|(contender, reason)| format!("{contender}, {}: {reason}", row.name))
        })
        .collect();
    if !failures.is_empty() {
        bail!("{} failed:\n{}", failures.len(), failures.join("\n"));
    }
    println!("{} workloads done by {} contenders", results.rows.len(), results.contenders.len());
    Ok(())
}

fn write(path: &std::path::Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
