//! `cargo xtask setup`: finds or installs the tools that the build needs and a Rust checkout lacks.

pub(crate) mod browser;
pub(crate) mod clients;
pub(crate) mod debian;
pub(crate) mod download;
pub(crate) mod mdbook;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod wasm;
pub(crate) mod wasmtime;
pub(crate) mod zig;

use anyhow::Result;
use std::path::PathBuf;

use crate::workspace::Workspace;
use wasm::WasmToolchain;
use zig::Zig;

/// Where the tools are.
pub(crate) struct Tools {
    pub(crate) compilers: Compilers,
    /// The wasmtime command.
    pub(crate) wasmtime: PathBuf,
}

/// What compiles for WebAssembly.
pub(crate) struct Compilers {
    /// The cargo that builds for WebAssembly.
    pub(crate) rust: WasmToolchain,
    /// The compiler of C, with a C library.
    pub(crate) zig: Zig,
}

/// Installs what is missing. A second run only looks.
pub(crate) fn run(workspace: &Workspace) -> Result<Tools> {
    eprintln!("Setting up");
    Ok(Tools { compilers: compilers(workspace)?, wasmtime: wasmtime::find_or_install(workspace)? })
}

/// The compilers alone.
pub(crate) fn compilers(workspace: &Workspace) -> Result<Compilers> {
    Ok(Compilers { rust: wasm::find_or_install()?, zig: zig::find_or_install(workspace)? })
}
