//! `cargo xtask release`: what others install, in `target/wasocket/release`, with checksums. Nothing is published.

mod contract;
mod crates;
mod materials;
pub(crate) mod npm;
pub(crate) mod wheel;

use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::setup::Tools;
use crate::workspace::Workspace;
use crate::{build, command, files, progress, setup};

/// Makes the crates, the wheel, the npm package, the contract and the component, lists what they are made from, and sums
/// all up in `SHA256SUMS`.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    make(workspace, &setup::run(workspace)?).map(drop)
}

/// The step of `cargo xtask test`: all is there, whole, and enough to build from.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let tools = setup::run(workspace)?;
    let folder = make(workspace, &tools)?;
    let found = files::walk(&folder)?;
    for (place, ending, count) in CONTENTS {
        let is_one = |path: &&PathBuf| path.starts_with(folder.join(place)) && path.to_string_lossy().ends_with(ending);
        let files = found.iter().filter(is_one).count();
        ensure!(files == count, "{place} should have {count} files that end in {ending}, and has {files}");
    }
    // By another program than the one that wrote them.
    let sums = command::text_of(Command::new("sha256sum").args(["--check", "--strict", SUMS]).current_dir(&folder));
    let whole = sums.is_some_and(|text| text.lines().filter(|line| line.ends_with(": OK")).count() == found.len() - 1);
    ensure!(whole, "sha256sum finds other files than {SUMS} has");
    materials::check(workspace, &tools.compilers, &folder)?;
    crates::check(workspace, &tools.compilers, &folder)
}

fn make(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    let components = build::components(workspace, tools)?;
    let folder = workspace.artefact("release");
    for component in &components {
        contract::component(component, &folder)?;
    }
    contract::package(workspace, &folder)?;
    wheel::build(workspace, &build::portable_extension(workspace, tools)?)?;
    let [portable, _] = &components;
    npm::build(workspace, portable)?;
    crates::build(workspace, &folder)?;
    materials::build(workspace, &tools.compilers, &folder)?;
    sum_up(&folder)?;
    Ok(folder)
}

fn sum_up(folder: &Path) -> Result<()> {
    let sums = folder.join(SUMS);
    let mut text = String::new();
    for file in files::walk(folder)?.into_iter().filter(|file| *file != sums) {
        text.push_str(&format!("{}  {}\n", files::sha256(&file)?, file.strip_prefix(folder)?.display()));
    }
    files::write(&sums, text)?;
    progress::already("release", &sums.display().to_string());
    Ok(())
}

const SUMS: &str = "SHA256SUMS";
/// How many files with which ending each folder has.
const CONTENTS: [(&str, &str, usize); 6] = [
    ("licenses", ".txt", 9),
    ("crates", ".crate", 3),
    ("python", ".whl", 1),
    ("npm", ".tgz", 1),
    ("component", ".wasm", 2),
    ("wit", ".wasm", 1),
];
