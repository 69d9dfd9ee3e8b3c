//! `cargo xtask packages`: small programs with packages from the Python package index, natively and on wasocket.

mod differences;
mod install;
mod session;

use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::command::{Ended, run_within};
use crate::workspace::Workspace;
use differences::Differences;
use session::Session;

/// What to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Sessions by name, such as requests; all of them if none is named
    names: Vec<String>,
    /// The native CPython to compare with
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Seconds after which a session hangs
    #[arg(long, default_value_t = 60)]
    limit: u64,
}

/// Runs the sessions in both ways, and holds what differs against what is known to differ.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let all = session::find_all(&workspace.path(session::FOLDER))?;
    let names: Vec<&str> = all.iter().map(|session| session.name.as_str()).collect();
    let differences = Differences::load(&workspace.path(differences::FILE), &names)?;
    if let Some(stranger) = options.names.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("there is no session `{stranger}`; the sessions are {}", names.join(", "));
    }
    let packages = install::of_sessions(workspace, &all)?;
    let chosen = all.iter().filter(|session| options.names.is_empty() || options.names.contains(&session.name));
    let (mut same, mut known, mut failed) = (0, 0, Vec::new());
    for session in chosen {
        let started = Instant::now();
        let verdict = compare(workspace, options, &packages, session, &differences);
        let seconds = started.elapsed().as_secs_f32();
        match verdict {
            Ok(None) => {
                same += 1;
                println!("same    {seconds:5.1} s  {}", session.name);
            }
            Ok(Some(cause)) => {
                known += 1;
                println!("differs {seconds:5.1} s  {}: {cause}", session.name);
            }
            Err(error) => {
                println!("FAILED  {seconds:5.1} s  {}: {error:#}", session.name);
                failed.push(session.name.as_str());
            }
        }
    }
    println!("{same} sessions the same, {known} known to differ, {} failed", failed.len());
    if !failed.is_empty() {
        bail!("these sessions do not end as they should: {}", failed.join(", "));
    }
    Ok(())
}

/// Runs a session in both ways; the cause if it is known to differ.
fn compare<'a>(
    workspace: &Workspace,
    options: &Options,
    packages: &PathBuf,
    session: &Session,
    differences: &'a Differences,
) -> Result<Option<&'a str>> {
    let limit = Duration::from_secs(options.limit);
    let temporary = tempfile::tempdir()?;
    let mut native = Command::new(&options.python);
    native.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    native.env("TMPDIR", temporary.path()).env("PYTHONPATH", packages).arg("-B").arg(&session.path);
    let native = run_within(&mut native, limit)?;
    if native.status != Some(0) {
        bail!("natively, its exit status is {}:\n{}", status_text(&native), native.stderr.trim_end());
    }
    let mut guest = Command::new(workspace.target().join("release/wasocket"));
    guest.args(["run", "--allow-net", "--dir"]).arg(format!("{}::/tmp", temporary.path().display()));
    guest.arg("--python-path").arg(packages).arg(&session.path);
    differences.judge(&session.name, &native, &run_within(&mut guest, limit)?)
}

fn status_text(ended: &Ended) -> String {
    ended.status.map_or_else(|| "none, for it hung".to_owned(), |status| status.to_string())
}
