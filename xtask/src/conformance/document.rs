//! `docs/conformance.md`, made from the recorded results and the expectations.

use anyhow::{Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write;

use super::counts::{self, Classes};
use super::expected::{self, Expectations};
use super::record::Record;
use crate::files;
use crate::workspace::Workspace;

/// A column of the document: its heading and its name in the record.
type Column = (&'static str, &'static str);

/// Writes the document.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    files::write(&workspace.path(FILE), render(workspace, &Record::load(workspace)?)?)
}

/// Checks that the document, the recorded results and the expectations say the same.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let record = Record::load(workspace)?;
    let mut findings = Vec::new();
    for (heading, column) in OURS {
        for module in expected::modules(workspace, column)? {
            let expectations = expected::load(workspace, column, &module)?;
            let Some(classes) = record.of(&module, column) else {
                findings.push(format!("{module}: no results of {heading} ({column})"));
                continue;
            };
            findings
                .extend(expectations.contradictions(classes).iter().map(|line| format!("{module}, {column}: {line}")));
        }
    }
    if files::read(&workspace.path(FILE))? != render(workspace, &record)?.into_bytes() {
        findings.push(format!("{FILE} is not what `cargo xtask conformance --report` makes of the recorded results"));
    }
    if !findings.is_empty() {
        bail!("run the modules again with --accept:\n{}", findings.join("\n"));
    }
    Ok(())
}

fn render(workspace: &Workspace, record: &Record) -> Result<String> {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## Modules\n\n");
    text.push_str(&summary(record, &COLUMNS, &COLUMNS)?);
    text.push_str("\n## The two halves in different places\n\n");
    text.push_str(PAIRINGS);
    text.push_str(&summary(record, &MIXED, &MIXED[1..])?);
    text.push_str("\n## Why tests do not pass\n\n");
    text.push_str(&reasons(workspace, record)?);
    text.push_str("\n## Classes\n");
    for module in record.modules() {
        writeln!(text, "\n### {module}\n\n{}", classes(record, module)?.trim_end())?;
    }
    Ok(text)
}

/// A row for each module that has results in one of the columns that decide.
fn summary(record: &Record, columns: &[Column], deciding: &[Column]) -> Result<String> {
    let mut text = header("module", columns)?;
    let mut sums: Vec<Classes> = columns.iter().map(|_| Classes::new()).collect();
    for module in record.modules() {
        if deciding.iter().all(|(_, column)| record.of(module, column).is_none_or(Classes::is_empty)) {
            continue;
        }
        let found: Vec<Option<&Classes>> = columns.iter().map(|(_, column)| record.of(module, column)).collect();
        let cells = found.iter().map(|classes| classes.map(|classes| counts::sum(classes).to_words()));
        writeln!(text, "{}", row(module, cells))?;
        for (sum, classes) in sums.iter_mut().zip(found) {
            sum.insert(module.to_owned(), classes.map(counts::sum).unwrap_or_default());
        }
    }
    let cells = sums.iter().map(|sum| Some(counts::sum(sum).to_words()));
    writeln!(text, "{}", row("**sum**", cells))?;
    Ok(text)
}

fn classes(record: &Record, module: &str) -> Result<String> {
    let mut text = header("class", &COLUMNS)?;
    let found: Vec<Option<&Classes>> = COLUMNS.iter().map(|(_, column)| record.of(module, column)).collect();
    let mut names: Vec<&String> = found.iter().flatten().flat_map(|classes| classes.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let cells =
            found.iter().map(|classes| classes.and_then(|classes| classes.get(name)).map(counts::Counts::to_words));
        writeln!(text, "{}", row(name, cells))?;
    }
    Ok(text)
}

/// How many of our tests each reason keeps from passing, the most frequent reason first.
fn reasons(workspace: &Workspace, record: &Record) -> Result<String> {
    let mut numbers: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for module in expected::modules(workspace, COLUMNS[0].1)? {
        let expectations: Expectations = expected::load(workspace, COLUMNS[0].1, &module)?;
        let empty = Classes::new();
        let classes = record.of(&module, COLUMNS[0].1).unwrap_or(&empty);
        for (reason, is_skip, number) in expectations.reasons(classes) {
            if let Some(count) = numbers.entry(reason).or_default().get_mut(usize::from(is_skip)) {
                *count += number;
            }
        }
    }
    let mut sorted: Vec<(String, [usize; 2])> = numbers.into_iter().collect();
    sorted.sort_by_key(|(reason, [ran, skipped])| (std::cmp::Reverse(ran + skipped), reason.clone()));
    let mut text = "| reason | ran | skipped |\n|---|---:|---:|\n".to_owned();
    for (reason, [ran, skipped]) in sorted {
        writeln!(text, "| {} | {ran} | {skipped} |", reason.replace('|', "\\|"))?;
    }
    Ok(text)
}

fn header(first: &str, columns: &[Column]) -> Result<String> {
    let mut text = format!("| {first} |");
    for (heading, _) in columns {
        write!(text, " {heading} |")?;
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(columns.len()));
    text.push('\n');
    Ok(text)
}

fn row(name: &str, cells: impl Iterator<Item = Option<String>>) -> String {
    let cells: Vec<String> = cells.map(|cell| cell.unwrap_or_else(|| "–".to_owned())).collect();
    format!("| {name} | {} |", cells.join(" | "))
}

const FILE: &str = "docs/conformance.md";
const COLUMNS: [Column; 5] = [
    ("wasi", "wasi/guests"),
    ("host", "host/guests"),
    ("threads", "threads/guests"),
    ("built-in", "builtin/guests"),
    ("native", "native"),
];
const MIXED: [Column; 3] = [
    ("both on wasocket", "wasi/guests"),
    ("server on wasocket", "wasi/guest-server"),
    ("client on wasocket", "wasi/guest-client"),
];
/// The columns that have expectations.
const OURS: [Column; 5] = [COLUMNS[1], COLUMNS[2], MIXED[0], MIXED[1], MIXED[2]];
const INTRODUCTION: &str = include_str!("introduction.md");
const PAIRINGS: &str = "\
A test whose server half needs a thread runs in two processes. Either of them can be a native CPython 3.14 instead. Only
modules with such tests are run so.

";

#[cfg(test)]
mod tests {
    use super::super::outcome::Ending;
    use super::*;

    #[test]
    fn the_document_agrees_with_the_expectations() -> Result<()> {
        check(&Workspace::find()?)
    }

    #[test]
    fn every_ending_is_explained() {
        assert!(Ending::ALL.iter().all(|ending| INTRODUCTION.contains(&format!("**{ending}**"))));
    }
}
