//! What makes modules for Node.js of components: jco and preview2-shim, from npm.

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;

use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// `target/wasocket/node`: a folder with the packages.
pub(crate) fn find_or_install(workspace: &Workspace) -> Result<PathBuf> {
    install(workspace, "node", &PACKAGES)
}

/// `target/wasocket/puppeteer`: a folder with what drives a browser, and no browser.
pub(crate) fn browser_driver(workspace: &Workspace) -> Result<PathBuf> {
    install(workspace, "puppeteer", &["puppeteer-core@24.8.2"])
}

/// The command that makes components of JavaScript.
pub(crate) fn componentize_js(workspace: &Workspace) -> Result<PathBuf> {
    Ok(install(workspace, "componentize-js", &[COMPONENTIZE_JS])?.join("node_modules/.bin/componentize-js"))
}

/// A folder in `target/wasocket` with packages.
fn install(workspace: &Workspace, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = workspace.artefact(name);
    let stamp = Stamp::new(workspace, name, Inputs::new(workspace).text(&packages.join(" ")));
    if stamp.is_current(&[&folder.join("node_modules")]) {
        progress::already("npm packages", "installed");
        return Ok(folder);
    }
    let mut step = Step::start("npm packages");
    files::remove_folder(&folder)?;
    files::write(&folder.join("package.json"), PROGRAM)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"]).args(packages);
    command::run_quietly(&mut step, npm.current_dir(&folder)).context("npm of Node.js 20 or newer is needed")?;
    stamp.set()?;
    step.finish(&packages.join(", "));
    Ok(folder)
}

/// The exact release.
pub(crate) const COMPONENTIZE_JS: &str = "@bytecodealliance/componentize-js@0.23.0";
/// Exact releases. jco's library without its command, which would bring compilers of JavaScript along.
const PACKAGES: [&str; 2] = ["@bytecodealliance/jco-transpile@0.15.0", "@bytecodealliance/preview2-shim@0.26.1"];
const PROGRAM: &str = "{ \"private\": true, \"type\": \"module\" }\n";
