//! Node.js: the npm package as a program imports it, and a command as a module.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

use crate::command;
use crate::files;
use crate::progress::Step;
use crate::release::npm::{self, Transpiled};
use crate::server::{PAGE, Server};
use crate::setup::node;
use crate::workspace::Workspace;

/// Installs the package and runs the example against a real server, and against a closed port.
pub(crate) fn check(workspace: &Workspace, component: &Path) -> Result<()> {
    let archive = npm::build(workspace, component)?;
    let folder = node::find_or_install(workspace)?;
    let mut step = Step::start("examples/node");
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--no-save", "--offline"]).arg(&archive);
    command::run_quietly(&mut step, install.current_dir(&folder))?;
    files::copy(&workspace.path("examples/node/fetch.mjs"), &folder.join("fetch.mjs"))?;
    let server = Server::start()?;
    let address = server.address();
    let (host, port) = address.rsplit_once(':').context("the server has no port")?;
    let fetch = || {
        let mut node = Command::new("node");
        node.args(["fetch.mjs", host, port]).current_dir(&folder);
        node.output().context("cannot start node")
    };
    let output = fetch()?;
    let printed = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    if !output.status.success() || printed != format!("200 {PAGE}") {
        bail!("the page was to be printed, not {printed:?}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    drop(server);
    let output = fetch()?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() != Some(1) || !errors.contains("connection-refused") {
        bail!("a refused connection was to be an error of the contract, not {errors:?}");
    }
    step.finish("it fetches a page, and is refused with the contract's error");
    Ok(())
}

/// The command that runs a component as a module.
pub(crate) fn command(step: &mut Step, workspace: &Workspace, component: &Path) -> Result<Command> {
    let folder = node::find_or_install(workspace)?;
    let module = folder.join("probe");
    npm::transpile(step, workspace, &folder, Transpiled { component, name: "probe", folder: &module })?;
    files::write(&folder.join("probe.mjs"), PROBE)?;
    let mut node = Command::new("node");
    node.arg("probe.mjs").current_dir(&folder);
    Ok(node)
}

const PROBE: &str = "import { run } from './probe/probe.js';
try { run.run(); } catch { process.exit(1); }
process.exit(0);
";
