//! `tests/differences.toml`: where wasocket is known to differ from native Python, and why.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

/// One known difference.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// Why it is right, or cannot be helped.
    pub(crate) reason: String,
    /// The ways of running that differ; all of them if absent.
    pub(crate) ways: Option<Vec<String>>,
    /// The differing lines: `-` native Python's, `+` ours.
    pub(crate) lines: String,
}

/// All known differences, by program.
#[derive(Debug, Default)]
pub(crate) struct Differences(BTreeMap<String, Vec<Difference>>);

impl Differences {
    /// Read the file; an entry for a program that does not exist is an error.
    pub(crate) fn read(path: &Path, programs: &[String]) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let all: BTreeMap<String, Vec<Difference>> =
            toml::from_str(&text).with_context(|| format!("{} is not well-formed", path.display()))?;
        for (program, entries) in &all {
            if !programs.contains(program) {
                bail!("{}: there is no program `{program}`", path.display());
            }
            if entries.iter().any(|entry| entry.reason.trim().is_empty()) {
                bail!("{}: `{program}` has no reason", path.display());
            }
        }
        Ok(Self(all))
    }

    /// Hold what differs against what is known to differ.
    pub(crate) fn judge(&self, program: &str, way: &str, difference: &str) -> Result<()> {
        let known = self.known(program, way);
        match known {
            None if difference.is_empty() => Ok(()),
            None => bail!("differs from native Python (-native +ours):\n{difference}"),
            Some(known) if known.lines.trim() == difference.trim() => Ok(()),
            Some(known) if difference.is_empty() => {
                bail!("no longer differs from native Python: remove it from differences.toml ({})", known.reason)
            }
            Some(known) => bail!(
                "differs in another way than differences.toml says ({}).\nknown:\n{}\nnow:\n{difference}",
                known.reason,
                known.lines
            ),
        }
    }

    fn known(&self, program: &str, way: &str) -> Option<&Difference> {
        let applies = |entry: &&Difference| entry.ways.as_ref().is_none_or(|ways| ways.iter().any(|name| name == way));
        self.0.get(program)?.iter().find(applies)
    }
}
