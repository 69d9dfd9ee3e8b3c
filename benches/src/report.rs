//! The results as a table and as a page.

use std::fmt::Write;

use crate::plan::Language;
use crate::run::{Cell, Participant, Results, Row};
use crate::statistics::paired_ratio;
use crate::targets;

/// What a terminal shows.
pub(crate) fn text(results: &Results) -> String {
    let mut text = results.about.iter().fold(String::new(), |text, line| text + line + "\n");
    for language in Language::ALL {
        text.push_str(&aligned(&table(results, language)));
    }
    text.push_str(&aligned(&alone(results)));
    text.push_str(&aligned(&targets::table(results)));
    text + &failures(results)
}

/// The page that the documentation has.
pub(crate) fn page(results: &Results) -> String {
    let mut text = String::from(HEAD);
    for line in &results.about {
        let _ = writeln!(text, "- {line}");
    }
    text.push_str("\n![Speed of each contender as a multiple of native\u{2019}s](performance.svg)\n");
    for language in Language::ALL {
        let lines = table(results, language);
        if lines.len() > 1 {
            let _ = write!(text, "\n## Results in {}\n\n{}", language.name(), markdown(&lines));
        }
    }
    let lines = alone(results);
    if lines.len() > 1 {
        let _ = write!(
            text,
            "\n## Python alone\n\nThe interpreter without sockets, as the geometric mean of its workloads.\n\n{}",
            markdown(&lines)
        );
    }
    let lines = targets::table(results);
    if lines.len() > 1 {
        let _ = write!(text, "\n## Targets\n\n{}", markdown(&lines));
    }
    text + &failures(results) + include_str!("../notes.md")
}

/// A heading and one line for each workload that contenders in this language take part in.
fn table(results: &Results, language: Language) -> Vec<Vec<String>> {
    let theirs = |contender: &Participant| contender.language == language;
    let names = results.contenders.iter().filter(|contender| theirs(contender)).map(|contender| contender.name.clone());
    let mut lines = vec![["workload".to_owned()].into_iter().chain(names).collect()];
    for row in &results.rows {
        let cells: Vec<_> =
            results.contenders.iter().zip(&row.cells).filter(|(contender, _)| theirs(contender)).collect();
        if cells.iter().all(|(_, cell)| matches!(cell, Cell::Absent)) {
            continue;
        }
        let texts = cells.into_iter().map(|(contender, cell)| cell_text(results, row, contender, cell));
        lines.push([row.subject.clone()].into_iter().chain(texts).collect());
    }
    lines
}

/// How much time each interpreter takes, as a multiple of another's: the geometric mean of the workloads that are Python alone.
fn alone(results: &Results) -> Vec<Vec<String>> {
    let references = Language::Python.references();
    let head =
        ["interpreter".to_owned()].into_iter().chain(references.iter().map(|name| format!("time against {name}")));
    let mut lines = vec![head.collect::<Vec<_>>()];
    for contender in results.contenders.iter().filter(|contender| contender.language == Language::Python) {
        let means: Vec<Option<f64>> =
            references.iter().map(|reference| geometric_mean(results, &contender.name, reference)).collect();
        if means.iter().any(Option::is_some) {
            let texts = means.into_iter().map(|mean| mean.map_or_else(|| "–".to_owned(), ratio_text));
            lines.push([contender.name.clone()].into_iter().chain(texts).collect());
        }
    }
    lines
}

/// Over the workloads that both have done.
pub(crate) fn geometric_mean(results: &Results, contender: &str, reference: &str) -> Option<f64> {
    let ratios: Vec<f64> = results
        .rows
        .iter()
        .filter(|row| row.name.starts_with(ALONE))
        .filter_map(|row| {
            let [these, those] = [contender, reference].map(|name| row.find(&results.contenders, name));
            paired_ratio(&these?.samples, &those?.samples)
        })
        .collect();
    let logarithms: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    (!ratios.is_empty()).then(|| (logarithms / ratios.len() as f64).exp())
}

/// How the names of workloads begin that use no socket.
pub(crate) const ALONE: &str = "python-";

/// The median, its spread, and ratios to those it is compared with.
fn cell_text(results: &Results, row: &Row, contender: &Participant, cell: &Cell) -> String {
    let summary = match cell {
        Cell::Measured(summary) => summary,
        Cell::Failed(_) => return "fails".to_owned(),
        Cell::Absent => return "–".to_owned(),
    };
    let mut text = row.unit.text(summary.median);
    if summary.samples.len() > 1 {
        let _ = write!(text, " ±{:.0} %", 50.0 * (summary.quartiles.1 - summary.quartiles.0) / summary.median);
    }
    let references = contender.language.references();
    let place = references.iter().position(|reference| *reference == contender.name).unwrap_or(references.len());
    let ratios: Vec<String> = references
        .iter()
        .take(place)
        .filter_map(|reference| {
            let ratio = paired_ratio(&summary.samples, &row.find(&results.contenders, reference)?.samples)?;
            Some(ratio_text(ratio))
        })
        .collect();
    if !ratios.is_empty() {
        let _ = write!(text, " ({})", ratios.join(", "));
    }
    text
}

/// Three digits say all there is to say.
pub(crate) fn ratio_text(ratio: f64) -> String {
    match ratio {
        100.0.. => format!("{ratio:.0}"),
        10.0.. => format!("{ratio:.1}"),
        _ => format!("{ratio:.2}"),
    }
}

fn markdown(lines: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let _ = writeln!(text, "| {} |", line.join(" | "));
        if number == 0 {
            let _ = writeln!(text, "|{}", "---|".repeat(line.len()));
        }
    }
    text
}

/// Columns as wide as their widest cell.
fn aligned(lines: &[Vec<String>]) -> String {
    if lines.len() < 2 {
        return String::new();
    }
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
    let mut text = String::from("\n");
    for line in lines {
        for (column, cell) in line.iter().enumerate() {
            let _ = write!(text, "{cell:<0$}  ", width(column).unwrap_or_default());
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// Why a contender failed.
fn failures(results: &Results) -> String {
    let mut text = String::new();
    for row in &results.rows {
        for (contender, reason) in row.failures(&results.contenders) {
            let _ = writeln!(text, "- {contender}, {}: `{}`", row.subject, reason.replace('`', "'"));
        }
    }
    if text.is_empty() { text } else { format!("\nWhat failed:\n\n{text}") }
}

const HEAD: &str = "\
# Performance

Written by `cargo xtask bench`, which measures all of this in one run: the same program, on loopback, against the same native
peer. The contenders take turns, sample by sample, so that what else the machine does hits all alike. Each cell has the median
and half the distance between the quartiles; in brackets the median of the ratios of samples that were taken one after the
other: to native, then to builtin; in Rust, to Rust's own. For times and memory, less is better; for throughput and rates, more is. Where a contender
and its peer wait for each other (requests and responses, `select`, `poll`, `epoll`, GETs, pipelines, handshakes, one connection
of asyncio), both are kept on one core: left alone, the scheduler uses now one and now two, and the time that a sleeping core takes to wake decides.

- **native**: CPython on this machine.
- **builtin**: the socket module that componentize-py brings along, under `wasmtime run`.
- **portable**: a component made by `wasocket build`, under the same `wasmtime run`.
- **host**: the script under `wasocket run`.
- **rust**: a program in Rust on `std::net`, for this machine.
- **rust-portable**: the same program on the crate `wasocket`, under the same `wasmtime run`.
- **rust-host**: the same with the crate's feature `host`, under `wasocket run`.
- **composed**: a program in Rust and `wasocket.wasm` in one component, under the same `wasmtime run`; bulk in wide elements. It has
  a few of the workloads.

";
