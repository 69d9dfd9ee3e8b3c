//! A suite in pieces: one file of tests at a time. A test that hangs ends its process; the others of the file then run without it.

use anyhow::{Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::command::{Ended, run_within};
use crate::files;
use crate::progress::Step;
use crate::workspace::Workspace;

/// The tests by name, with what came of each.
pub(crate) type Outcomes = BTreeMap<String, Outcome>;

/// What came of a test.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) is_pass: bool,
    /// The last line of what it says.
    pub(crate) text: String,
}

/// Where tests run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Native,
    Guest,
}

/// What pieces are run with.
pub(crate) struct Bench<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) python: &'a Path,
    pub(crate) packages: PathBuf,
    /// The unpacked archive.
    pub(crate) source: PathBuf,
    pub(crate) arguments: &'a [String],
    /// How long a file of tests may take.
    pub(crate) limit: Duration,
}

impl Bench<'_> {
    /// The files of tests, relative to the archive.
    pub(crate) fn pieces(&self, tests: &str, ending: &str) -> Result<Vec<String>> {
        let mut pieces = Vec::new();
        for file in files::walk(&self.source.join(tests))? {
            let path = file.strip_prefix(&self.source)?.to_string_lossy().into_owned();
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with(ending) && (name.starts_with("test_") || name.ends_with("_test.py")) {
                pieces.push(path);
            }
        }
        ensure!(!pieces.is_empty(), "{} has no tests in {tests}", self.source.display());
        Ok(pieces)
    }

    pub(crate) fn run(&self, place: Place, pieces: &[String]) -> Result<Outcomes> {
        let mut step = Step::start(&format!("{} files of tests, {place:?}", pieces.len()));
        let mut outcomes = Outcomes::new();
        for piece in pieces {
            step.note(piece);
            self.run_piece(place, piece, &mut outcomes)?;
        }
        step.finish("");
        Ok(outcomes)
    }

    fn run_piece(&self, place: Place, piece: &str, outcomes: &mut Outcomes) -> Result<()> {
        let mut without: Vec<String> = Vec::new();
        loop {
            let record = self.source.join(RECORD);
            files::write(&record, "")?;
            let temporary = tempfile::tempdir()?;
            let mut command = self.command(place, temporary.path());
            command.args(["-m", "pytest", "-p", "recorded_tests", "-p", "no:cacheprovider", "-q", "-o", "addopts="]);
            command.args(self.arguments).arg(piece);
            command.args(without.iter().map(|test| format!("--deselect={test}")));
            let ended = run_within(command.current_dir(&self.source), self.limit)?;
            let lines = String::from_utf8_lossy(&files::read(&record)?).into_owned();
            std::fs::remove_file(&record)?;
            let Some(last) = read(&lines, outcomes) else {
                complain(piece, place, &ended);
                return Ok(());
            };
            let text = ended
                .status
                .map_or_else(|| "it hangs".to_owned(), |status| format!("it ends the process with {status}"));
            outcomes.insert(last.clone(), Outcome { is_pass: false, text });
            without.push(last);
            if without.len() > MOST {
                eprintln!("    {piece} ({place:?}): given up after {MOST} tests that did not end");
                return Ok(());
            }
        }
    }

    fn command(&self, place: Place, temporary: &Path) -> Command {
        let plugin = self.workspace.path("tests/packages/plugin");
        match place {
            Place::Native => {
                let mut command = super::super::native(self.python, &self.packages, temporary);
                let mut path = self.packages.clone().into_os_string();
                path.push(":");
                path.push(&plugin);
                command.env("PYTHONPATH", path).env("RECORDED_TESTS", RECORD);
                command
            }
            Place::Guest => {
                let mut command = super::super::guest(self.workspace, &self.packages, temporary);
                command.arg("--python-path").arg(plugin).args(["--dir", ".", "--env"]);
                command.arg(format!("RECORDED_TESTS={RECORD}"));
                command
            }
        }
    }
}

/// Takes what the plugin has written; the test that has begun and not ended, if there is one.
fn read(lines: &str, outcomes: &mut Outcomes) -> Option<String> {
    let mut running = None;
    for line in lines.lines() {
        let Ok(entry) = serde_json::from_str::<Value>(line) else { continue };
        let test = entry["test"].as_str().unwrap_or_default().to_owned();
        if entry["begins"] == true {
            running = Some(test);
            continue;
        }
        let text = entry["text"].as_str().unwrap_or_default().to_owned();
        outcomes.insert(test, Outcome { is_pass: entry["outcome"] == "pass", text });
        running = None;
    }
    running
}

/// Says what is wrong with a file that could not be collected, or that did not end after its tests.
fn complain(piece: &str, place: Place, ended: &Ended) {
    if !matches!(ended.status, Some(0 | 1 | 5)) {
        let output = if ended.stdout.trim().is_empty() { &ended.stderr } else { &ended.stdout };
        let last: Vec<&str> = output.trim_end().lines().rev().take(LINES).collect();
        eprintln!(
            "    {piece} ({place:?}): status {:?}: {}",
            ended.status,
            last.into_iter().rev().collect::<Vec<_>>().join("\n      ")
        );
    }
}

/// What the plugin writes, in the folder of the archive.
const RECORD: &str = "recorded-tests";
/// How many tests of a file may hang.
const MOST: usize = 20;
/// How much of the output of a file that cannot be collected is shown.
const LINES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_has_not_ended_is_named() {
        let lines = r#"{"test": "a", "begins": true}
{"test": "a", "outcome": "pass", "text": ""}
{"test": "b", "begins": true}
{"test": "b", "outcome": "fail", "text": "why"}
{"test": "c", "begins": true}
{"te"#;
        let mut outcomes = Outcomes::new();
        assert_eq!(read(lines, &mut outcomes).as_deref(), Some("c"));
        assert!(outcomes["a"].is_pass && !outcomes["b"].is_pass);
        assert_eq!(outcomes["b"].text, "why");
    }
}
