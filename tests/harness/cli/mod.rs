//! The command `wasocket`, used rightly and wrongly.

mod attacks;
mod building;
mod chat;
mod inspect;
mod mistakes;
mod names;
mod policy;
mod policy_files;
mod running;
mod signals;
mod threads;
mod tls;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use tempfile::TempDir;

use crate::context::Context;
use crate::process::{self, Finished};
use crate::trial;

/// How long one command may take: the first one compiles the interpreter.
const PATIENCE: Duration = Duration::from_secs(300);

/// One trial: its name, and what it does with a workshop of its own.
type Case = (&'static str, fn(&Workshop) -> Result<()>);

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let groups = [
        mistakes::CASES,
        policy::CASES,
        names::CASES,
        policy_files::CASES,
        running::CASES,
        signals::CASES,
        threads::CASES,
        building::CASES,
        chat::CASES,
        attacks::CASES,
        tls::CASES,
        inspect::CASES,
    ];
    groups.into_iter().flatten().map(|(name, case)| one(context, name, *case)).collect()
}

fn one(context: &Arc<Context>, name: &str, case: fn(&Workshop) -> Result<()>) -> Trial {
    let context = Arc::clone(context);
    trial(format!("cli::{name}"), move || case(&Workshop::new(&context)?))
}

/// A temporary folder with a program or two, and the commands.
struct Workshop {
    folder: TempDir,
    wasocket: PathBuf,
    wasmtime: PathBuf,
    python: PathBuf,
    ipv6: bool,
}

impl Workshop {
    fn new(context: &Context) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let (wasocket, wasmtime) = (context.wasocket()?, context.wasmtime()?);
        Ok(Self { folder, wasocket, wasmtime, python: context.python.clone(), ipv6: context.ipv6 })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Write a file into the folder.
    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
        std::fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// `wasocket ARGUMENTS`, started in the folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.wasocket);
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<Finished> {
        self.run_with_input(arguments, "")
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Result<Finished> {
        process::run(self.command(arguments), input.as_bytes(), PATIENCE)
    }

    /// `wasocket ARGUMENTS` is to succeed; what it printed.
    fn output(&self, arguments: &[&str]) -> Result<String> {
        succeeded(self.run(arguments)?)
    }

    /// `wasocket ARGUMENTS` is to be refused: status 2, nothing on stdout, one line that has all `words`.
    fn refused(&self, arguments: &[&str], words: &[&str]) -> Result<()> {
        let finished = self.run(arguments)?;
        let line = finished.stderr.trim_end();
        ensure!(finished.code() == 2, "exit status {}, not 2: {finished:?}", finished.code());
        ensure!(finished.stdout.is_empty(), "something on stdout: {finished:?}");
        ensure!(line.starts_with("wasocket: ") && line.lines().count() == 1, "not one line of ours: {line:?}");
        for word in words {
            ensure!(line.contains(word), "{line:?} does not say {word:?}");
        }
        Ok(())
    }
}

fn succeeded(finished: Finished) -> Result<String> {
    ensure!(finished.status.success(), "failed: {finished:?}");
    Ok(finished.stdout)
}
