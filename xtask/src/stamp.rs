//! Stamps: a step is done again only when the contents of what it was made from have changed.

use anyhow::Result;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

use crate::files;
use crate::workspace::Workspace;

/// The inputs of one step, summed up in a hash.
pub(crate) struct Inputs {
    root: PathBuf,
    hash: Sha256,
}

impl Inputs {
    pub(crate) fn new(workspace: &Workspace) -> Self {
        Self { root: workspace.root().to_path_buf(), hash: Sha256::new() }
    }

    /// A version, a command line, or anything else that is text.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.update(b"text", text.as_bytes());
        self
    }

    /// A file, or all files of a folder, relative to the repository's root: names and contents.
    pub(crate) fn files(mut self, relative: &str) -> Result<Self> {
        let root = self.root.clone();
        for path in files::walk(&root.join(relative))? {
            let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
            self.update(name.as_bytes(), &files::read(&path)?);
        }
        Ok(self)
    }

    /// One file outside the repository's sources: its contents.
    pub(crate) fn file(mut self, path: &Path) -> Result<Self> {
        self.update(b"file", &files::read(path)?);
        Ok(self)
    }

    /// Lengths are part of the hash, so that no two lists of inputs look alike.
    fn update(&mut self, name: &[u8], contents: &[u8]) {
        for part in [name, contents] {
            self.hash.update((part.len() as u64).to_le_bytes());
            self.hash.update(part);
        }
    }

    fn finish(self) -> String {
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The record of a finished step.
pub(crate) struct Stamp {
    path: PathBuf,
    wanted: String,
}

impl Stamp {
    pub(crate) fn new(workspace: &Workspace, step: &str, inputs: Inputs) -> Self {
        Self { path: workspace.artefact("stamps").join(step), wanted: inputs.finish() }
    }

    /// Whether the step was done with these inputs and its outputs are still there.
    pub(crate) fn is_current(&self, outputs: &[&Path]) -> bool {
        outputs.iter().all(|output| output.exists())
            && std::fs::read_to_string(&self.path).is_ok_and(|found| found == self.wanted)
    }

    /// To be called when the step has succeeded.
    pub(crate) fn set(&self) -> Result<()> {
        files::write(&self.path, &self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(parts: &[&str]) -> String {
        let mut inputs = Inputs { root: PathBuf::new(), hash: Sha256::new() };
        for part in parts {
            inputs = inputs.text(part);
        }
        inputs.finish()
    }

    #[test]
    fn moving_a_byte_between_inputs_changes_the_hash() {
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["a"]), hash(&["a", ""]));
        assert_eq!(hash(&["a", "b"]), hash(&["a", "b"]));
    }

    #[test]
    fn a_missing_output_is_not_current() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let stamp = Stamp { path: folder.path().join("stamps/x"), wanted: hash(&["x"]) };
        let output = folder.path().join("output");
        stamp.set()?;
        assert!(!stamp.is_current(&[&output]));
        files::write(&output, "")?;
        assert!(stamp.is_current(&[&output]));
        Ok(())
    }
}
