//! Who takes part: what `cargo xtask bench` has built, as a file of JSON.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The contenders, and what a reader should know of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub(crate) contenders: Vec<Command>,
    /// The machine and the versions, a line each.
    pub(crate) about: Vec<String>,
}

/// Who measures, and how it is started.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    pub(crate) name: String,
    /// The program and its arguments.
    pub(crate) words: Vec<String>,
    /// The same for a program that does nothing, to see what a start costs.
    #[serde(default)]
    pub(crate) start_up: Vec<String>,
}

impl Plan {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let plan: Self = serde_json::from_str(&text).with_context(|| format!("{} is no plan", path.display()))?;
        if let Some(command) = plan.contenders.iter().find(|command| command.words.is_empty()) {
            bail!("{} names no program for {}", path.display(), command.name);
        }
        Ok(plan)
    }
}

/// What the others are compared with.
pub(crate) const REFERENCES: [&str; 2] = ["native", "builtin"];
