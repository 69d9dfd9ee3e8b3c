//! Why tests that pass natively do not pass in a guest.

use serde::Deserialize;
use std::collections::BTreeMap;

use super::pieces::{Outcome, Outcomes};

/// A cause, and the tests that it keeps from passing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cause {
    cause: String,
    /// Names, in which `*` stands for any text.
    tests: Vec<String>,
}

/// What each test says that passes natively and not in a guest.
pub(crate) fn missing(native: &Outcomes, guest: &Outcomes) -> BTreeMap<String, String> {
    let passed = native.iter().filter(|(_, outcome)| outcome.is_pass).map(|(test, _)| test);
    let lost = passed.filter_map(|test| match guest.get(test) {
        Some(Outcome { is_pass: true, .. }) => None,
        Some(outcome) => Some((test.clone(), outcome.text.clone())),
        None => Some((test.clone(), "it did not run".to_owned())),
    });
    lost.collect()
}

/// How many tests each cause has; a line for each test without a cause, and for each name without a test.
pub(crate) fn explain(causes: &[Cause], missing: &BTreeMap<String, String>) -> (BTreeMap<String, usize>, Vec<String>) {
    let (mut numbers, mut findings) = (BTreeMap::new(), Vec::new());
    for (test, says) in missing {
        match causes.iter().find(|cause| cause.tests.iter().any(|pattern| matches(pattern, test))) {
            Some(cause) => *numbers.entry(cause.cause.clone()).or_default() += 1,
            None => findings.push(format!("{test}: {says}")),
        }
    }
    for pattern in causes.iter().flat_map(|cause| &cause.tests) {
        if !missing.keys().any(|test| matches(pattern, test)) {
            findings.push(format!("`{pattern}` names no test that passes natively alone; remove it"));
        }
    }
    (numbers, findings)
}

/// Whether a text is what a pattern describes, in which `*` stands for any text. The brackets of parameters mean themselves.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    if rest.is_empty() {
        return true;
    }
    loop {
        if matches(rest, left) {
            return true;
        }
        let mut letters = left.chars();
        if letters.next().is_none() {
            return false;
        }
        left = letters.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for pattern in ["a.py::b[1]", "a*", "*[1]", "a*b*", "*", "a.py*::b[1]"] {
            assert!(matches(pattern, "a.py::b[1]"), "{pattern}");
        }
        for pattern in ["a.py", "*b", "b*", "a*c*"] {
            assert!(!matches(pattern, "a.py::b[1]"), "{pattern}");
        }
    }

    #[test]
    fn every_missing_test_has_a_cause_and_every_name_a_test() {
        let outcome = |is_pass| Outcome { is_pass, text: "said".to_owned() };
        let all = |list: &[(&str, bool)]| -> Outcomes {
            list.iter().map(|(test, is_pass)| ((*test).to_owned(), outcome(*is_pass))).collect()
        };
        let native = all(&[("a", true), ("b", true), ("c", true), ("d", false)]);
        let missing = missing(&native, &all(&[("a", true), ("b", false), ("d", false)]));
        let causes = [Cause { cause: "no forks".to_owned(), tests: vec!["b*".to_owned(), "gone".to_owned()] }];
        let (numbers, findings) = explain(&causes, &missing);
        assert_eq!(numbers, BTreeMap::from([("no forks".to_owned(), 1)]));
        assert_eq!(findings.len(), 2);
        assert!(findings.iter().any(|line| line == "c: it did not run"), "{findings:?}");
        assert!(findings.iter().any(|line| line.contains("`gone`")), "{findings:?}");
    }
}
