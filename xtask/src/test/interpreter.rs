//! What the interpreter's memory keeps: nothing of the machine that built it, and a hash seed of its own.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build;
use crate::progress::Step;
use crate::workspace::Workspace;
use crate::{command, files};

/// Builds a second interpreter and compares it with the first.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let built = build::run(workspace)?;
    for interpreter in build::Interpreter::ALL {
        nothing_stays(workspace, &built.wasocket.with_file_name(interpreter.file_name()))?;
    }
    let mut step = Step::start("a second build of the interpreter");
    let second = workspace.artefact("interpreter-second.wasm");
    build::interpreter::build_anew(&mut step, workspace, &built.tools, &second)?;
    let first = built.wasocket.with_file_name("wasocket-python.wasm");
    let [one, same, other] = [&first, &first, &second].map(|interpreter| hash_in(&built.wasocket, interpreter));
    let (one, same, other) = (one?, same?, other?);
    ensure!(one == same, "two runs of one interpreter hash a text to {one} and {same}: its snapshot is not what runs");
    ensure!(one != other, "two builds of the interpreter have the same hash seed: a text hashes to {one}");
    std::fs::remove_file(&second).with_context(|| format!("cannot remove {}", second.display()))?;
    step.finish("another hash seed");
    Ok(())
}

/// The memory names no place of this machine.
fn nothing_stays(workspace: &Workspace, interpreter: &Path) -> Result<()> {
    let bytes = files::read(interpreter)?;
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let places = [Some(workspace.root().to_path_buf()), Some(workspace.target()), home, Some(std::env::temp_dir())];
    for place in places.into_iter().flatten().filter(|place| place.components().count() > 2) {
        let name = place.to_string_lossy().into_owned();
        let found = bytes.windows(name.len()).position(|window| window == name.as_bytes());
        ensure!(found.is_none(), "{} holds {name}, a place of this machine", interpreter.display());
    }
    Ok(())
}

/// What Python's hash of a text is under this interpreter.
fn hash_in(wasocket: &Path, interpreter: &Path) -> Result<String> {
    let mut run = Command::new(wasocket);
    run.args(["run", "--backend", "wasi", "-c", "print(hash('wasocket'))"]).env("WASOCKET_INTERPRETER", interpreter);
    command::text_of(&mut run).with_context(|| format!("this failed: {}", command::line(&run)))
}
