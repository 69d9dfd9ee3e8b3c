//! `interpreter.wasm`: Python itself as a component, with the extension and the standard library inside.

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::setup::python::COMPONENTIZE_PY;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The interpreter's path.
pub(crate) fn build(workspace: &Workspace, tools: &Tools, extension: &Path) -> Result<PathBuf> {
    let interpreter = workspace.artefact("interpreter.wasm");
    let stamp = Stamp::new(workspace, "interpreter", inputs(workspace, extension)?);
    if stamp.is_current(&[&interpreter]) {
        progress::already("interpreter.wasm", "up to date");
        return Ok(interpreter);
    }
    let mut step = Step::start("interpreter.wasm");
    let extensions = extension.parent().unwrap_or(extension);
    command::run_quietly(&mut step, &mut componentize(workspace, tools, extensions, &interpreter))?;
    stamp.set()?;
    step.finish(&format!("{}, {}", interpreter.display(), files::size_text(interpreter.metadata()?.len())));
    Ok(interpreter)
}

fn inputs(workspace: &Workspace, extension: &Path) -> Result<Inputs> {
    let sources = Inputs::new(workspace).text(COMPONENTIZE_PY).file(extension)?;
    sources.files("python/runner")?.files("python/wasocket")?.files("wit")?.files("xtask/src/build/interpreter.rs")
}

/// The command that python/runner documents.
fn componentize(workspace: &Workspace, tools: &Tools, extensions: &Path, output: &Path) -> Command {
    let mut command = Command::new(&tools.componentize_py);
    command.arg("--wit-path").arg(workspace.path("wit/runner")).args(["--world", "interpreter"]);
    command.args(["componentize", "wasocket_interpreter"]);
    for folder in [workspace.path("python/runner"), workspace.path("python"), extensions.to_path_buf()] {
        command.arg("--python-path").arg(folder);
    }
    command.arg("--output").arg(output).current_dir(workspace.artefacts());
    // componentize-py adds the packages of the environment it finds: ours has none of a user's.
    command.env("VIRTUAL_ENV", workspace.artefact("venv"));
    command
}
