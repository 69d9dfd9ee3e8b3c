//! The `wasocket` command, with its interpreter beside it.

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The command's path.
pub(crate) fn build(workspace: &Workspace, interpreter: &Path, for_host: &Path) -> Result<PathBuf> {
    let mut step = Step::start("command wasocket");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--release", "--package", "wasocket-host"]);
    command::run_quietly(&mut step, cargo.current_dir(workspace.root()))?;
    let wasocket = workspace.target().join("release/wasocket");
    step.finish(&wasocket.display().to_string());
    place_interpreter(workspace, &wasocket, interpreter)?;
    files::copy(for_host, &wasocket.with_file_name("wasocket-python-host.wasm"))?;
    Ok(wasocket)
}

/// Copies the interpreter to where the command looks for it, and has it compiled once, for the cache.
fn place_interpreter(workspace: &Workspace, wasocket: &Path, interpreter: &Path) -> Result<()> {
    let beside = wasocket.with_file_name("wasocket-python.wasm");
    let inputs = Inputs::new(workspace).file(interpreter)?.file(wasocket)?;
    let stamp = Stamp::new(workspace, "interpreter-cache", inputs);
    if stamp.is_current(&[&beside]) {
        progress::already("interpreter, compiled", "up to date");
        return Ok(());
    }
    let mut step = Step::start("interpreter, compiled");
    files::copy(interpreter, &beside)?;
    command::run_quietly(&mut step, Command::new(wasocket).args(["run", "-c", "pass"]))?;
    stamp.set()?;
    step.finish("in wasocket's cache");
    Ok(())
}
