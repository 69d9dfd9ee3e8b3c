//! A table of calls: `CALL -> ANSWER`, and below it, indented, `COLUMNS -> ANSWER # REASON` for those that answer otherwise.

use std::fmt;

use anyhow::{Context as _, Result, bail, ensure};

/// A front end over a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) front_end: &'static str,
    pub(super) backend: &'static str,
}

const FRONT_ENDS: [&str; 3] = ["python", "rust", "contract"];
const BACKENDS: [&str; 2] = ["wasi", "host"];

impl Column {
    pub(super) fn all() -> Vec<Self> {
        FRONT_ENDS.iter().flat_map(|front_end| BACKENDS.map(|backend| Self { front_end, backend })).collect()
    }

    /// Whether `name` is this one's, its front end's or its backend's.
    fn is(self, name: &str) -> bool {
        name == self.front_end || name == self.backend || name == self.to_string()
    }
}

impl fmt::Display for Column {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.front_end, self.backend)
    }
}

/// All calls, in their order.
pub(super) struct Table(Vec<Call>);

struct Call {
    section: String,
    call: String,
    answer: String,
    differences: Vec<Difference>,
}

/// Where the answer is another one, and why.
struct Difference {
    columns: Vec<Column>,
    answer: String,
    reason: String,
}

impl Table {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut calls: Vec<Call> = Vec::new();
        let mut section = String::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix("== ") {
                section = name.trim_end_matches('=').trim().to_owned();
                continue;
            }
            let (left, right) = line.split_once(" -> ").with_context(|| format!("no ` -> `: {line:?}"))?;
            if line.starts_with(' ') {
                let call = calls.last_mut().with_context(|| format!("it is of no call: {line:?}"))?;
                call.add(left, right).with_context(|| format!("{line:?}"))?;
            } else {
                let [call, answer] = [left, right].map(|part| part.trim().to_owned());
                calls.push(Call { section: section.clone(), call, answer, differences: Vec::new() });
            }
        }
        Ok(Self(calls))
    }

    /// Those of some sections.
    pub(super) fn sections(mut self, names: &[&str]) -> Self {
        self.0.retain(|call| names.contains(&call.section.as_str()));
        self
    }

    pub(super) fn calls(&self) -> Vec<&str> {
        self.0.iter().map(|call| call.call.as_str()).collect()
    }

    /// The answers of a column that are not those of the table, one line each.
    pub(super) fn findings(&self, column: Column, answers: &[&str]) -> Vec<String> {
        self.0.iter().zip(answers).filter_map(|(call, answer)| call.finding(column, answer)).collect()
    }
}

impl Call {
    fn add(&mut self, columns: &str, right: &str) -> Result<()> {
        let (answer, reason) = right.split_once('#').context("no `# REASON`")?;
        let [answer, reason] = [answer, reason].map(|part| part.trim().to_owned());
        ensure!(!reason.is_empty(), "no reason");
        ensure!(answer != self.answer, "it is no difference");
        let mut named = Vec::new();
        for name in columns.split(',').map(str::trim) {
            let before = named.len();
            named.extend(Column::all().into_iter().filter(|column| column.is(name)));
            ensure!(named.len() > before, "{name} is no front end, no backend, and no FRONT_END-BACKEND");
        }
        if let Some(twice) = named.iter().find(|column| self.difference(**column).is_some()) {
            bail!("{twice} has two answers");
        }
        self.differences.push(Difference { columns: named, answer, reason });
        Ok(())
    }

    fn difference(&self, column: Column) -> Option<&Difference> {
        self.differences.iter().find(|difference| difference.columns.contains(&column))
    }

    fn finding(&self, column: Column, answer: &str) -> Option<String> {
        let difference = self.difference(column);
        let wanted = difference.map_or(&self.answer, |difference| &difference.answer);
        if answer == wanted {
            return None;
        }
        let so = match difference {
            Some(difference) if answer == self.answer => {
                format!("the difference is no longer there: remove it ({})", difference.reason)
            }
            _ => format!("not {wanted}"),
        };
        Some(format!("{}: `{}`: {column} answers {answer}; {so}", self.section, self.call))
    }
}
