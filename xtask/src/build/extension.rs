//! `_wasocket.cpython-314-wasm32-wasi.so`: the CPython extension, a shared library for componentize-py's linker.

use anyhow::Result;
use std::path::PathBuf;

use super::Backend;
use super::guest::{Call, Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The extension's path, one for each backend.
pub(crate) fn build(workspace: &Workspace, tools: &Tools, backend: Backend) -> Result<PathBuf> {
    let (guest, folder, label) = match backend {
        Backend::Wasi => (Guest::Extension, "ext", "extension"),
        Backend::Host => (Guest::ExtensionHost, "ext-host", "extension-host"),
    };
    let extension = workspace.artefact(folder).join(NAME);
    let stamp = Stamp::new(workspace, label, guest.inputs(workspace, tools.compilers.rust)?.files("python/ext")?);
    if stamp.is_current(&[&extension]) {
        progress::already(&format!("{label} _wasocket"), "up to date");
        return Ok(extension);
    }
    let mut step = Step::start(&format!("{label} _wasocket"));
    let mut cargo = cargo_for(workspace, &tools.compilers, guest, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(&mut step, cargo.args(["--crate-type", "cdylib"]))?;
    files::copy(&guest.output(workspace).join("_wasocket.wasm"), &extension)?;
    stamp.set()?;
    let size = extension.metadata()?.len();
    step.finish(&format!("{}, {}", extension.display(), files::size_text(size)));
    Ok(extension)
}

/// The file name by which CPython finds an extension module, and componentize-py a library to link.
const NAME: &str = "_wasocket.cpython-314-wasm32-wasi.so";
