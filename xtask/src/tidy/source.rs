//! The text files of the repository that rules look at.

use anyhow::Result;
use std::path::Path;

use crate::files;
use crate::workspace::Workspace;

/// A text file.
pub(crate) struct Source {
    /// Relative to the repository's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

pub(crate) fn read_all(workspace: &Workspace) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for root in ROOTS {
        for path in files::walk(&workspace.path(root))? {
            if let Ok(text) = String::from_utf8(files::read(&path)?) {
                let path = path.strip_prefix(workspace.root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    Ok(sources)
}

/// Where sources are; what is missing is skipped.
const ROOTS: [&str; 19] = [
    ".cargo",
    ".ci",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.toml",
    "README.md",
    "SECURITY.md",
    "benches",
    "docs",
    "examples",
    "fuzz",
    "guest",
    "host",
    "python",
    "rustfmt.toml",
    "tests",
    "wit",
    "xtask",
];
