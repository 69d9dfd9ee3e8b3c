//! `raw-guest.wasm` and `raw-host-guest.wasm`: commands that do on plain `wasi:sockets`, and on the contract's interface
//! `host`, what their arguments say.

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

/// The command's path, one for each network.
pub(crate) fn build(workspace: &Workspace, tools: &Tools, backend: Backend) -> Result<PathBuf> {
    let (guest, label, module) = match backend {
        Backend::Wasi => (Guest::Raw, "raw-guest", "wasocket_raw_guest.wasm"),
        Backend::Host => (Guest::RawHost, "raw-host-guest", "wasocket_raw_host_guest.wasm"),
    };
    let name = format!("{label}.wasm");
    let built = workspace.artefact(&name);
    let stamp = Stamp::new(workspace, label, guest.inputs(workspace, tools.compilers.rust)?);
    if stamp.is_current(&[&built]) {
        progress::already(&name, "up to date");
        return Ok(built);
    }
    let mut step = Step::start(&name);
    let mut cargo = cargo_for(workspace, &tools.compilers, guest, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(&mut step, cargo.args(["--crate-type", "cdylib"]))?;
    let bytes = encode(&guest.output(workspace).join(module))?;
    files::write(&built, &bytes)?;
    stamp.set()?;
    step.finish(&format!("{}, {}", built.display(), files::size_text(bytes.len() as u64)));
    Ok(built)
}
