//! pytest itself, as it is: its report of the tests in `tests/pytest` is the same in a guest, with all that it captured.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use crate::compare::difference;
use crate::context::Context;
use crate::{process, trial};

/// How long a run may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// Ways to run it, by the options of `wasocket run`.
const WAYS: [(&str, &[&str]); 3] = [("run", &[]), ("single", &["--no-threads"]), ("wasi", &["--backend", "wasi"])];
/// The status of a run in which tests failed.
const FAILED: i32 = 1;

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let trial_of = |(way, options): (&str, &'static [&str])| {
        let context = Arc::clone(context);
        trial(format!("pytest::{way}"), move || same_report(&context, options))
    };
    WAYS.map(trial_of).into()
}

fn same_report(context: &Context, options: &[&str]) -> Result<()> {
    let packages = context.checkers()?;
    let mut native = process::native(&context.python);
    native.env("PYTHONPATH", &packages).arg("-B");
    let mut guest = Command::new(context.wasocket()?);
    guest.args(["run", "--dir", ".", "--python-path"]).arg(&packages).args(options);
    let (native, guest) = (report(context, native)?, report(context, guest)?);
    // What tests wrote by the numbers of the streams is among what is compared.
    ensure!(
        native.contains("\nby number\n") && native.contains("\nby number of stderr\n"),
        "nothing captured: {native}"
    );
    let changed = difference(&native, &guest);
    ensure!(changed.is_empty(), "pytest reports otherwise (-native +guest):\n{changed}");
    Ok(())
}

/// What pytest says of a copy of the tests.
fn report(context: &Context, mut command: Command) -> Result<String> {
    let temporary = tempfile::tempdir()?;
    for entry in std::fs::read_dir(context.tests.join("pytest"))? {
        let path = entry?.path();
        if path.is_file() {
            let name = path.file_name().context("a file has a name")?;
            std::fs::copy(&path, temporary.path().join(name))?;
        }
    }
    command.args(["-m", "pytest"]).current_dir(temporary.path());
    let finished = process::run(command, b"", PATIENCE)?;
    ensure!(finished.code() == FAILED, "pytest did not run its tests: {finished:?}");
    Ok(masked(&finished.stdout, temporary.path()))
}

/// Without what no two runs have alike: the folder, and how long it took.
fn masked(report: &str, folder: &Path) -> String {
    let report = report.replace(&*folder.to_string_lossy(), "FOLDER");
    let untimed = |line: &str| match line.rsplit_once(" in ") {
        Some((summary, time)) if time.ends_with('s') && time.starts_with(|first: char| first.is_ascii_digit()) => {
            summary.to_owned()
        }
        _ => line.to_owned(),
    };
    report.lines().map(untimed).collect::<Vec<_>>().join("\n")
}
