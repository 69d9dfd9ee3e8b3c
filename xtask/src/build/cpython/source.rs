//! CPython's source, as upstream packs it.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

use crate::files;
use crate::progress::{self, Step};
use crate::setup::{debian, download};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// A newer patch release is these two lines: the SHA-256 is that of `Python-VERSION.tar.xz`.
const VERSION: &str = "3.14.7";
const SHA256: &str = "3b48dac8fb59f62eaa67ac83c1eb12bda1b7a08406dd286e252c11a66be27f81";

/// Names a source archive to use instead, or a folder that one was unpacked to: of another release, or where the network has none.
pub(crate) const VARIABLE: &str = "WASOCKET_CPYTHON";

/// An unpacked source.
pub(crate) struct Source {
    pub(crate) folder: PathBuf,
    /// What changes when the source does.
    pub(crate) identity: String,
    /// Its release, such as `3.14.7`.
    pub(crate) version: String,
}

/// The source that a user named, or upstream's.
pub(crate) fn find_or_fetch(workspace: &Workspace) -> Result<Source> {
    match std::env::var_os(VARIABLE).map(PathBuf::from) {
        Some(folder) if folder.is_dir() => named(folder),
        Some(archive) => {
            let size = archive.metadata().with_context(|| format!("{VARIABLE} names {}", archive.display()))?.len();
            unpacked(workspace, &format!("{} of {size} bytes", archive.display()), |_| Ok(archive.clone()))
        }
        None => unpacked(workspace, SHA256, |step| fetched(workspace, step)),
    }
}

fn named(folder: PathBuf) -> Result<Source> {
    let folder = folder.canonicalize()?;
    let version = version_in(&folder)?;
    Ok(Source { identity: format!("{}", folder.display()), folder, version })
}

/// Unpacks what `archive` gives, unless it was unpacked before.
fn unpacked(
    workspace: &Workspace,
    identity: &str,
    archive: impl FnOnce(&mut Step) -> Result<PathBuf>,
) -> Result<Source> {
    let place = workspace.artefact("cpython/source");
    let stamp = Stamp::new(workspace, "cpython-source", Inputs::new(workspace).text(identity));
    let marker = place.join("marker");
    if !stamp.is_current(&[&marker]) {
        let mut step = Step::start("CPython's source");
        let archive = archive(&mut step)?;
        download::unpack(&mut step, &archive, &place)?;
        files::write(&marker, "")?;
        stamp.set()?;
        step.finish(&archive.file_name().unwrap_or_default().to_string_lossy());
    }
    let folder = only_folder(&place)?;
    let version = version_in(&folder)?;
    progress::already("CPython's source", &version);
    Ok(Source { folder, identity: identity.to_owned(), version })
}

fn fetched(workspace: &Workspace, step: &mut Step) -> Result<PathBuf> {
    let archive = workspace.artefact(&format!("cpython/Python-{VERSION}.tar.xz"));
    if download::check(&archive, SHA256).is_err() {
        download::fetch(step, &addresses(), SHA256, &archive).with_context(|| {
            format!(
                "CPython's source is needed; {VARIABLE} may name Python-{VERSION}.tar.xz, or the folder it unpacks to"
            )
        })?;
    }
    Ok(archive)
}

/// Upstream's own, and Debian's copy of the same file.
fn addresses() -> Vec<String> {
    let debian = debian::mirror().unwrap_or_else(|_| "https://deb.debian.org/debian".to_owned());
    vec![
        format!("https://www.python.org/ftp/python/{VERSION}/Python-{VERSION}.tar.xz"),
        format!("{debian}/pool/main/p/python3.14/python3.14_{VERSION}.orig.tar.xz"),
    ]
}

fn only_folder(place: &Path) -> Result<PathBuf> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(place).with_context(|| format!("cannot list {}", place.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    match <[PathBuf; 1]>::try_from(folders) {
        Ok([folder]) => Ok(folder),
        Err(folders) => bail!("a source archive holds one folder, but this one holds {}", folders.len()),
    }
}

/// The release in a folder. The interface of extensions differs between minor versions.
fn version_in(folder: &Path) -> Result<String> {
    let header = folder.join("Include/patchlevel.h");
    let text =
        std::fs::read_to_string(&header).with_context(|| format!("{} is no source of CPython", folder.display()))?;
    let version = text.lines().find_map(|line| line.strip_prefix("#define PY_VERSION")).unwrap_or_default();
    let version = version.trim().trim_matches('"');
    if !version.starts_with("3.14.") {
        bail!("{} is CPython {version:?}, but 3.14 is needed", folder.display());
    }
    Ok(version.to_owned())
}
