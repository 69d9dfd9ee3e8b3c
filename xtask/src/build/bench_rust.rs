//! `bench/rust.wasm` and `bench/rust-host.wasm`: the benchmark's contender in Rust, on each backend of the guest library.

use anyhow::Result;
use std::path::PathBuf;

use super::Backend;
use super::component::encode;
use super::guest::{Call, Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The command's path.
pub(crate) fn build(workspace: &Workspace, tools: &Tools, backend: Backend) -> Result<PathBuf> {
    let (guest, name) = match backend {
        Backend::Wasi => (Guest::BenchRust, "rust.wasm"),
        Backend::Host => (Guest::BenchRustHost, "rust-host.wasm"),
    };
    let built = workspace.artefact("bench").join(name);
    let stamp = Stamp::new(workspace, &format!("bench-{name}"), guest.inputs(workspace, tools.compilers.rust)?);
    if stamp.is_current(&[&built]) {
        progress::already(name, "up to date");
        return Ok(built);
    }
    let mut step = Step::start(name);
    let mut cargo = cargo_for(workspace, &tools.compilers, guest, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(&mut step, cargo.args(["--crate-type", "cdylib"]))?;
    files::write(&built, &encode(&guest.output(workspace).join("wasocket_bench_rust.wasm"))?)?;
    stamp.set()?;
    step.finish(&built.display().to_string());
    Ok(built)
}
