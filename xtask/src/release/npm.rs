//! The npm package: the component, transpiled, with its types.

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::progress::Step;
use crate::setup::node;
use crate::workspace::Workspace;
use crate::{command, files};

/// Lays the package out, packs it, and yields the archive.
pub(crate) fn build(workspace: &Workspace, component: &Path) -> Result<PathBuf> {
    let node = node::find_or_install(workspace)?;
    let mut step = Step::start("npm package");
    let folder = workspace.artefact("npm");
    files::remove_folder(&folder)?;
    transpile(&mut step, workspace, &node, Transpiled { component, name: "wasocket", folder: &folder })?;
    for name in ["package.json", "README.md"] {
        files::copy(&workspace.path("npm").join(name), &folder.join(name))?;
    }
    files::copy(&workspace.path("LICENSE"), &folder.join("LICENSE"))?;
    let output = workspace.artefact("release/npm");
    files::remove_folder(&output)?;
    files::create_folder(&output)?;
    let mut npm = Command::new("npm");
    npm.args(["pack", "--pack-destination"]).arg(&output).current_dir(&folder);
    command::run_quietly(&mut step, &mut npm)?;
    let [archive] = &files::walk(&output)?[..] else { bail!("npm pack should have left one archive") };
    step.finish(&format!("{}, {}", archive.display(), files::size_text(archive.metadata()?.len())));
    Ok(archive.clone())
}

/// A component, and where its module goes.
pub(crate) struct Transpiled<'paths> {
    pub(crate) component: &'paths Path,
    pub(crate) name: &'paths str,
    pub(crate) folder: &'paths Path,
}

/// Makes a module of a component with jco, in the folder that has it.
pub(crate) fn transpile(step: &mut Step, workspace: &Workspace, node: &Path, what: Transpiled<'_>) -> Result<()> {
    // Node.js looks for packages beside the program.
    let script = node.join("transpile.mjs");
    files::copy(&workspace.path("npm/transpile.mjs"), &script)?;
    let mut transpile = Command::new("node");
    transpile.arg(&script).arg(what.component).arg(what.name).arg(what.folder);
    command::run_quietly(step, transpile.current_dir(node))
}
