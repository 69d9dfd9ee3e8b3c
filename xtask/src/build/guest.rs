//! Calls of cargo for the WebAssembly targets, the same for the component, the extension and their checks.

use anyhow::Result;
use std::process::Command;

use crate::setup::wasm::WasmToolchain;
use crate::stamp::Inputs;
use crate::workspace::Workspace;

/// One of the two WebAssembly builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guest {
    /// `wasocket.wasm`, without any libc.
    Component,
    /// The CPython extension: a shared library on componentize-py's libc.
    Extension,
}

impl Guest {
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::Component => "wasm32-unknown-unknown",
            Self::Extension => "wasm32-wasip2",
        }
    }

    /// Each build has its own target directory, so that their flags never evict each other's results.
    fn folder(self) -> &'static str {
        match self {
            Self::Component => "wasm-component",
            Self::Extension => "wasm-ext",
        }
    }

    /// Cargo's package and features.
    pub(crate) fn selection(self) -> &'static [&'static str] {
        match self {
            Self::Component => &["--package", "wasocket", "--lib", "--features", "component"],
            Self::Extension => &["--package", "_wasocket", "--lib"],
        }
    }

    /// The profile of the workspace's Cargo.toml, and the folder cargo names after it.
    fn profile(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Extension => "wasm",
        }
    }

    /// Whether the standard library comes as source: always for a shared library, whose code must be relocatable.
    fn must_build_std(self, toolchain: WasmToolchain) -> bool {
        self == Self::Extension || toolchain.must_build_std()
    }

    /// The folder cargo leaves its results in.
    pub(crate) fn output(self, workspace: &Workspace) -> std::path::PathBuf {
        workspace.target().join(self.folder()).join(self.target()).join(self.profile())
    }

    /// All that decides what comes out, besides the crate's own folder.
    pub(crate) fn inputs(self, workspace: &Workspace, toolchain: WasmToolchain) -> Result<Inputs> {
        Inputs::new(workspace)
            .text(&toolchain.version())
            .text(&format!("{self:?}"))
            .files("Cargo.toml")?
            .files("Cargo.lock")?
            .files("guest")?
            .files("wit")?
            .files("xtask/src/build")
    }
}

/// `cargo VERB` for one guest; the caller adds what its verb needs.
pub(crate) fn cargo_for(workspace: &Workspace, toolchain: WasmToolchain, guest: Guest, verb: &str) -> Command {
    let mut cargo = if verb == "clippy" { toolchain.clippy() } else { toolchain.cargo() };
    cargo.current_dir(workspace.root()).arg(verb).args(guest.selection());
    cargo.args(["--locked", "--profile", guest.profile(), "--target", guest.target()]);
    cargo.arg("--target-dir").arg(workspace.target().join(guest.folder()));
    if guest.must_build_std(toolchain) {
        cargo.arg("-Zbuild-std=std,panic_abort");
    }
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", toolchain.linker());
    cargo
}
