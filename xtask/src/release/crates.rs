//! The crates, as `cargo publish` would upload them.

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{Call, Guest, cargo_for};
use crate::progress::Step;
use crate::setup::Compilers;
use crate::workspace::Workspace;
use crate::{command, files};

/// Packs each crate into `release/crates`.
pub(super) fn build(workspace: &Workspace, release: &Path) -> Result<()> {
    let mut step = Step::start("crates");
    let mut cargo = Command::new("cargo");
    // A change that is not committed yet is no mistake before publishing.
    cargo.args(["package", "--locked", "--no-verify", "--allow-dirty"]).current_dir(workspace.root());
    command::run_quietly(&mut step, cargo.args(CRATES.iter().flat_map(|name| ["--package", name])))?;
    let output = release.join("crates");
    files::remove_folder(&output)?;
    for name in CRATES {
        let archive = archive(name);
        files::copy(&workspace.target().join("package").join(&archive), &output.join(archive))?;
    }
    step.finish(&CRATES.join(", "));
    Ok(())
}

/// Unpacks each crate outside the repository, and compiles it there: what it needs has to be in it.
pub(super) fn check(workspace: &Workspace, compilers: &Compilers, release: &Path) -> Result<()> {
    let outside = tempfile::tempdir()?;
    if outside.path().starts_with(workspace.root()) {
        bail!("{} is inside the repository; TMPDIR should name another place", outside.path().display());
    }
    let profiles = profiles(workspace, outside.path())?;
    for name in CRATES {
        let mut step = Step::start(&format!("crate {name}, unpacked"));
        let mut tar = Command::new("tar");
        tar.arg("-xzf").arg(release.join("crates").join(archive(name))).arg("-C").arg(outside.path());
        command::run_quietly(&mut step, &mut tar)?;
        let folder = outside.path().join(format!("{name}-{VERSION}"));
        for mut cargo in compilations(workspace, compilers, name)? {
            command::run_quietly(&mut step, cargo.arg("--config").arg(&profiles).current_dir(&folder))?;
        }
        step.finish("compiles outside the repository");
    }
    Ok(())
}

/// The workspace's profiles as a file for cargo: what other steps have compiled is not compiled once more.
fn profiles(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let manifest: toml::Table = String::from_utf8(files::read(&workspace.path("Cargo.toml"))?)?.parse()?;
    let profiles = manifest.into_iter().filter(|(name, _)| name == "profile").collect::<toml::Table>();
    let path = folder.join("profiles.toml");
    files::write(&path, profiles.to_string())?;
    Ok(path)
}

/// What compiles a crate in the forms that it has.
fn compilations(workspace: &Workspace, compilers: &Compilers, name: &str) -> Result<Vec<Command>> {
    let native = |profile| {
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--lib", "--locked", "--profile", profile, "--target-dir"]).arg(workspace.target());
        cargo
    };
    let component = |guest| cargo_for(workspace, compilers, guest, Call { verb: "build", flags: &[] });
    Ok(match name {
        "wasocket" => vec![native("dev"), component(Guest::Component)?, component(Guest::ComponentHost)?],
        "wasocket-host" => vec![native("release")],
        "wasocket-tls" => vec![native("dev")],
        other => bail!("nobody has said how to compile {other}"),
    })
}

fn archive(name: &str) -> String {
    format!("{name}-{VERSION}.crate")
}

/// What is published, in an order in which that is possible.
const CRATES: [&str; 3] = ["wasocket-tls", "wasocket", "wasocket-host"];
/// All crates share one version, and xtask has it as well.
const VERSION: &str = env!("CARGO_PKG_VERSION");
