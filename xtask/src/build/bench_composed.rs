//! `bench/composed.wasm`: the benchmark's contender in Rust, with `wasocket.wasm` plugged in.

use anyhow::Result;
use std::path::PathBuf;

use super::Backend;
use super::component::{self, encode};
use super::component_test::compose;
use super::guest::{Call, Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The composed command's path. The component is built first.
pub(crate) fn build(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    let component = component::build(workspace, tools, Backend::Wasi)?;
    let composed = workspace.artefact("bench").join("composed.wasm");
    let inputs = Guest::BenchComposed.inputs(workspace, tools.compilers.rust)?.file(&component)?;
    let stamp = Stamp::new(workspace, "bench-composed-component", inputs);
    if stamp.is_current(&[&composed]) {
        progress::already("composed.wasm", "up to date");
        return Ok(composed);
    }
    let mut step = Step::start("composed.wasm");
    let mut cargo = cargo_for(workspace, &tools.compilers, Guest::BenchComposed, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(&mut step, cargo.args(["--crate-type", "cdylib"]))?;
    let program = encode(&Guest::BenchComposed.output(workspace).join("wasocket_bench_composed.wasm"))?;
    files::write(&composed, compose(program, files::read(&component)?)?)?;
    stamp.set()?;
    step.finish(&composed.display().to_string());
    Ok(composed)
}
