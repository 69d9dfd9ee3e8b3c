//! `_wasocket.cpython-314-wasm32-wasi.so`: the CPython extension, a shared library for componentize-py's linker.

use anyhow::Result;
use std::path::PathBuf;

use super::guest::{Call, Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The extension's path.
pub(crate) fn build(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    let extension = workspace.artefact("ext").join(NAME);
    let stamp =
        Stamp::new(workspace, "extension", Guest::Extension.inputs(workspace, tools.wasm)?.files("python/ext")?);
    if stamp.is_current(&[&extension]) {
        progress::already("extension _wasocket", "up to date");
        return Ok(extension);
    }
    let mut step = Step::start("extension _wasocket");
    let mut cargo = cargo_for(workspace, tools.wasm, Guest::Extension, Call { verb: "build", flags: &[] })?;
    command::run_quietly(&mut step, &mut cargo)?;
    files::copy(&Guest::Extension.output(workspace).join("_wasocket.wasm"), &extension)?;
    stamp.set()?;
    let size = extension.metadata()?.len();
    step.finish(&format!("{}, {}", extension.display(), files::size_text(size)));
    Ok(extension)
}

/// The file name by which CPython finds an extension module, and componentize-py a library to link.
const NAME: &str = "_wasocket.cpython-314-wasm32-wasi.so";
