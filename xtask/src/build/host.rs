//! The `wasocket` command, with the components beside it that it uses.

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Backend;
use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The command's path.
pub(crate) fn build(
    workspace: &Workspace,
    components: &[PathBuf],
    interpreter: &Path,
    for_host: &Path,
) -> Result<PathBuf> {
    let mut step = Step::start("command wasocket");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--release", "--package", "wasocket-host"]);
    command::run_quietly(&mut step, cargo.current_dir(workspace.root()))?;
    let wasocket = workspace.target().join("release/wasocket");
    step.finish(&wasocket.display().to_string());
    for component in components {
        if let Some(name) = component.file_name() {
            files::copy(component, &wasocket.with_file_name(name))?;
        }
    }
    place_interpreter(workspace, &wasocket, interpreter, Backend::Wasi)?;
    place_interpreter(workspace, &wasocket, for_host, Backend::Host)?;
    Ok(wasocket)
}

/// Copies an interpreter to where the command looks for it, and has it compiled once, for the cache.
fn place_interpreter(workspace: &Workspace, wasocket: &Path, interpreter: &Path, backend: Backend) -> Result<()> {
    let (file, label, option) = match backend {
        Backend::Wasi => ("wasocket-python.wasm", "interpreter, compiled", "wasi"),
        Backend::Host => ("wasocket-python-host.wasm", "interpreter-host, compiled", "host"),
    };
    let beside = wasocket.with_file_name(file);
    let inputs = Inputs::new(workspace).file(interpreter)?.file(wasocket)?;
    let stamp = Stamp::new(workspace, &format!("{file}-cache"), inputs);
    if stamp.is_current(&[&beside]) {
        progress::already(label, "up to date");
        return Ok(());
    }
    let mut step = Step::start(label);
    files::copy(interpreter, &beside)?;
    command::run_quietly(&mut step, Command::new(wasocket).args(["run", "--backend", option, "-c", "pass"]))?;
    stamp.set()?;
    step.finish("in wasocket's cache");
    Ok(())
}
