//! The packages' own suites, run by pytest in both ways and compared test by test.

mod causes;
mod pieces;
mod source;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::record::{Record, SuiteResult};
use super::{RunOptions, document};
use crate::files;
use crate::setup::{clients, python};
use crate::workspace::Workspace;
use causes::Cause;
use pieces::{Bench, Place};

/// A suite, as `tests/packages/suites.toml` describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    /// The release whose source archive has the tests.
    release: String,
    /// The folder of the tests in it.
    tests: String,
    /// How the names of their files end.
    #[serde(default = "python_files")]
    files: String,
    /// Files, and options of pytest, that are left out or added.
    #[serde(default)]
    arguments: Vec<String>,
    /// Other releases that the tests import.
    #[serde(default)]
    packages: Vec<String>,
    /// Those whose extension modules are removed.
    #[serde(default)]
    stripped: Vec<String>,
    #[serde(default)]
    causes: Vec<Cause>,
}

fn python_files() -> String {
    ".py".to_owned()
}

/// Runs the suites; fails if a test does not pass on wasocket for a cause that is not named, and if a named cause has no test.
pub(crate) fn run(workspace: &Workspace, options: &RunOptions) -> Result<()> {
    let suites = load(workspace)?;
    if let Some(stranger) = options.names.iter().find(|name| !suites.contains_key(*name)) {
        let known: Vec<&str> = suites.keys().map(String::as_str).collect();
        bail!("there is no suite `{stranger}`; the suites are {}", known.join(", "));
    }
    let mut record = Record::load(workspace)?;
    let mut findings = Vec::new();
    for (name, suite) in suites.iter().filter(|(name, _)| options.names.is_empty() || options.names.contains(name)) {
        let (result, found) = run_one(workspace, options, name, suite)?;
        findings.extend(found.into_iter().map(|finding| format!("{name}: {finding}")));
        record.suites.insert(name.clone(), result);
    }
    if options.report {
        record.save(workspace)?;
        document::write(workspace)?;
    }
    if !findings.is_empty() {
        bail!("tests did not end as tests/packages/suites.toml says:\n{}", findings.join("\n"));
    }
    Ok(())
}

fn run_one(
    workspace: &Workspace,
    options: &RunOptions,
    name: &str,
    suite: &Suite,
) -> Result<(SuiteResult, Vec<String>)> {
    let pure: Vec<&str> = suite.packages.iter().map(String::as_str).chain(PYTEST).collect();
    let stripped: Vec<&str> = suite.stripped.iter().map(String::as_str).collect();
    let bench = Bench {
        workspace,
        python: &python::bare(workspace, &options.python)?,
        packages: clients::packages_of(workspace, name, &pure, &stripped)?,
        source: source::unpacked(workspace, name, &suite.release)?,
        arguments: &suite.arguments,
        limit: Duration::from_secs(options.limit),
    };
    let pieces = bench.pieces(&suite.tests, &suite.files)?;
    let mut outcomes = Vec::new();
    for place in [Place::Native, Place::Guest] {
        let started = Instant::now();
        let found = bench.run(place, &pieces)?;
        let passed = found.values().filter(|outcome| outcome.is_pass).count();
        println!("{name}, {place:?}: {passed} of {} pass, {:.0} s", found.len(), started.elapsed().as_secs_f32());
        outcomes.push(found);
    }
    let [native, guest] = outcomes.try_into().map_err(|_| anyhow::anyhow!("two ways have two outcomes"))?;
    let missing = causes::missing(&native, &guest);
    let passed = native.values().filter(|outcome| outcome.is_pass).count();
    let (causes, findings) = causes::explain(&suite.causes, &missing);
    let result = SuiteResult { release: suite.release.clone(), native: passed, guest: passed - missing.len(), causes };
    Ok((result, findings))
}

fn load(workspace: &Workspace) -> Result<BTreeMap<String, Suite>> {
    let path = workspace.path("tests/packages/suites.toml");
    toml::from_str(&String::from_utf8(files::read(&path)?)?).with_context(|| format!("in {}", path.display()))
}

/// What runs the tests.
const PYTEST: [&str; 5] = ["iniconfig==2.3.1", "packaging==26.4", "pluggy==1.7.0", "pygments==2.21.0", "pytest==9.2.0"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read() -> Result<()> {
        assert!(load(&Workspace::find()?)?.values().all(|suite| suite.release.contains("==")));
        Ok(())
    }
}
