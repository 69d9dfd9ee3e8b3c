//! `wasocket.wasm`: the guest's exported face, encoded as a component that imports the network and nothing else.

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

use super::guest::{Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The component's path.
pub(crate) fn build(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    let component = workspace.artefact("wasocket.wasm");
    let stamp = Stamp::new(workspace, "component", Guest::Component.inputs(workspace, tools.wasm)?);
    if stamp.is_current(&[&component]) {
        progress::already("component wasocket.wasm", "up to date");
        return Ok(component);
    }
    let mut step = Step::start("component wasocket.wasm");
    let module = compile(&mut step, workspace, tools)?;
    let bytes = encode(&module)?;
    check_imports(&bytes)?;
    files::write(&component, &bytes)?;
    stamp.set()?;
    step.finish(&format!("{}, {}", component.display(), files::size_text(bytes.len() as u64)));
    Ok(component)
}

fn compile(step: &mut Step, workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    let mut cargo = cargo_for(workspace, tools.wasm, Guest::Component, "rustc");
    command::run_quietly(step, cargo.args(["--crate-type", "cdylib"]))?;
    Ok(Guest::Component.output(workspace).join("wasocket.wasm"))
}

fn encode(module: &Path) -> Result<Vec<u8>> {
    let bytes = files::read(module)?;
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&bytes);
    encoder.and_then(|encoder| encoder.encode()).context("the module does not encode as a component")
}

/// What a component may reach is what it imports: anything new here would be authority nobody asked for.
fn check_imports(component: &[u8]) -> Result<()> {
    let foreign: Vec<String> = imports(component)?.into_iter().filter(|name| !is_allowed(name)).collect();
    if !foreign.is_empty() {
        bail!("wasocket.wasm must import nothing but {}, but imports {}", ALLOWED.join(", "), foreign.join(", "));
    }
    Ok(())
}

/// The names of the component's own imports, not those of what is nested in it.
pub(crate) fn imports(component: &[u8]) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    names.insert(import?.name.name.to_owned());
                }
            }
            _ => (),
        }
    }
    Ok(names)
}

fn is_allowed(import: &str) -> bool {
    ALLOWED.iter().any(|package| import.strip_prefix(package).is_some_and(|rest| rest.starts_with('/')))
}

const ALLOWED: [&str; 3] = ["wasi:sockets", "wasi:io", "wasi:clocks"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_network_may_be_imported() {
        for allowed in ["wasi:sockets/tcp@0.2.12", "wasi:io/poll@0.2.12", "wasi:clocks/monotonic-clock@0.2.12"] {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for foreign in ["wasi:cli/stdin@0.2.12", "wasi:filesystem/types@0.2.12", "wasi:sockets-more/tcp", "env"] {
            assert!(!is_allowed(foreign), "{foreign}");
        }
    }
}
