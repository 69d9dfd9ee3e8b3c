//! CPython's test suite, of the very source that the interpreter is built from.

use anyhow::{Result, ensure};
use std::path::PathBuf;

use crate::build::cpython;
use crate::files;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// A folder that holds the package `test` and nothing else of the standard library.
pub(crate) fn find(workspace: &Workspace) -> Result<PathBuf> {
    let source = cpython::source(workspace)?;
    let folder = workspace.target().join("conformance/suite");
    let stamp = Stamp::new(workspace, "suite", Inputs::new(workspace).text(&source.identity));
    let probe = folder.join("test/test_socket.py");
    if !stamp.is_current(&[&probe]) {
        files::remove_folder(&folder)?;
        files::copy_folder(&source.folder.join("Lib/test"), &folder.join("test"))?;
        ensure!(probe.exists(), "{} has no tests", source.folder.display());
        stamp.set()?;
    }
    Ok(folder)
}
