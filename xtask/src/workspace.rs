//! Where things are: the repository's root and the folders below `target/`.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The checkout this task was built from.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The folder above `xtask/`.
    pub(crate) fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().context("xtask/ has no folder above it")?.to_path_buf();
        Ok(Self { root })
    }

    /// A path given relative to the repository's root.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory, also where `CARGO_TARGET_DIR` moved it.
    pub(crate) fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(moved) => self.root.join(moved),
            None => self.root.join("target"),
        }
    }

    /// What set-up and build leave behind that cargo does not know: `target/wasocket/`.
    pub(crate) fn artefacts(&self) -> PathBuf {
        self.target().join("wasocket")
    }

    /// A file or folder in `target/wasocket/`.
    pub(crate) fn artefact(&self, name: &str) -> PathBuf {
        self.artefacts().join(name)
    }
}
