//! `cargo xtask release`: what others install, in `target/wasocket/release`, with checksums. Nothing is published.

pub(crate) mod npm;
pub(crate) mod wheel;

use anyhow::Result;
use sha2::{Digest, Sha256};

use crate::workspace::Workspace;
use crate::{build, files, progress, setup};

/// Makes the wheel and the npm package, puts the component beside them, and sums all up in `SHA256SUMS`.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let tools = setup::run(workspace)?;
    let probes = build::probes(workspace, &tools)?;
    let folder = workspace.artefact("release");
    files::copy(&probes.component, &folder.join("component/wasocket.wasm"))?;
    wheel::build(workspace, &build::portable_extension(workspace, &tools)?)?;
    npm::build(workspace, &probes.component)?;
    let sums = folder.join("SHA256SUMS");
    let mut text = String::new();
    for file in files::walk(&folder)?.into_iter().filter(|file| *file != sums) {
        let hash: String = Sha256::digest(files::read(&file)?).iter().map(|byte| format!("{byte:02x}")).collect();
        text.push_str(&format!("{hash}  {}\n", file.strip_prefix(&folder)?.display()));
    }
    files::write(&sums, text)?;
    progress::already("release", &sums.display().to_string());
    Ok(())
}
