//! A private virtual environment with componentize-py.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The exact release: the extension is linked against its CPython.
pub(crate) const COMPONENTIZE_PY: &str = "componentize-py==0.25.1";

/// The `componentize-py` command, installed if need be.
pub(crate) fn componentize_py(workspace: &Workspace) -> Result<PathBuf> {
    let tool = environment(workspace)?.join("bin/componentize-py");
    let stamp = Stamp::new(workspace, "componentize-py", Inputs::new(workspace).text(COMPONENTIZE_PY));
    if stamp.is_current(&[&tool]) {
        progress::already(COMPONENTIZE_PY, "installed");
        return Ok(tool);
    }
    let mut step = Step::start(COMPONENTIZE_PY);
    install(workspace, &mut step, &[COMPONENTIZE_PY])?;
    stamp.set()?;
    step.finish("");
    Ok(tool)
}

/// The private virtual environment, whose pip installs everything.
pub(crate) fn environment(workspace: &Workspace) -> Result<PathBuf> {
    virtual_environment(workspace, "venv", None, &[])
}

/// A native CPython without any packages, not even those that are installed on this machine.
pub(crate) fn bare(workspace: &Workspace, python: &Path) -> Result<PathBuf> {
    Ok(virtual_environment(workspace, "bare-python", Some(python), &["--without-pip"])?.join("bin/python"))
}

/// A virtual environment of this Python, or of any that is new enough.
fn virtual_environment(workspace: &Workspace, name: &str, python: Option<&Path>, options: &[&str]) -> Result<PathBuf> {
    let venv = workspace.artefact(name);
    // Scripts in a virtual environment name its place.
    let inputs =
        Inputs::new(workspace).text(&venv.to_string_lossy()).text(&python.unwrap_or(Path::new("")).to_string_lossy());
    let stamp = Stamp::new(workspace, name, inputs);
    if !stamp.is_current(&[&venv.join("bin/python")]) {
        let mut step = Step::start(&format!("virtual environment {name}"));
        let python = python.map_or_else(interpreter, |python| Ok(python.to_owned()))?;
        files::remove_folder(&venv)?;
        let mut create = Command::new(&python);
        create.args(["-m", "venv"]).args(options).arg(&venv);
        command::run_quietly(&mut step, &mut create).with_context(|| {
            format!("{} cannot create a virtual environment; Debian's package is python3-venv", python.display())
        })?;
        stamp.set()?;
        step.finish("");
    }
    Ok(venv)
}

/// A folder with wasmtime-py in it.
pub(crate) fn wasmtime_py(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.artefact("wasmtime-py");
    let stamp = Stamp::new(workspace, "wasmtime-py", Inputs::new(workspace).text(WASMTIME_PY));
    if stamp.is_current(&[&folder.join("wasmtime")]) {
        progress::already(WASMTIME_PY, "installed");
        return Ok(folder);
    }
    let mut step = Step::start(WASMTIME_PY);
    files::remove_folder(&folder)?;
    let place = folder.to_string_lossy().into_owned();
    install(workspace, &mut step, &["--no-deps", "--target", &place, WASMTIME_PY])?;
    stamp.set()?;
    step.finish("");
    Ok(folder)
}

/// Installs packages from the Python package index with the private environment's pip.
pub(crate) fn install(workspace: &Workspace, step: &mut Step, arguments: &[&str]) -> Result<()> {
    let mut pip = Command::new(environment(workspace)?.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(arguments);
    command::run_quietly(step, &mut pip)
        .with_context(|| format!("cannot install {} with pip; is there a network?", arguments.join(" ")))
}

/// Any Python new enough for componentize-py and for the programs of this repository.
pub(crate) fn interpreter() -> Result<PathBuf> {
    let found = CANDIDATES.iter().find(|name| is_new_enough(name));
    found.map(PathBuf::from).context("Python 3.10 or newer is needed and was not found as `python3`; please install it")
}

fn is_new_enough(name: &str) -> bool {
    let mut python = Command::new(name);
    python.args(["-c", "import sys; print(sys.version_info >= (3, 10))"]);
    command::text_of(&mut python).is_some_and(|answer| answer == "True")
}

const WASMTIME_PY: &str = "wasmtime==50.0.1";

const CANDIDATES: [&str; 7] =
    ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
