//! `interpreter.wasm`: Python itself as a component, with the extension and the standard library inside.

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Backend;
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::setup::python::COMPONENTIZE_PY;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The interpreter's path, one for each backend.
pub(crate) fn build(workspace: &Workspace, tools: &Tools, extension: &Path, backend: Backend) -> Result<PathBuf> {
    let label = match backend {
        Backend::Wasi => "interpreter",
        Backend::Host => "interpreter-host",
    };
    let name = format!("{label}.wasm");
    let interpreter = workspace.artefact(&name);
    let stamp = Stamp::new(workspace, label, inputs(workspace, extension)?);
    if stamp.is_current(&[&interpreter]) {
        progress::already(&name, "up to date");
        return Ok(interpreter);
    }
    let mut step = Step::start(&name);
    let mut command = componentize(workspace, tools, extension, &interpreter, backend)?;
    command::run_quietly(&mut step, &mut command)?;
    stamp.set()?;
    step.finish(&format!("{}, {}", interpreter.display(), files::size_text(interpreter.metadata()?.len())));
    Ok(interpreter)
}

fn inputs(workspace: &Workspace, extension: &Path) -> Result<Inputs> {
    let sources = Inputs::new(workspace).text(COMPONENTIZE_PY).file(extension)?;
    sources.files("python/runner")?.files("python/wasocket")?.files("wit")?.files("xtask/src/build/interpreter.rs")
}

/// The command that python/runner documents.
fn componentize(
    workspace: &Workspace,
    tools: &Tools,
    extension: &Path,
    output: &Path,
    backend: Backend,
) -> Result<Command> {
    let extensions = extension.parent().unwrap_or(extension);
    let mut command = Command::new(&tools.componentize_py);
    let wit = match backend {
        Backend::Wasi => workspace.path("wit/runner"),
        Backend::Host => with_network(workspace)?,
    };
    command.arg("--wit-path").arg(wit).args(["--world", "interpreter"]);
    command.args(["componentize", "wasocket_interpreter"]);
    for folder in [workspace.path("python/runner"), workspace.path("python"), extensions.to_path_buf()] {
        command.arg("--python-path").arg(folder);
    }
    command.arg("--output").arg(output).current_dir(workspace.artefacts());
    // componentize-py adds the packages of the environment it finds: ours has none of a user's.
    command.env("VIRTUAL_ENV", workspace.artefact("venv"));
    Ok(command)
}

/// A folder with the world of an interpreter that also imports our host's network. componentize-py takes one world, and
/// each package once.
fn with_network(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.artefact("wit-interpreter-host");
    // What another version of the contract had is not to stay.
    files::remove_folder(&folder)?;
    let runner = workspace.path("wit/runner");
    for file in files::walk(&runner.join("deps"))? {
        files::copy(&file, &folder.join("deps").join(file.file_name().unwrap_or_default()))?;
    }
    files::copy(&runner.join("runner.wit"), &folder.join("deps/runner/runner.wit"))?;
    let contract = workspace.path("wit");
    for file in files::walk(&contract)?.iter().filter(|file| file.parent() == Some(&contract)) {
        files::copy(file, &folder.join("deps/socket").join(file.file_name().unwrap_or_default()))?;
    }
    files::write(&folder.join("world.wit"), INTERPRETER_WITH_NETWORK)?;
    Ok(folder)
}

const INTERPRETER_WITH_NETWORK: &str = "package wasocket:build;
world interpreter {
  include wasocket:runner/interpreter@0.1.0;
  include wasocket:socket/network@0.1.0;
}
";
