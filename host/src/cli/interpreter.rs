//! Where the Python interpreter component is.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// Which network an interpreter reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Backend {
    /// That of any WASI 0.2 host
    Wasi,
    /// This host's own, with all of the operating system's sockets
    Host,
}

impl Backend {
    fn file_name(self) -> &'static str {
        match self {
            Self::Wasi => "wasocket-python.wasm",
            Self::Host => "wasocket-python-host.wasm",
        }
    }
}

/// The interpreter: `$WASOCKET_INTERPRETER`, else the file of this backend beside this program.
pub(super) fn path(backend: Backend) -> Result<PathBuf> {
    let name = backend.file_name();
    if let Some(path) = std::env::var_os("WASOCKET_INTERPRETER") {
        let path = PathBuf::from(path);
        if !path.is_file() {
            bail!("WASOCKET_INTERPRETER names {}, which is no file; it should name {name}", path.display());
        }
        return Ok(path);
    }
    let program = std::env::current_exe().context("cannot find the folder of this program")?;
    let path = program.with_file_name(name);
    if !path.is_file() {
        bail!(
            "there is no Python interpreter: {} is missing and WASOCKET_INTERPRETER is not set (\"cargo xtask build\" makes it)",
            path.display()
        );
    }
    Ok(path)
}
