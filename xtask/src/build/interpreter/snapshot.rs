//! Starts Python in the linked module, once, and keeps the memory that results: `wizer`, which the wasmtime command has.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::cpython::Python;
use crate::progress::Step;
use crate::setup::Tools;
use crate::workspace::Workspace;
use crate::{command, files};

/// Writes the started module to `to`.
pub(super) fn take(
    step: &mut Step,
    workspace: &Workspace,
    tools: &Tools,
    python: &Python,
    library: &Path,
    linked: &Path,
    to: &Path,
) -> Result<()> {
    let mut wizer = Command::new(&tools.wasmtime);
    wizer.args(["wizer", "--init-func", "wizer-initialize", "-S", "cli"]);
    // Deep modules are compiled while it starts; what only the started program calls is not there yet.
    wizer.args(["-W", "max-wasm-stack=67108864", "-W", "unknown-imports-trap"]);
    // The folder that the library seems to be in for ever, and what only the build needs.
    let folders = [
        (lay_out(workspace, python)?, "/usr/local/lib/python3.14"),
        (workspace.path("python/runner"), "/build/runner"),
        (parent(library), "/build/library"),
    ];
    for (folder, name) in folders {
        wizer.arg("--dir").arg(format!("{}::{name}", folder.display()));
    }
    wizer.arg(linked).arg("-o").arg(to);
    // Without the reason of a failure, a backtrace would hide it.
    command::run_quietly(step, wizer.env("RUST_BACKTRACE", "0")).context("Python does not start")
}

/// A folder with the standard library and our package in it.
fn lay_out(workspace: &Workspace, python: &Python) -> Result<PathBuf> {
    let folder = workspace.artefact("cpython/start");
    files::remove_folder(&folder)?;
    for file in files::walk(&python.library)? {
        let name = file.strip_prefix(&python.library)?;
        let is_imported = name.extension().is_some_and(|extension| extension == "py") && !name.starts_with("test");
        if is_imported {
            files::copy(&file, &folder.join(name))?;
        }
    }
    files::copy_folder(&workspace.path("python/library"), &folder)?;
    files::copy_folder(&workspace.path("python/wasocket"), &folder.join("wasocket"))?;
    Ok(folder)
}

fn parent(file: &Path) -> PathBuf {
    file.parent().unwrap_or(file).to_path_buf()
}
