//! CPython for this machine: building it for another needs it, to freeze modules and to compile the library.

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;

use super::Source;
use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The interpreter's path.
pub(super) fn build(workspace: &Workspace, source: &Source) -> Result<PathBuf> {
    let folder = workspace.artefact("cpython/native");
    let python = folder.join("python");
    let inputs = Inputs::new(workspace).text(&source.identity).text(&source.folder.to_string_lossy());
    let stamp = Stamp::new(workspace, "cpython-native", inputs.files("xtask/src/build/cpython/native.rs")?);
    if stamp.is_current(&[&python]) {
        progress::already("CPython for this machine", "up to date");
        return Ok(python);
    }
    let mut step = Step::start("CPython for this machine");
    files::remove_folder(&folder)?;
    files::create_folder(&folder)?;
    let mut configure = Command::new(source.folder.join("configure"));
    configure.args(["--quiet", "--disable-test-modules", "--without-ensurepip"]).current_dir(&folder);
    // It runs for seconds, and is compiled for longer.
    configure.env("OPT", "-O1").env_remove("MAKEFLAGS");
    command::run_quietly(&mut step, &mut configure).context("a C compiler for this machine is needed, such as gcc")?;
    command::run_quietly(&mut step, make(&folder).arg("python")).context("make and a C compiler are needed")?;
    stamp.set()?;
    step.finish("");
    Ok(python)
}

/// `make` in a folder, on all cores.
pub(super) fn make(folder: &std::path::Path) -> Command {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut make = Command::new("make");
    // The outer cargo's job server is not make's.
    make.arg(format!("-j{jobs}")).current_dir(folder).env_remove("MAKEFLAGS").env_remove("CARGO_MAKEFLAGS");
    make
}
