//! `cargo xtask setup`: finds or installs the tools that the build needs and a Rust checkout lacks.

pub(crate) mod browser;
pub(crate) mod clang;
pub(crate) mod clients;
mod debian;
pub(crate) mod mdbook;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod wasm;
pub(crate) mod wasmtime;

use anyhow::Result;
use std::path::PathBuf;

use crate::workspace::Workspace;
use wasm::WasmToolchain;

/// Where the tools are.
pub(crate) struct Tools {
    /// The cargo that builds for WebAssembly.
    pub(crate) wasm: WasmToolchain,
    /// componentize-py, in the private virtual environment.
    pub(crate) componentize_py: PathBuf,
    /// The wasmtime command.
    pub(crate) wasmtime: PathBuf,
}

/// Installs what is missing. A second run only looks.
pub(crate) fn run(workspace: &Workspace) -> Result<Tools> {
    eprintln!("Setting up");
    clang::find_or_install()?;
    Ok(Tools {
        wasm: wasm::find_or_install()?,
        componentize_py: python::componentize_py(workspace)?,
        wasmtime: wasmtime::find_or_install(workspace)?,
    })
}
