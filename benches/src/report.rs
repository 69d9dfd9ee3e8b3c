//! The results as a table and as a page.

use std::fmt::Write;

use crate::plan::REFERENCES;
use crate::run::{Cell, Results, Row};
use crate::statistics::paired_ratio;
use crate::targets;

/// What a terminal shows.
pub(crate) fn text(results: &Results) -> String {
    let mut text = results.about.iter().fold(String::new(), |text, line| text + line + "\n");
    text.push_str(&aligned(&table(results)));
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
    let _ = write!(text, "\n## Results\n\n{}", markdown(&table(results)));
    let lines = targets::table(results);
    if lines.len() > 1 {
        let _ = write!(text, "\n## Targets\n\n{}", markdown(&lines));
    }
    text + &failures(results) + include_str!("../notes.md")
}

/// A heading and one line for each workload.
fn table(results: &Results) -> Vec<Vec<String>> {
    let mut lines = vec![["workload".to_owned()].into_iter().chain(results.contenders.clone()).collect()];
    for row in &results.rows {
        let cells = results.contenders.iter().zip(&row.cells).map(|(name, cell)| cell_text(results, row, name, cell));
        lines.push([row.subject.clone()].into_iter().chain(cells).collect());
    }
    lines
}

/// The median, its spread, and ratios to those it is compared with.
fn cell_text(results: &Results, row: &Row, name: &str, cell: &Cell) -> String {
    let summary = match cell {
        Cell::Measured(summary) => summary,
        Cell::Failed(_) => return "fails".to_owned(),
        Cell::Absent => return "–".to_owned(),
    };
    let mut text = row.unit.text(summary.median);
    if summary.samples.len() > 1 {
        let _ = write!(text, " ±{:.0} %", 50.0 * (summary.quartiles.1 - summary.quartiles.0) / summary.median);
    }
    let place = REFERENCES.iter().position(|reference| *reference == name).unwrap_or(REFERENCES.len());
    let ratios: Vec<String> = REFERENCES
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
other: to native, then to builtin. For times and memory, less is better; for throughput and rates, more is. Where a contender
and its peer wait for each other (requests and responses, `select`, `poll`, `epoll`, GETs, pipelines, handshakes, one connection
of asyncio), both are kept on one core: left alone, the scheduler uses now one and now two, and the time that a sleeping core takes to wake decides.

- **native**: CPython on this machine.
- **builtin**: the socket module that componentize-py brings along, under `wasmtime run`.
- **portable**: a component made by `wasocket build`, under the same `wasmtime run`.
- **host**: the script under `wasocket run`.
- **composed**: a program in Rust and `wasocket.wasm` in one component, under the same `wasmtime run`; bulk in wide elements. It has
  a few of the workloads.

";
