//! The Rust examples: commands for any WASI 0.2 host.

use anyhow::Result;
use std::path::PathBuf;

use super::component::encode;
use super::guest::{Call, Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The folder of the commands, `NAME.wasm` each.
pub(crate) fn build(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    let folder = workspace.artefact("examples/rust");
    let built = NAMES.map(|name| folder.join(format!("{name}.wasm")));
    let stamp = Stamp::new(workspace, "examples", Guest::Examples.inputs(workspace, tools.compilers.rust)?);
    if stamp.is_current(&built.each_ref().map(PathBuf::as_path)) {
        progress::already("examples", "up to date");
        return Ok(folder);
    }
    let mut step = Step::start("examples");
    command::run_quietly(
        &mut step,
        &mut cargo_for(workspace, &tools.compilers, Guest::Examples, Call { verb: "build", flags: &[] })?,
    )?;
    for (name, component) in NAMES.iter().zip(&built) {
        let module = Guest::Examples.output(workspace).join("examples").join(format!("{name}.wasm"));
        files::write(component, &encode(&module)?)?;
    }
    stamp.set()?;
    step.finish(&folder.display().to_string());
    Ok(folder)
}

/// The programs, which each language has.
pub(crate) const NAMES: [&str; 3] = ["dns_client", "echo_server", "http_client"];
