//! wasmtime-py: a component in a Python program, with WASI from wasmtime and with the interface `host` in Python.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

use crate::progress::Step;
use crate::server::{PAGE, Server};
use crate::setup::python;
use crate::workspace::Workspace;
use crate::{command, files};

/// The command that runs a component in the example.
pub(super) fn run(workspace: &Workspace, library: &Path, component: &Path) -> Result<Command> {
    let mut python = Command::new(python::interpreter()?);
    python.arg("-B").arg(workspace.path(EXAMPLE).join("run.py")).arg(component).env("PYTHONPATH", library);
    Ok(python)
}

/// An application in Python, inside a Python program: it fetches a page from a real server, and then from a closed port.
pub(super) fn check_application(step: &mut Step, workspace: &Workspace, library: &Path, wasocket: &Path) -> Result<()> {
    let folder = workspace.artefact("wasmtime-py-test");
    files::create_folder(&folder)?;
    let application = folder.join("fetch.wasm");
    let mut build = Command::new(wasocket);
    build.args(["build", "--backend", "host"]).arg(workspace.path("examples/fetch.py"));
    command::run_quietly(step, build.arg("-o").arg(&application))?;
    let server = Server::start()?;
    let url = server.url();
    let fetch = || {
        let output = run(workspace, library, &application)?.arg(&url).output().context("cannot start Python")?;
        let [printed, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        anyhow::Ok((output.status.code(), printed, errors))
    };
    let (status, printed, errors) = fetch()?;
    if status != Some(0) || !printed.contains(PAGE) {
        bail!("the page was to be printed, not {printed:?}\n{errors}");
    }
    drop(server);
    let (status, _, errors) = fetch()?;
    if status == Some(0) || !errors.contains("ConnectionRefusedError: [Errno ") {
        bail!("a refused connection was to be an exception of the application, not {errors:?}");
    }
    files::remove_folder(&folder)
}

/// Whatever Python lacks, the host refuses, or fails unexpectedly there is an error for the guest, and never a trap.
pub(super) fn check_errors(step: &mut Step, workspace: &Workspace, library: &Path, component: &Path) -> Result<()> {
    let example = workspace.path(EXAMPLE);
    let path = std::env::join_paths([library, &example]).context("the path of the repository has a colon")?;
    let python = || {
        let mut python = Command::new(python::interpreter()?);
        python.args(["-B", "-W", "error"]).env("PYTHONPATH", &path);
        anyhow::Ok(python)
    };
    command::run_quietly(step, python()?.arg(workspace.path("tests/hosts/test_wasmtime_py.py")))?;
    let mut lacking = python()?;
    lacking.args(["-c", LACKING]).arg(example.join("run.py")).arg(component);
    let output = lacking.output().context("cannot start Python")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    for line in
        ["tcp echo: ok\n", "pairs: pair: Error::Other(OtherError { name: None, text: \"TypeError", "\ndraining: "]
    {
        if !printed.contains(line) {
            bail!("{line:?} was to be printed, not\n{printed}{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    Ok(())
}

const EXAMPLE: &str = "examples/wasmtime-py";

/// Runs a program in a Python whose `socketpair` cannot be called.
const LACKING: &str = "import runpy, socket, sys
socket.socketpair = None
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name='__main__')
";
