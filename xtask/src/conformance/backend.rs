//! Whose sockets the tests see.

use anyhow::Result;
use clap::ValueEnum;
use std::path::PathBuf;
use std::process::Command;

use crate::progress::{self, Step};
use crate::setup::python::{self, COMPONENTIZE_PY};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The sockets of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// Ours, over wasi:sockets
    Wasi,
    /// Ours, over the operating system's sockets that our host gives
    Host,
    /// The same in one guest, which has threads of its own
    Threads,
    /// Those that componentize-py has built in, to compare
    Builtin,
}

impl Backend {
    /// Its folder below `tests/conformance/expected/` and `target/conformance/`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Wasi => "wasi",
            Self::Host => "host",
            Self::Threads => "threads",
            Self::Builtin => "builtin",
        }
    }

    /// Whether the repository says how each test ends. What is not ours is only recorded.
    pub(crate) fn has_expectations(self) -> bool {
        match self {
            Self::Wasi | Self::Host | Self::Threads => true,
            Self::Builtin => false,
        }
    }

    /// The sockets whose expectations name the modules to run.
    pub(crate) fn expecting(self) -> Self {
        match self {
            Self::Wasi | Self::Builtin => Self::Wasi,
            Self::Host => Self::Host,
            Self::Threads => Self::Threads,
        }
    }

    /// The options of `wasocket run` that give a guest these sockets.
    pub(crate) fn options(self) -> &'static [&'static str] {
        match self {
            Self::Wasi | Self::Builtin => &["--backend", "wasi"],
            Self::Host => &["--no-threads"],
            Self::Threads => &[],
        }
    }

    /// Whether the guest starts the threads of tests itself, so that all of a test runs in it.
    pub(crate) fn has_threads(self) -> bool {
        match self {
            Self::Wasi | Self::Host | Self::Builtin => false,
            Self::Threads => true,
        }
    }

    /// The interpreter component, if it is not the one that the `wasocket` command finds by itself.
    pub(crate) fn interpreter(self, workspace: &Workspace) -> Result<Option<PathBuf>> {
        match self {
            Self::Wasi | Self::Host | Self::Threads => Ok(None),
            Self::Builtin => builtin_interpreter(workspace).map(Some),
        }
    }
}

/// Python without our extension, as a component that is asked for its program as ours is.
fn builtin_interpreter(workspace: &Workspace) -> Result<PathBuf> {
    let interpreter = workspace.artefact("interpreter-builtin.wasm");
    let inputs = Inputs::new(workspace).text(COMPONENTIZE_PY).files(APPLICATION)?;
    let inputs = inputs.files("python/wasocket")?.files("wit")?;
    let stamp = Stamp::new(workspace, "interpreter-builtin", inputs);
    if stamp.is_current(&[&interpreter]) {
        progress::already("interpreter-builtin.wasm", "up to date");
        return Ok(interpreter);
    }
    let componentize_py = python::componentize_py(workspace)?;
    let mut step = Step::start("interpreter-builtin.wasm");
    let mut command = Command::new(componentize_py);
    command.arg("--wit-path").arg(workspace.path("wit/runner")).args(["--world", "interpreter"]);
    command.args(["componentize", "builtin_interpreter"]);
    for folder in [APPLICATION, "python"] {
        command.arg("--python-path").arg(workspace.path(folder));
    }
    command.arg("--output").arg(&interpreter).current_dir(workspace.artefacts());
    command.env("VIRTUAL_ENV", workspace.artefact("venv"));
    command::run_quietly(&mut step, &mut command)?;
    stamp.set()?;
    step.finish(&files::size_text(interpreter.metadata()?.len()));
    Ok(interpreter)
}

/// The application that becomes the interpreter.
const APPLICATION: &str = "tests/conformance/builtin";
