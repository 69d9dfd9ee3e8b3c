//! `cargo xtask tidy`: rules of this repository that no compiler checks. One file per subject.

mod blocks;
mod codes;
mod examples;
pub(crate) mod frozen;
mod homes;
mod local_paths;
mod modules;
mod readme;
mod source;
mod wit;

use anyhow::{Result, bail};

use crate::progress;
use crate::workspace::Workspace;
use source::Source;

/// A rule looks at all sources and says what is wrong, one line for each finding.
type Rule = fn(&[Source]) -> Vec<String>;

/// Checks all rules and reports all findings at once.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let sources = source::read_all(workspace)?;
    let findings: Vec<String> = RULES.iter().flat_map(|(_, rule)| rule(&sources)).collect();
    if !findings.is_empty() {
        bail!("tidy found {}:\n{}", findings.len(), findings.join("\n"));
    }
    let names: Vec<&str> = RULES.iter().map(|(name, _)| *name).collect();
    progress::already("tidy", &format!("{} in {} files", names.join(", "), sources.len()));
    Ok(())
}

/// Add a rule here.
const RULES: [(&str, Rule); 10] = [
    ("module documentation", modules::documented),
    ("file length", modules::short),
    ("no machine's paths", local_paths::none_of_a_machine),
    ("WASI codes in one place", codes::in_their_place),
    ("one home for each number and kind", homes::one_each),
    ("README length", readme::short),
    ("length of examples", examples::short),
    ("blocks that tests run", blocks::tested),
    ("WIT gates and documentation", wit::gated_and_documented),
    ("WIT keeps its promises", frozen::kept),
];
