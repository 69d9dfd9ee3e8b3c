//! The results of a run: a table on the terminal, a file for other programs.

use anyhow::Result;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::outcome::{Ending, Outcomes};
use crate::files;
use crate::workspace::Workspace;

/// Tests by how they ended.
type Counts = BTreeMap<Ending, usize>;

/// Writes `target/conformance/PAIRING/MODULE.json`.
pub(crate) fn write(workspace: &Workspace, pairing: &str, module: &str, outcomes: &Outcomes) -> Result<()> {
    let tests: Map<String, Value> = outcomes
        .iter()
        .map(|(name, outcome)| {
            let value = json!({"result": outcome.result.name(), "seconds": outcome.seconds, "text": outcome.text});
            (name.clone(), value)
        })
        .collect();
    let document = json!({"module": module, "pairing": pairing, "tests": tests});
    let path = workspace.target().join(format!("conformance/{pairing}/{module}.json"));
    files::write(&path, serde_json::to_vec_pretty(&document)?)
}

/// Prints the table of a module: a row for each class, and the sum.
pub(crate) fn print(module: &str, outcomes: &Outcomes) {
    let mut classes: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut sum = Counts::new();
    for (name, outcome) in outcomes {
        *classes.entry(class_of(name)).or_default().entry(outcome.result).or_default() += 1;
        *sum.entry(outcome.result).or_default() += 1;
    }
    println!("{}", row(module, &Ending::ALL.map(|ending| ending.name().to_owned())));
    for (class, counts) in &classes {
        println!("{}", row(class, &cells(counts)));
    }
    println!("{}", row("sum", &cells(&sum)));
}

fn cells(counts: &Counts) -> [String; Ending::ALL.len()] {
    Ending::ALL.map(|ending| counts.get(&ending).map_or_else(String::new, ToString::to_string))
}

fn row(name: &str, cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| format!("{cell:>7}")).collect();
    format!("{name:<45}{cells}").trim_end().to_owned()
}

/// The class of a test.
pub(crate) fn class_of(test: &str) -> &str {
    test.rsplit_once('.').map_or(test, |(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_line_up() {
        let counts = Counts::from([(Ending::Pass, 12), (Ending::Hang, 1)]);
        let row = row("SomeTests", &cells(&counts));
        assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["SomeTests", "12", "1"]);
        assert_eq!(row.len(), 45 + 6 * 7);
    }
}
