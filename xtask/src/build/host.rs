//! The `wasocket` command, with the components beside it that it uses.

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Interpreter;
use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The command's path.
pub(crate) fn compile(workspace: &Workspace) -> Result<PathBuf> {
    let mut step = Step::start("command wasocket");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--release", "--package", "wasocket-host"]);
    command::run_quietly(&mut step, cargo.current_dir(workspace.root()))?;
    let wasocket = workspace.target().join("release/wasocket");
    step.finish(&wasocket.display().to_string());
    Ok(wasocket)
}

/// Puts beside the command what it uses.
pub(crate) fn complete(
    workspace: &Workspace,
    wasocket: &Path,
    components: &[PathBuf],
    interpreters: &[(Interpreter, PathBuf)],
) -> Result<()> {
    for component in components {
        if let Some(name) = component.file_name() {
            files::copy(component, &wasocket.with_file_name(name))?;
        }
    }
    for (one, interpreter) in interpreters {
        place_interpreter(workspace, wasocket, interpreter, *one)?;
    }
    Ok(())
}

/// Copies an interpreter to where the command looks for it, and has it compiled once, for the cache.
fn place_interpreter(workspace: &Workspace, wasocket: &Path, interpreter: &Path, one: Interpreter) -> Result<()> {
    let (file, label) = (one.file_name(), format!("{}, compiled", one.label()));
    let options: &[&str] = match one {
        Interpreter::Portable => &["--backend", "wasi"],
        Interpreter::Host => &["--no-threads"],
        Interpreter::HostThreads => &[],
        // A part of components alone: the command does not run it by itself.
        Interpreter::Threads => return files::copy(interpreter, &wasocket.with_file_name(file)),
    };
    let beside = wasocket.with_file_name(file);
    let inputs = Inputs::new(workspace).file(interpreter)?.file(wasocket)?;
    let stamp = Stamp::new(workspace, &format!("{file}-cache"), inputs);
    if stamp.is_current(&[&beside]) {
        progress::already(&label, "up to date");
        return Ok(());
    }
    let mut step = Step::start(&label);
    files::copy(interpreter, &beside)?;
    command::run_quietly(&mut step, Command::new(wasocket).arg("run").args(options).args(["-c", "pass"]))?;
    stamp.set()?;
    step.finish("in wasocket's cache");
    Ok(())
}
