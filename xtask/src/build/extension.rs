//! `_wasocket.cpython-314-wasm32-wasi.so`: the CPython extension, a shared library for componentize-py's linker.

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::guest::{Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::setup::wasm::WasmToolchain;
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
    let mut cargo = cargo_for(workspace, tools.wasm, Guest::Extension, "build");
    environment(workspace, tools.wasm, &mut cargo, "")?;
    command::run_quietly(&mut step, &mut cargo)?;
    files::copy(&Guest::Extension.output(workspace).join("_wasocket.wasm"), &extension)?;
    stamp.set()?;
    let size = extension.metadata()?.len();
    step.finish(&format!("{}, {}", extension.display(), files::size_text(size)));
    Ok(extension)
}

/// What PyO3 and the linker are told: which Python there is, and that every symbol of libc is componentize-py's.
pub(crate) fn environment(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    cargo: &mut Command,
    more: &str,
) -> Result<()> {
    let stub = workspace.artefact("stub");
    files::write(&stub.join("libc.a"), EMPTY_ARCHIVE)?;
    cargo.env("PYO3_CONFIG_FILE", workspace.path("python/ext/pyo3.txt"));
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(toolchain, &stub, more).join("\x1f"));
    Ok(())
}

fn flags(toolchain: WasmToolchain, stub: &Path, more: &str) -> Vec<String> {
    let fixed = FLAGS.iter().map(ToString::to_string);
    let linker = [format!("-Clinker={}", toolchain.linker()), format!("-L{}", stub.display())];
    fixed.chain(linker).chain(more.split_whitespace().map(str::to_owned)).collect()
}

/// The file name by which CPython finds an extension module, and componentize-py a library to link.
const NAME: &str = "_wasocket.cpython-314-wasm32-wasi.so";
/// The linker asks for a libc; every symbol of it stays an import that componentize-py's own libc.so provides.
const EMPTY_ARCHIVE: &[u8] = b"!<arch>\n";
const FLAGS: [&str; 7] = [
    "-Crelocation-model=pic",
    // Without it every Rust symbol is exported, and all of the standard library's imports stay.
    "-Zdefault-visibility=hidden",
    "-Clink-args=-shared",
    "-Clink-args=--experimental-pic",
    "-Clink-args=--unresolved-symbols=import-dynamic",
    "-Clink-self-contained=n",
    "-Clinker-flavor=wasm-ld",
];
