//! Executables of Debian's packages, unpacked to a folder: nothing of the system changes.

use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

use crate::progress::Step;
use crate::{command, files};

/// Unpacks packages to `root` in the folder, with what they depend on and this system lacks.
pub(super) fn unpack(step: &mut Step, folder: &Path, packages: &[&str]) -> Result<()> {
    let need = || format!("{} not on the PATH, and cannot be had from Debian", packages.join(", "));
    if download(step, folder, packages).is_err() {
        // The lists of packages may be too old, or not there at all.
        let mut update = Command::new("apt-get");
        command::run_quietly(step, update.args(["update", "-q"])).with_context(need)?;
        download(step, folder, packages).with_context(need)?;
    }
    let archives = folder.join("archives");
    for package in files::walk(&archives)? {
        if package.extension().is_some_and(|extension| extension == "deb") {
            let mut unpack = Command::new("dpkg-deb");
            command::run_quietly(step, unpack.arg("-x").arg(package).arg(folder.join("root")))?;
        }
    }
    // They take as much room again.
    files::remove_folder(&archives)
}

/// Fetches packages and what they depend on, without installing any.
fn download(step: &mut Step, folder: &Path, packages: &[&str]) -> Result<()> {
    let archives = folder.join("archives");
    files::create_folder(&archives.join("partial"))?;
    let mut apt = Command::new("apt-get");
    apt.arg("-o").arg(format!("Dir::Cache::archives={}", archives.display())).args(["-o", "APT::Sandbox::User=root"]);
    apt.args(["install", "-q", "-y", "--no-install-recommends", "--download-only"]).args(packages);
    command::run_quietly(step, &mut apt)
}

/// Where this system has its Debian packages from.
pub(crate) fn mirror() -> Result<String> {
    let texts = SOURCES.iter().filter_map(|path| std::fs::read_to_string(path).ok());
    let words: Vec<String> =
        texts.flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
    let found =
        words.into_iter().find(|word| word.starts_with("http") && word.trim_end_matches('/').ends_with("/debian"));
    found.with_context(|| format!("no Debian mirror is named in {}", SOURCES.join(" or ")))
}

const SOURCES: [&str; 2] = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];
