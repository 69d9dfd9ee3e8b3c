//! The wheel as a user has it: `pip install`, stock componentize-py, plain wasmtime, a real server.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::progress::{self, Step};
use crate::release;
use crate::server::{PAGE, Server};
use crate::setup::{Tools, python};
use crate::workspace::Workspace;
use crate::{command, files};

/// Installs the wheel, and makes components of two applications that fetch a page with it.
pub(crate) fn check(workspace: &Workspace, tools: &Tools, extension: &Path) -> Result<()> {
    let wheel = release::wheel::build(workspace, extension)?;
    let mut step = Step::start("wheel, installed and used");
    let folder = workspace.artefact("wheel-test");
    files::remove_folder(&folder)?;
    let componentize_py = python::componentize_py(workspace)?;
    let user = User {
        workspace,
        componentize_py: &componentize_py,
        wasmtime: &tools.wasmtime,
        folder: &folder,
        environment: folder.join("venv"),
    };
    user.install(&mut step, &wheel)?;
    let server = Server::start()?;
    user.command(&mut step)?;
    user.expect_page("command.wasm", &server)?;
    user.with_own_wit(&mut step)?;
    user.expect_page("own.wasm", &server)?;
    step.finish("a command, and an application with WIT of its own");
    progress::already("wheel", "its components fetch a page under plain wasmtime");
    files::remove_folder(&folder)
}

/// A user with an environment of their own.
struct User<'task> {
    workspace: &'task Workspace,
    componentize_py: &'task Path,
    wasmtime: &'task Path,
    folder: &'task Path,
    environment: PathBuf,
}

impl User<'_> {
    fn install(&self, step: &mut Step, wheel: &Path) -> Result<()> {
        let mut venv = Command::new(python::interpreter()?);
        command::run_quietly(step, venv.args(["-m", "venv", "--without-pip"]).arg(&self.environment))?;
        let mut pip = Command::new(python::environment(self.workspace)?.join("bin/python"));
        pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "--python"]);
        pip.arg(self.environment.join("bin/python")).args(["install", "--no-index"]).arg(wheel);
        command::run_quietly(step, &mut pip)
    }

    /// The example, without any WIT.
    fn command(&self, step: &mut Step) -> Result<()> {
        let folder = self.folder.join("command");
        files::copy(&self.workspace.path(APP), &folder.join("app.py"))?;
        self.componentize(step, &folder, "command.wasm", &[])
    }

    /// The same with a world of its own, and WASI's packages in the version that our own WIT has.
    fn with_own_wit(&self, step: &mut Step) -> Result<()> {
        let folder = self.folder.join("own");
        files::copy(&self.workspace.path(APP), &folder.join("app.py"))?;
        files::write(&folder.join("wit/app.wit"), OWN_WIT)?;
        files::copy_folder(&self.workspace.path("wit/deps"), &folder.join("wit/deps"))?;
        self.componentize(step, &folder, "own.wasm", &["-d", "wit", "-w", "my:app/app"])
    }

    fn componentize(&self, step: &mut Step, folder: &Path, name: &str, world: &[&str]) -> Result<()> {
        let mut componentize = Command::new(self.componentize_py);
        componentize.args(world).args(["componentize", "app", "-o"]).arg(self.folder.join(name));
        // An active environment is where componentize-py looks for packages.
        componentize.current_dir(folder).env("VIRTUAL_ENV", &self.environment);
        command::run_quietly(step, &mut componentize)
    }

    fn expect_page(&self, name: &str, server: &Server) -> Result<()> {
        let mut wasmtime = Command::new(self.wasmtime);
        wasmtime.args(["run", "-S", "inherit-network", "-S", "allow-ip-name-lookup"]);
        let output =
            wasmtime.arg(self.folder.join(name)).arg(server.url()).output().context("cannot start wasmtime")?;
        let printed = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() || printed.trim_end() != format!("200 {PAGE}") {
            let errors = String::from_utf8_lossy(&output.stderr);
            bail!("{name} should have printed the page, but printed {printed:?}\n{errors}");
        }
        Ok(())
    }
}

const APP: &str = "examples/componentize-py/app.py";
const OWN_WIT: &str = "package my:app;
world app {
  import wasi:cli/environment@0.2.12;
  import wasi:sockets/tcp@0.2.12;
  export wasi:cli/run@0.2.12;
}
";
