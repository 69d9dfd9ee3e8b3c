//! What is expected of each test: `tests/conformance/expected/BACKEND/PAIRING/MODULE.json`.
//!
//! A file is a list of `{"result": …, "reason": …, "tests": […]}`; tests are named by class and method, or all tests of a
//! class by its name. A result is a word, or a list of them where a race decides. Tests that no entry names pass.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::counts::{Classes, class_of};
use super::outcome::{Ending, Outcome, Outcomes};
use crate::files;
use crate::workspace::Workspace;

/// Tests, or classes of tests, that are not expected to pass.
#[derive(Debug, Default)]
pub(crate) struct Expectations(BTreeMap<String, Expectation>);

/// How a test may end, and why.
#[derive(Clone, Debug)]
struct Expectation {
    results: Vec<Ending>,
    reason: String,
}

impl Expectations {
    fn of(&self, test: &str) -> Option<&Expectation> {
        self.0.get(test).or_else(|| self.0.get(class_of(test)))
    }

    /// What the counts of a run say against these expectations.
    pub(crate) fn contradictions(&self, classes: &Classes) -> Vec<String> {
        let strangers =
            self.0.keys().map(|name| class_of_entry(name, classes)).filter(|class| !classes.contains_key(*class));
        let mut lines: Vec<String> =
            strangers.map(|class| format!("{class} has expectations but no results")).collect();
        for (class, counts) in classes {
            let (sure, open) = self.endings_of(class, counts.total());
            for ending in Ending::ALL.into_iter().filter(|ending| *ending != Ending::Pass) {
                let least = sure.get(&ending).copied().unwrap_or_default();
                if !(least..=least + open).contains(&counts.of(ending)) {
                    lines.push(format!("{class}: {} {ending} instead of {least}", counts.of(ending)));
                }
            }
        }
        lines
    }

    /// The reasons, whether it is one for skipping, and how many tests each one is for.
    pub(crate) fn reasons(&self, classes: &Classes) -> Vec<(String, bool, usize)> {
        let of_entry = |(name, expectation): (&String, &Expectation)| {
            let number = match classes.get(name) {
                Some(counts) => counts.total() - self.named_of(name).count(),
                None => 1,
            };
            (expectation.reason.clone(), expectation.results.contains(&Ending::Skip), number)
        };
        self.0.iter().map(of_entry).collect()
    }

    /// How many tests of a class surely end in each way, and how many may end in several.
    fn endings_of(&self, class: &str, total: usize) -> (BTreeMap<Ending, usize>, usize) {
        let named: Vec<&Expectation> = self.named_of(class).collect();
        let rest = self.0.get(class).map(|expectation| (expectation, total.saturating_sub(named.len())));
        let (mut sure, mut open) = (BTreeMap::new(), 0);
        for (expectation, number) in named.into_iter().map(|expectation| (expectation, 1)).chain(rest) {
            match expectation.results.as_slice() {
                [only] => *sure.entry(*only).or_default() += number,
                _ => open += number,
            }
        }
        (sure, open)
    }

    /// The tests of a class that have entries of their own.
    fn named_of(&self, class: &str) -> impl Iterator<Item = &Expectation> {
        self.0
            .iter()
            .filter(move |(name, _)| *name != class && class_of(name) == class)
            .map(|(_, expectation)| expectation)
    }
}

/// The class that an entry is about.
fn class_of_entry<'a>(name: &'a str, classes: &Classes) -> &'a str {
    if classes.contains_key(name) { name } else { class_of(name) }
}

/// The modules that have expectations.
pub(crate) fn modules(workspace: &Workspace, column: &str) -> Result<Vec<String>> {
    let files = files::walk(&workspace.path(FOLDER).join(column))?;
    Ok(files.iter().filter_map(|file| file.file_stem()).map(|stem| stem.to_string_lossy().into_owned()).collect())
}

/// What is expected of a module's tests in a pairing.
pub(crate) fn load(workspace: &Workspace, column: &str, module: &str) -> Result<Expectations> {
    let path = file_of(workspace, column, module);
    if !path.exists() {
        return Ok(Expectations::default());
    }
    let parsed = serde_json::from_slice(&files::read(&path)?).map_err(Into::into);
    parsed.and_then(|entries| expectations(&entries)).with_context(|| format!("in {}", path.display()))
}

/// One line for each test that did not end as expected, and, if all tests ran, for each entry without a test.
pub(crate) fn compare(expectations: &Expectations, outcomes: &Outcomes, is_whole: bool) -> Vec<String> {
    let mut lines: Vec<String> =
        outcomes.iter().filter_map(|(test, outcome)| difference(test, outcome, expectations.of(test))).collect();
    if is_whole {
        let known: BTreeSet<&str> = outcomes.keys().flat_map(|test| [test.as_str(), class_of(test)]).collect();
        let stale = expectations.0.keys().filter(|name| !known.contains(name.as_str()));
        lines.extend(stale.map(|name| format!("{name}: there is no such test")));
    }
    lines
}

/// Makes what came out what is expected. Reasons are kept where they are known, others are drafted from the result.
pub(crate) fn accept(workspace: &Workspace, column: &str, module: &str, outcomes: &Outcomes) -> Result<()> {
    let known = load(workspace, column, module)?;
    let mut groups: BTreeMap<(Vec<Ending>, String), Vec<&str>> = BTreeMap::new();
    for (test, outcome) in outcomes {
        if let Some(Expectation { results, reason }) = accepted(outcome, known.of(test)) {
            groups.entry((results, reason)).or_default().push(test);
        }
    }
    let entries = groups.iter().map(|((results, reason), tests)| entry(results, reason, &shortened(tests, outcomes)));
    let text = entries.collect::<Result<Vec<_>>>()?.join(",\n");
    let text = if text.is_empty() { "[]\n".to_owned() } else { format!("[\n{text}\n]\n") };
    files::write(&file_of(workspace, column, module), text)
}

/// What is to be expected of a test that has ended like this; nothing if it simply passes.
fn accepted(outcome: &Outcome, known: Option<&Expectation>) -> Option<Expectation> {
    match known {
        Some(known) if known.results.contains(&outcome.result) => Some(known.clone()),
        _ if outcome.result == Ending::Pass => None,
        _ => Some(Expectation { results: vec![outcome.result], reason: outcome.last_line().to_owned() }),
    }
}

/// An entry of the file: the result before its reason, as one reads it.
fn entry(results: &[Ending], reason: &str, tests: &BTreeSet<String>) -> Result<String> {
    let names: Vec<&str> = results.iter().map(|result| result.name()).collect();
    let result = if let [only] = names.as_slice() { json!(only) } else { json!(names) };
    let reason = serde_json::to_string(reason)?;
    let tests = serde_json::to_string_pretty(tests)?.replace('\n', "\n    ");
    Ok(format!("  {{\n    \"result\": {result},\n    \"reason\": {reason},\n    \"tests\": {tests}\n  }}"))
}

/// Names the class where all of its tests are meant.
fn shortened(tests: &[&str], outcomes: &Outcomes) -> BTreeSet<String> {
    let all_of = |class: &str| outcomes.keys().filter(|test| class_of(test) == class).count();
    let some_of = |class: &str| tests.iter().filter(|test| class_of(test) == class).count();
    let name = |test: &&str| {
        let class = class_of(test);
        if all_of(class) == some_of(class) { class.to_owned() } else { (*test).to_owned() }
    };
    tests.iter().map(name).collect()
}

fn difference(test: &str, outcome: &Outcome, expected: Option<&Expectation>) -> Option<String> {
    let (result, says) = (outcome.result, outcome.last_line());
    match expected {
        Some(Expectation { results, .. }) if results.contains(&result) => None,
        None if result == Ending::Pass => None,
        Some(Expectation { results, reason }) => {
            let results = results.iter().map(|result| result.name()).collect::<Vec<_>>().join(" or ");
            Some(format!("{test}: {result} instead of {results} ({reason}): {says}"))
        }
        None => Some(format!("{test}: {result} instead of pass: {says}")),
    }
}

fn expectations(entries: &Value) -> Result<Expectations> {
    let mut all = BTreeMap::new();
    for entry in entries.as_array().context("a list of entries is expected")? {
        let reason = entry["reason"].as_str().filter(|reason| !reason.is_empty());
        let (Some(results), Some(reason), Some(tests)) = (results(&entry["result"]), reason, entry["tests"].as_array())
        else {
            bail!("an entry needs a result, a reason and tests: {entry}");
        };
        let expectation = Expectation { results, reason: reason.to_owned() };
        all.extend(tests.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), expectation.clone())));
    }
    Ok(Expectations(all))
}

fn results(given: &Value) -> Option<Vec<Ending>> {
    let names = given.as_array().map_or_else(|| std::slice::from_ref(given), Vec::as_slice);
    names.iter().map(|name| name.as_str().and_then(Ending::from_name)).collect()
}

fn file_of(workspace: &Workspace, column: &str, module: &str) -> PathBuf {
    workspace.path(FOLDER).join(format!("{column}/{module}.json"))
}

const FOLDER: &str = "tests/conformance/expected";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_and_worse_than_expected_are_differences() -> Result<()> {
        let entries = json!([{"result": "skip", "reason": "no signals", "tests": ["A", "B.x"]}]);
        let expected = expectations(&entries)?;
        let outcome = |result| Outcome::new(result, "text");
        let outcomes = Outcomes::from([
            ("A.better".to_owned(), outcome(Ending::Pass)),
            ("A.same".to_owned(), outcome(Ending::Skip)),
            ("C.worse".to_owned(), outcome(Ending::Fail)),
        ]);
        let lines = compare(&expected, &outcomes, true);
        let subjects: Vec<&str> = lines.iter().filter_map(|line| line.split(':').next()).collect();
        assert_eq!(subjects, ["A.better", "C.worse", "B.x"]);
        Ok(())
    }

    #[test]
    fn a_race_may_end_in_several_ways() -> Result<()> {
        let expected = expectations(&json!([{"result": ["pass", "skip"], "reason": "r", "tests": ["A.x"]}]))?;
        let ends = |result| difference("A.x", &Outcome::new(result, ""), expected.of("A.x")).is_none();
        assert_eq!(Ending::ALL.map(ends), [true, false, false, true, false, false]);
        Ok(())
    }

    #[test]
    fn an_entry_needs_a_reason() {
        let entries = json!([{"result": "fail", "reason": "", "tests": ["A.x"]}]);
        assert!(expectations(&entries).is_err());
    }
}
