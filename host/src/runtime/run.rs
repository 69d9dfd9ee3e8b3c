//! Runs a command component to its end.

#[cfg(test)]
mod tests;

use std::path::Path;

use wasmtime::component::{Component, InstancePre, Linker, ResourceTableError};
use wasmtime::{Engine, Store, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;
use wasmtime_wasi::p2::bindings::CommandPre;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

use crate::error::{Error, Result};
use crate::network::Network;
use crate::runtime::guest::{Grants, Guest, Output};
use crate::runtime::yield_hook::YieldHook;
use crate::runtime::{linker, program, signals};

/// Runs `wasi:cli/run` of a component, with what `grants` holds, and answers its exit status.
///
/// `path` is the component's file and `name` what its user calls the program, for messages. Must be called on a tokio
/// runtime; one of the `current_thread` kind is the fastest.
///
/// # Ambient Authority
///
/// The guest gets standard input, output and error of this process, and all that `grants` says.
pub async fn run(component: &Component, path: &Path, name: &str, grants: Grants) -> Result<u8> {
    start(component, path, name, grants).await
}

/// Runs it as [`run`] does, but keeps what it prints on standard output.
pub(crate) async fn run_for_output(
    component: &Component,
    path: &Path,
    name: &str,
    mut grants: Grants,
) -> Result<(u8, Vec<u8>)> {
    let output = MemoryOutputPipe::new(MAX_OUTPUT);
    grants.output = Output::Pipe(output.clone());
    let status = start(component, path, name, grants).await?;
    Ok((status, output.contents().into()))
}

async fn start(component: &Component, path: &Path, name: &str, grants: Grants) -> Result<u8> {
    let linker = new_linker(component.engine()).map_err(Error::internal("cannot link the host's interfaces"))?;
    let command = prepare(&linker, component, path)?;
    let network = grants.network.clone();
    call(&command, Guest::store(component.engine(), grants)?, &network, name).await
}

/// Runs one guest, in a store of its own, until it ends or its audit fails.
pub(crate) async fn call(
    command: &CommandPre<Guest>,
    mut store: Store<Guest>,
    network: &Network,
    name: &str,
) -> Result<u8> {
    store.call_hook_async(YieldHook::new());
    let signals = store.data().signals().clone();
    let running = async {
        match command.instantiate_async(&mut store).await {
            Ok(command) => command.wasi_cli_run().call_run(&mut store).await,
            Err(error) => Err(error),
        }
    };
    let outcome = tokio::select! {
        biased;
        outcome = running => outcome,
        problem = network.until_audit_fails() => {
            return Err(Error::AuditFailed { program: name.to_owned(), problem });
        }
        signal = signals.until_ended() => return Ok(signal.status()),
    };
    // The guest may have ended by itself before the failure was seen. Closing its sockets here is audited as well.
    drop(store);
    if let Some(problem) = network.audit_failure() {
        return Err(Error::AuditFailed { program: name.to_owned(), problem });
    }
    match outcome {
        Ok(Ok(())) => Ok(0),
        Ok(Err(())) => Ok(1),
        Err(error) => exit_status(&error, name),
    }
}

/// A command with all its imports.
pub(crate) fn prepare(linker: &Linker<Guest>, component: &Component, path: &Path) -> Result<CommandPre<Guest>> {
    let instance = link(linker, component, path)?;
    CommandPre::new(instance).map_err(|_| Error::NotACommand { path: path.to_owned() })
}

/// All that guests can import.
pub(crate) fn new_linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    linker::add_to_linker(&mut linker)?;
    program::add_to_linker(&mut linker)?;
    linker::add_host_to_linker(&mut linker)?;
    signals::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    Ok(linker)
}

fn link(linker: &Linker<Guest>, component: &Component, path: &Path) -> Result<InstancePre<Guest>> {
    linker.instantiate_pre(component).map_err(|error| {
        let imports = missing_imports(component).unwrap_or_else(|| format!("{error:#}").replace('\n', " "));
        Error::MissingImports { path: path.to_owned(), imports }
    })
}

/// The first few imports whose package this host knows nothing of.
fn missing_imports(component: &Component) -> Option<String> {
    let imports = component.component_type();
    let missing: Vec<_> =
        imports.imports(component.engine()).map(|(name, _)| name).filter(|name| !is_known(name)).collect();
    let shown = missing.iter().take(SHOWN_IMPORTS).copied().collect::<Vec<_>>().join(", ");
    match missing.len() {
        0 => None,
        1..=SHOWN_IMPORTS => Some(shown),
        count => Some(format!("{shown} and {} more", count - SHOWN_IMPORTS)),
    }
}

fn is_known(import: &str) -> bool {
    let (interface, version) = import.split_once('@').unwrap_or((import, ""));
    let package = interface.split('/').next().unwrap_or_default();
    (WASI_PACKAGES.contains(&package) && version.starts_with("0.2."))
        || package == "wasocket:runner"
        || HOST_INTERFACES.contains(&interface)
}

/// An exit status is how a guest ends; anything else that stops it is a trap.
fn exit_status(error: &wasmtime::Error, name: &str) -> Result<u8> {
    if let Some(I32Exit(status)) = error.downcast_ref::<I32Exit>() {
        // POSIX passes on the low byte.
        return Ok(status.to_le_bytes()[0]);
    }
    let reason = match (error.downcast_ref::<Trap>(), error.downcast_ref::<ResourceTableError>()) {
        (Some(trap), _) => trap.to_string(),
        (None, Some(ResourceTableError::Full)) => "it has too many threads or resources at once".to_owned(),
        (None, _) => error.root_cause().to_string(),
    };
    let reason = reason.strip_prefix("wasm trap: ").unwrap_or(&reason);
    let backtrace = error.downcast_ref::<WasmBacktrace>().map(ToString::to_string).unwrap_or_default();
    Err(Error::Trap { program: name.to_owned(), reason: reason.replace('\n', " "), backtrace })
}

const WASI_PACKAGES: [&str; 7] =
    ["wasi:cli", "wasi:clocks", "wasi:filesystem", "wasi:http", "wasi:io", "wasi:random", "wasi:sockets"];

/// What the host gives of the contract. The rest of it is the `wasocket` component's to give, which is plugged in before.
const HOST_INTERFACES: [&str; 3] = ["wasocket:socket/host", "wasocket:socket/signals", "wasocket:socket/types"];

const SHOWN_IMPORTS: usize = 3;

/// More than any listing of files needs.
const MAX_OUTPUT: usize = 64 << 20;
