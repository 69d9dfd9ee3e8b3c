//! `tests/packages/results.json`: what came out, from which the document is made.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::files;
use crate::workspace::Workspace;

/// What came out of all sessions and suites.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Record {
    /// Why a session differs, or nothing if it does not.
    pub(crate) sessions: BTreeMap<String, Option<String>>,
    pub(crate) suites: BTreeMap<String, SuiteResult>,
}

/// What came out of a suite.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct SuiteResult {
    pub(crate) release: String,
    /// How many tests pass natively.
    pub(crate) native: usize,
    /// How many of these pass in a guest.
    pub(crate) guest: usize,
    /// How many of the rest each cause has.
    pub(crate) causes: BTreeMap<String, usize>,
}

impl Record {
    pub(crate) fn load(workspace: &Workspace) -> Result<Self> {
        let path = workspace.path(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        serde_json::from_slice(&files::read(&path)?).with_context(|| format!("in {}", path.display()))
    }

    pub(crate) fn save(&self, workspace: &Workspace) -> Result<()> {
        files::write(&workspace.path(FILE), format!("{}\n", serde_json::to_string_pretty(self)?))
    }
}

const FILE: &str = "tests/packages/results.json";
