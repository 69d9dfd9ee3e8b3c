//! `component-test.wasm`: a command that uses sockets through the contract, with `wasocket.wasm` plugged in; without it, it is
//! `component-test-alone.wasm`.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};

use super::Backend;
use super::component::{self, encode};
use super::guest::{Call, Guest, cargo_for};
use super::sections;
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The composed command's path. The component is built first.
pub(crate) fn build(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    let component = component::build(workspace, tools, Backend::Wasi)?;
    let composed = workspace.artefact("component-test.wasm");
    let alone = workspace.artefact("component-test-alone.wasm");
    let inputs = Guest::ComponentTest.inputs(workspace, tools.compilers.rust)?.file(&component)?;
    let stamp = Stamp::new(workspace, "component-test", inputs);
    if stamp.is_current(&[&composed, &alone]) {
        progress::already("component-test.wasm", "up to date");
        return Ok(composed);
    }
    let mut step = Step::start("component-test.wasm");
    let mut cargo = cargo_for(workspace, &tools.compilers, Guest::ComponentTest, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(&mut step, cargo.args(["--crate-type", "cdylib"]))?;
    let program = encode(&Guest::ComponentTest.output(workspace).join("wasocket_component_test.wasm"))?;
    files::write(&alone, &program)?;
    let bytes = compose(program, files::read(&component)?)?;
    files::write(&composed, &bytes)?;
    stamp.set()?;
    step.finish(&format!("{}, {}", composed.display(), files::size_text(bytes.len() as u64)));
    Ok(composed)
}

/// The program with `wasocket.wasm` inside: it must need nothing but WASI then.
pub(super) fn compose(program: Vec<u8>, component: Vec<u8>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut register = |name, bytes| {
        let package = Package::from_bytes(name, None, bytes, graph.types_mut())?;
        anyhow::Ok(graph.register_package(package)?)
    };
    let program = register("wasocket:component-test", program)?;
    let component = register("wasocket:component", component)?;
    plug(&mut graph, vec![component], program).context("wasocket.wasm does not fit the contract's imports")?;
    let composed = graph.encode(EncodeOptions::default()).context("the composition does not encode")?;
    let left = sections::imports(&composed)?;
    if let Some(import) = left.iter().find(|name| !name.starts_with("wasi:")) {
        bail!("wasocket.wasm does not provide {import}");
    }
    Ok(composed)
}
