//! The contenders that `cargo xtask bench` has built, as a file of JSON.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// The contenders, and what a reader should know of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub(crate) contenders: Vec<Command>,
    /// The machine and the versions, a line each.
    pub(crate) about: Vec<String>,
}

/// A contender, and the command that starts it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    pub(crate) name: String,
    pub(crate) language: Language,
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

/// What a contender is written in: it is compared with those of the same language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) enum Language {
    Python,
    Rust,
}

impl Language {
    /// A table for each.
    pub(crate) const ALL: [Self; 2] = [Self::Python, Self::Rust];

    /// What the others are compared with; the first is native.
    pub(crate) fn references(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["native", "builtin"],
            Self::Rust => &["rust"],
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::Rust => "Rust",
        }
    }
}
