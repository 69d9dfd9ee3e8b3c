//! `interpreter.wasm`: Python itself as a component, with the sockets and the standard library inside.

mod library;
mod link;
mod snapshot;

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::component;
use super::cpython::{self, Python};
use super::guest::{Call, Guest, cargo_for};
use crate::parallel::beside;
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// An interpreter, by what it can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interpreter {
    /// On any host of WASI 0.2.
    Portable,
    /// The same with threads: for a host that has those of the component model.
    Threads,
    /// On our host's network.
    Host,
    /// On our host's network, with threads: for an engine that has those of the component model.
    HostThreads,
}

impl Interpreter {
    pub(crate) const ALL: [Self; 4] = [Self::Portable, Self::Threads, Self::Host, Self::HostThreads];

    /// What the command calls its file.
    pub(crate) const fn file_name(self) -> &'static str {
        match self {
            Self::Portable => "wasocket-python.wasm",
            Self::Threads => "wasocket-python-threads.wasm",
            Self::Host => "wasocket-python-host.wasm",
            Self::HostThreads => "wasocket-python-host-threads.wasm",
        }
    }

    /// What the build calls it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Portable => "interpreter",
            Self::Threads => "interpreter-threads",
            Self::Host => "interpreter-host",
            Self::HostThreads => "interpreter-host-threads",
        }
    }

    /// Our part of it.
    pub(crate) const fn guest(self) -> Guest {
        match self {
            Self::Portable => Guest::Interpreter,
            Self::Threads => Guest::InterpreterThreads,
            Self::Host => Guest::InterpreterHost,
            Self::HostThreads => Guest::InterpreterHostThreads,
        }
    }

    /// Whether signals from outside reach it.
    fn has_signals(self) -> bool {
        match self {
            Self::Portable | Self::Threads => false,
            Self::Host | Self::HostThreads => true,
        }
    }

    fn has_threads(self) -> bool {
        match self {
            Self::Portable | Self::Host => false,
            Self::Threads | Self::HostThreads => true,
        }
    }
}

/// The interpreters, each with its path.
pub(crate) fn build(
    workspace: &Workspace,
    tools: &Tools,
    interpreters: &[Interpreter],
) -> Result<Vec<(Interpreter, PathBuf)>> {
    let sockets = |one: &Interpreter| sockets(workspace, tools, one.guest(), one.label());
    let (python, sockets) =
        beside(|| cpython::build(workspace, tools), || interpreters.iter().map(sockets).collect::<Result<Vec<_>>>());
    let (python, sockets) = (python?, sockets?);
    let library = library::build(workspace, &python)?;
    let build = |(one, sockets): (&Interpreter, &PathBuf)| {
        Ok((*one, build_one(workspace, tools, &python, &library, sockets, *one)?))
    };
    interpreters.iter().zip(&sockets).map(build).collect()
}

fn build_one(
    workspace: &Workspace,
    tools: &Tools,
    python: &Python,
    library: &Path,
    sockets: &Path,
    one: Interpreter,
) -> Result<PathBuf> {
    let label = one.label();
    let name = format!("{label}.wasm");
    let interpreter = workspace.artefact(&name);
    let inputs = Inputs::new(workspace).file(&python.object)?.file(&python.configuration)?.file(sockets)?;
    let inputs = inputs.file(library)?.files("python/runner")?.files("python/wasocket")?.files("python/library")?;
    let stamp = Stamp::new(workspace, label, inputs.files("xtask/src/build/interpreter")?);
    if stamp.is_current(&[&interpreter]) {
        progress::already(&name, "up to date");
        return Ok(interpreter);
    }
    let mut step = Step::start(&name);
    link::link(&mut step, tools, [&python.object, sockets], one, &linked(workspace, label))?;
    start(&mut step, workspace, tools, python, library, label, &interpreter)?;
    stamp.set()?;
    step.finish(&format!("{}, {}", interpreter.display(), files::size_text(interpreter.metadata()?.len())));
    Ok(interpreter)
}

/// Another component from what `build` has linked: its memory has been made anew.
pub(crate) fn build_anew(step: &mut Step, workspace: &Workspace, tools: &Tools, to: &Path) -> Result<()> {
    let python = cpython::build(workspace, tools)?;
    let library = library::build(workspace, &python)?;
    start(step, workspace, tools, &python, &library, "interpreter", to)
}

/// Takes the snapshot of what has been linked, and encodes it as a component.
fn start(
    step: &mut Step,
    workspace: &Workspace,
    tools: &Tools,
    python: &Python,
    library: &Path,
    label: &str,
    to: &Path,
) -> Result<()> {
    let started = workspace.artefact("cpython").join(format!("{label}.started.wasm"));
    snapshot::take(step, workspace, tools, python, library, &linked(workspace, label), &started)?;
    files::write(to, component::encode_adapted(&started)?)
}

fn linked(workspace: &Workspace, label: &str) -> PathBuf {
    workspace.artefact("cpython").join(format!("{label}.linked.wasm"))
}

/// The extension and the entry points as a static library.
fn sockets(workspace: &Workspace, tools: &Tools, guest: Guest, label: &str) -> Result<PathBuf> {
    let library = workspace.artefact("cpython").join(format!("lib{label}.a"));
    let stamp = Stamp::new(
        workspace,
        &format!("{label}-sockets"),
        guest.inputs(workspace, tools.compilers.rust)?.files("python/ext")?,
    );
    let title = format!("{label}: sockets");
    if stamp.is_current(&[&library]) {
        progress::already(&title, "up to date");
        return Ok(library);
    }
    let mut step = Step::start(&title);
    let mut cargo: Command = cargo_for(workspace, &tools.compilers, guest, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(&mut step, cargo.args(["--crate-type", "staticlib"]))?;
    files::copy(&guest.output(workspace).join("lib_wasocket.a"), &library)?;
    stamp.set()?;
    step.finish(&files::size_text(library.metadata()?.len()));
    Ok(library)
}
