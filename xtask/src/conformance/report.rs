//! The results of a run: a table on the terminal, a file for other programs.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::counts::{self, Classes, Counts};
use super::outcome::{Ending, Outcomes};
use crate::files;
use crate::workspace::Workspace;

/// One column of results: whose sockets, and their tests.
pub(crate) struct Column<'a> {
    pub(crate) title: &'a str,
    pub(crate) classes: &'a Classes,
}

/// Writes `target/conformance/COLUMN/MODULE.json`.
pub(crate) fn write(workspace: &Workspace, column: &str, module: &str, outcomes: &Outcomes) -> Result<()> {
    let tests: Map<String, Value> = outcomes
        .iter()
        .map(|(name, outcome)| {
            let value = json!({"result": outcome.result.name(), "seconds": outcome.seconds, "text": outcome.text});
            (name.clone(), value)
        })
        .collect();
    let document = json!({"module": module, "column": column, "tests": tests});
    let path = workspace.target().join(format!("conformance/{column}/{module}.json"));
    files::write(&path, serde_json::to_vec_pretty(&document)?)
}

/// Prints the table of a module: a row for each class, and the sum.
pub(crate) fn print(module: &str, columns: &[Column<'_>]) {
    if columns.len() > 1 {
        let titles = columns.iter().map(|column| format!("  {:<width$}", column.title, width = WIDTH)).collect();
        println!("{}", row("", titles));
    }
    let headings = Ending::ALL.map(|ending| ending.name().to_owned());
    println!("{}", row(module, columns.iter().map(|_| group(&headings)).collect()));
    let mut names: Vec<&String> = columns.iter().flat_map(|column| column.classes.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for class in names {
        let counts = columns.iter().map(|column| column.classes.get(class).cloned().unwrap_or_default());
        println!("{}", row(class, counts.map(|counts| group(&counts.cells())).collect()));
    }
    let sums = columns.iter().map(|column| counts::sum(column.classes));
    println!("{}", row("sum", sums.map(|sum: Counts| group(&sum.cells())).collect()));
}

fn group(cells: &[String]) -> String {
    cells.iter().map(|cell| format!("{cell:>7}")).collect()
}

fn row(name: &str, groups: Vec<String>) -> String {
    format!("{name:<45}{}", groups.join("  |")).trim_end().to_owned()
}

/// How wide the cells of a column are, without the two spaces before its title.
const WIDTH: usize = 7 * Ending::ALL.len() - 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_line_up() {
        let mut counts = Counts::default();
        counts.add(Ending::Pass, 12);
        counts.add(Ending::Hang, 1);
        let row = row("SomeTests", vec![group(&counts.cells())]);
        assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["SomeTests", "12", "1"]);
        assert_eq!(row.len(), 45 + 6 * 7);
    }
}
