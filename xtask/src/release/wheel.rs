//! The Python package as a wheel that componentize-py finds by itself.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::progress::{self, Step};
use crate::setup::python;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// Builds the wheel around the extension, in a folder of its own, and yields its path.
pub(crate) fn build(workspace: &Workspace, extension: &Path) -> Result<PathBuf> {
    let output = workspace.artefact("release/python");
    let sources = Inputs::new(workspace).files("python/wasocket")?.files("packaging/wheel")?.files("LICENSE")?;
    let stamp = Stamp::new(workspace, "wheel", sources.files("xtask/src/release/wheel.rs")?.file(extension)?);
    if stamp.is_current(&[&output]) {
        progress::already("wheel", "up to date");
        return only_wheel(&output);
    }
    let mut step = Step::start("wheel");
    let folder = lay_out(workspace, extension)?;
    files::remove_folder(&output)?;
    let mut pip = Command::new(python::environment(workspace)?.join("bin/python"));
    pip.args(["-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir"]);
    // pip's builds are archives with dates in them; the same sources are to give the same bytes.
    pip.arg(&output).arg(&folder).env("SOURCE_DATE_EPOCH", EPOCH);
    command::run_quietly(&mut step, &mut pip)
        .context("pip cannot build the wheel; is there a network for hatchling?")?;
    let wheel = only_wheel(&output)?;
    stamp.set()?;
    step.finish(&format!("{}, {}", wheel.display(), files::size_text(wheel.metadata()?.len())));
    Ok(wheel)
}

/// The package with its description for pip, its WIT for componentize-py, and the extension beside it.
fn lay_out(workspace: &Workspace, extension: &Path) -> Result<PathBuf> {
    let folder = workspace.artefact("wheel");
    files::remove_folder(&folder)?;
    files::copy_folder(&workspace.path("python/wasocket"), &folder.join("wasocket"))?;
    let own = workspace.path("packaging/wheel");
    for name in ["pyproject.toml", "README.md"] {
        files::copy(&own.join(name), &folder.join(name))?;
    }
    for name in ["componentize-py.toml", "py.typed"] {
        files::copy(&own.join(name), &folder.join("wasocket").join(name))?;
    }
    files::copy_folder(&own.join("wit"), &folder.join("wasocket/wit"))?;
    files::copy(&workspace.path("LICENSE"), &folder.join("LICENSE"))?;
    files::copy(extension, &folder.join(extension.file_name().context("the extension has no name")?))?;
    Ok(folder)
}

fn only_wheel(folder: &Path) -> Result<PathBuf> {
    match &files::walk(folder)?[..] {
        [wheel] if wheel.extension().is_some_and(|extension| extension == "whl") => Ok(wheel.clone()),
        found => bail!("{} should hold one wheel, but holds {} files", folder.display(), found.len()),
    }
}

/// The first moment that a ZIP archive can name, as `SOURCE_DATE_EPOCH`.
const EPOCH: &str = "315532800";
