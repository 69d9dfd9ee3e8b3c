//! The source archives of packages.

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;

use crate::command::run_quietly;
use crate::files;
use crate::progress::Step;
use crate::setup::python;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// The folder of a release's source archive, `target/packages/sources/NAME/…`.
pub(crate) fn unpacked(workspace: &Workspace, name: &str, release: &str) -> Result<PathBuf> {
    let folder = workspace.target().join("packages/sources").join(name);
    let stamp = Stamp::new(workspace, &format!("source-of-{name}"), Inputs::new(workspace).text(release));
    if !stamp.is_current(&[&folder]) {
        let mut step = Step::start(&format!("source of {release}"));
        files::remove_folder(&folder)?;
        files::create_folder(&folder)?;
        let python = python::environment(workspace)?.join("bin/python");
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--no-binary",
            ":all:",
        ]);
        run_quietly(&mut step, pip.arg("--dest").arg(&folder).arg(release))?;
        let archive = files::walk(&folder)?.into_iter().next().with_context(|| format!("{release} has no archive"))?;
        run_quietly(&mut step, Command::new(&python).args(["-m", "tarfile", "-e"]).arg(&archive).arg(&folder))?;
        std::fs::remove_file(archive)?;
        stamp.set()?;
        step.finish("");
    }
    let mut entries = std::fs::read_dir(&folder)?;
    Ok(entries.next().with_context(|| format!("{} is empty", folder.display()))??.path())
}
