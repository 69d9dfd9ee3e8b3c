//! `wasocket.wasm`: the guest's exported interfaces, encoded as a component that imports the network and nothing else.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER,
};
use wit_component::ComponentEncoder;

use super::Backend;
use super::guest::{Call, Guest, cargo_for};
use super::sections;
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The component's path, one for each backend.
pub(crate) fn build(workspace: &Workspace, tools: &Tools, backend: Backend) -> Result<PathBuf> {
    let (guest, label, name) = match backend {
        Backend::Wasi => (Guest::Component, "component", "wasocket.wasm"),
        Backend::Host => (Guest::ComponentHost, "component-host", "wasocket-host.wasm"),
    };
    let component = workspace.artefact(name);
    let stamp = Stamp::new(workspace, label, guest.inputs(workspace, tools.compilers.rust)?);
    if stamp.is_current(&[&component]) {
        progress::already(&format!("component {name}"), "up to date");
        return Ok(component);
    }
    let mut step = Step::start(&format!("component {name}"));
    let module = compile(&mut step, workspace, tools, guest)?;
    let bytes = encode(&module)?;
    check_imports(&bytes, name, backend)?;
    check_size(bytes.len(), name)?;
    files::write(&component, &bytes)?;
    stamp.set()?;
    step.finish(&format!("{}, {}", component.display(), files::size_text(bytes.len() as u64)));
    Ok(component)
}

fn compile(step: &mut Step, workspace: &Workspace, tools: &Tools, guest: Guest) -> Result<PathBuf> {
    let mut cargo = cargo_for(workspace, &tools.compilers, guest, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(step, cargo.args(["--crate-type", "cdylib"]))?;
    Ok(guest.output(workspace).join("wasocket.wasm"))
}

/// The module as a component. A module with names, for a debugger, stays in cargo's target directory.
pub(super) fn encode(module: &Path) -> Result<Vec<u8>> {
    let module = sections::without_names(&files::read(module)?)?;
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&module);
    let component =
        encoder.and_then(|encoder| encoder.encode()).context("the module does not encode as a component")?;
    sections::without_names(&component)
}

/// The same for a module that uses WASI's preview 1, as C libraries do: `wasm-tools component new --adapt`.
pub(crate) fn encode_adapted(module: &Path) -> Result<Vec<u8>> {
    let bytes = sections::without_names(&files::read(module)?)?;
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&bytes)?.adapter(ADAPTER_NAME, ADAPTER)?;
    let component = encoder.encode().with_context(|| format!("{} does not encode as a component", module.display()))?;
    sections::without_names(&component)
}

/// What a component may reach is what it imports: anything new here would be additional authority.
fn check_imports(component: &[u8], name: &str, backend: Backend) -> Result<()> {
    let imports = sections::imports(component)?;
    let foreign: Vec<String> = imports.into_iter().filter(|import| !is_allowed(import, backend)).collect();
    if !foreign.is_empty() {
        bail!("{name} must import nothing but {}, but imports {}", allowed(backend).join(", "), foreign.join(", "));
    }
    Ok(())
}

/// It is one library among many in an application.
fn check_size(bytes: usize, name: &str) -> Result<()> {
    if bytes > LARGEST {
        bail!("{name} is to have at most {LARGEST} bytes, but has {bytes}");
    }
    Ok(())
}

fn is_allowed(import: &str, backend: Backend) -> bool {
    allowed(backend).iter().any(|package| import.strip_prefix(package).is_some_and(|rest| rest.starts_with('/')))
}

fn allowed(backend: Backend) -> &'static [&'static str] {
    match backend {
        Backend::Wasi => &["wasi:sockets", "wasi:io", "wasi:clocks"],
        Backend::Host => &["wasocket:socket"],
    }
}

/// The size that the documents promise.
const LARGEST: usize = 300 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_small() {
        assert!(check_size(LARGEST, "wasocket.wasm").is_ok());
        let error = check_size(LARGEST + 1, "wasocket.wasm").expect_err("one byte too many").to_string();
        assert!(error.contains("307201"), "{error}");
    }

    #[test]
    fn only_the_network_may_be_imported() {
        for allowed in ["wasi:sockets/tcp@0.2.12", "wasi:io/poll@0.2.12", "wasi:clocks/monotonic-clock@0.2.12"] {
            assert!(is_allowed(allowed, Backend::Wasi), "{allowed}");
        }
        for foreign in ["wasi:cli/stdin@0.2.12", "wasi:filesystem/types@0.2.12", "wasi:sockets-more/tcp", "env"] {
            assert!(!is_allowed(foreign, Backend::Wasi), "{foreign}");
        }
    }
}
