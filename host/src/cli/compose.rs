//! `wasocket compose`: a component with what it needs inside.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use wasocket_host::Composition;

use super::interpreter::{self, Backend};
use super::{reason, say};

/// Put a component that needs sockets together with the component that provides them
///
/// The result needs nothing but WASI 0.2, so that any host of that runs it; what is left unsatisfied is an error. Other
/// components are plugged in with --with, in their order, and wasocket.wasm last.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The component that imports wasocket:socket
    #[arg(value_name = "APP.wasm")]
    component: PathBuf,
    /// Where to write the whole
    #[arg(short, long, value_name = "OUT.wasm")]
    output: PathBuf,
    /// Plug this component in too
    #[arg(long = "with", value_name = "COMPONENT.wasm")]
    plugs: Vec<PathBuf>,
    /// The network that the component reaches: with "host", only hosts of that interface run it
    #[arg(long, value_enum, default_value_t = Backend::Wasi)]
    backend: Backend,
}

/// Composes it; answers the exit status.
pub(super) fn main(arguments: &Arguments) -> Result<i32> {
    let mut whole = Composition::of(arguments.component.display().to_string(), read(&arguments.component)?)?;
    for plug in &arguments.plugs {
        whole = whole.plug(plug.display().to_string(), read(plug)?)?;
    }
    if whole.imports().iter().any(|import| import.starts_with("wasocket:socket/")) {
        let sockets = interpreter::component(arguments.backend)?;
        whole = whole.plug(sockets.display().to_string(), read(&sockets)?)?;
    }
    if arguments.backend == Backend::Host {
        whole = whole.leave("wasocket:socket/host@").leave("wasocket:socket/types@");
    }
    let whole = whole.finish()?;
    let output = &arguments.output;
    if let Err(error) = fs::write(output, &whole) {
        bail!("cannot write {}: {}", output.display(), reason(&error));
    }
    say(&format!("wrote {}: {} KB", output.display(), whole.len().div_ceil(1 << 10)));
    Ok(0)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    match fs::read(path) {
        Ok(bytes) => Ok(bytes),
        Err(error) => bail!("cannot read {}: {}", path.display(), reason(&error)),
    }
}
