//! Where the components are that come with this program: the Python interpreter, and the sockets by themselves.

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

/// Which of the interpreters runs a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interpreter {
    /// Over WASI's sockets.
    Portable,
    /// Over WASI's sockets, with threads.
    Threads,
    /// Over this host's own.
    Host,
    /// Over this host's own, with threads.
    HostThreads,
}

impl Interpreter {
    pub(super) fn new(backend: Backend, has_threads: bool) -> Self {
        match backend {
            Backend::Wasi if has_threads => Self::Threads,
            Backend::Wasi => Self::Portable,
            Backend::Host if has_threads => Self::HostThreads,
            Backend::Host => Self::Host,
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            Self::Portable => "wasocket-python.wasm",
            Self::Threads => "wasocket-python-threads.wasm",
            Self::Host => "wasocket-python-host.wasm",
            Self::HostThreads => "wasocket-python-host-threads.wasm",
        }
    }
}

/// The interpreter: `$WASOCKET_INTERPRETER`, else the file of this one beside this program.
pub(super) fn path(interpreter: Interpreter) -> Result<PathBuf> {
    let name = interpreter.file_name();
    if let Some(path) = std::env::var_os("WASOCKET_INTERPRETER") {
        let path = PathBuf::from(path);
        if !path.is_file() {
            bail!("WASOCKET_INTERPRETER names {}, which is no file; it should name {name}", path.display());
        }
        return Ok(path);
    }
    let path = beside(name)?;
    if !path.is_file() {
        bail!(
            "there is no Python interpreter: {} is missing and WASOCKET_INTERPRETER is not set (\"cargo xtask build\" makes it)",
            path.display()
        );
    }
    Ok(path)
}

/// The component that provides `wasocket:socket`, beside this program.
pub(super) fn component(backend: Backend) -> Result<PathBuf> {
    let path = beside(match backend {
        Backend::Wasi => "wasocket.wasm",
        Backend::Host => "wasocket-host.wasm",
    })?;
    if !path.is_file() {
        bail!("there is no {}, which provides wasocket:socket (\"cargo xtask build\" makes it)", path.display());
    }
    Ok(path)
}

fn beside(name: &str) -> Result<PathBuf> {
    let program = std::env::current_exe().context("cannot find the folder of this program")?;
    Ok(program.with_file_name(name))
}
