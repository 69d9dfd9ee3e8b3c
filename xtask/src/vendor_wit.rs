//! `cargo xtask vendor-wit`: WASI's WIT, byte for byte as the wasmtime-wasi crate ships it.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::Workspace;
use crate::{command, files, progress};

/// Copies the files, or with `check` compares them.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<()> {
    let source = source(workspace)?;
    for folder in FOLDERS {
        let folder = workspace.path(folder);
        // The second folder exists only where the runner's WIT is a package tree of its own.
        if folder.parent().is_some_and(Path::is_dir) {
            for package in PACKAGES {
                vendor(&source.join(package), &folder.join(package), check)?;
            }
        }
    }
    progress::already("vendor-wit", if check { "wit/deps equals the crate's" } else { "wit/deps written" });
    Ok(())
}

fn vendor(from: &Path, to: &Path, check: bool) -> Result<()> {
    let wanted = files::read(from)?;
    if !check {
        return files::write(to, wanted);
    }
    if std::fs::read(to).ok() != Some(wanted) {
        bail!("{} differs from the wasmtime-wasi crate's; run `cargo xtask vendor-wit`", to.display());
    }
    Ok(())
}

/// The folder of WASI 0.2's packages in the source of the locked wasmtime-wasi.
fn source(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--locked"]).current_dir(workspace.root());
    let text = command::text_of(&mut cargo).context("`cargo metadata --locked` failed; run it to see why")?;
    let metadata: Value = serde_json::from_str(&text).context("`cargo metadata` did not print JSON")?;
    let manifest = manifest_path(&metadata, "wasmtime-wasi")
        .context("Cargo.lock has no wasmtime-wasi, whose WIT wit/deps is copied from")?;
    Ok(Path::new(manifest).with_file_name("src").join("p2/wit/deps"))
}

fn manifest_path<'metadata>(metadata: &'metadata Value, name: &str) -> Option<&'metadata str> {
    let packages = metadata.get("packages")?.as_array()?;
    packages.iter().find(|package| package["name"] == name)?["manifest_path"].as_str()
}

/// Where the copies live.
const FOLDERS: [&str; 2] = ["wit/deps", "wit/runner/deps"];
/// One file per package of WASI 0.2.
const PACKAGES: [&str; 6] = ["cli.wit", "clocks.wit", "filesystem.wit", "io.wit", "random.wit", "sockets.wit"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_found() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (from, to) = (folder.path().join("from.wit"), folder.path().join("deps/to.wit"));
        files::write(&from, "package a:b;")?;
        assert!(vendor(&from, &to, true).is_err());
        vendor(&from, &to, false)?;
        vendor(&from, &to, true)?;
        files::write(&to, "package a:c;")?;
        assert!(vendor(&from, &to, true).is_err());
        Ok(())
    }
}
