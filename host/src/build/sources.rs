//! Reads the files of a program from the given folders, and from nowhere else.
//!
//! The interpreter lists the files from inside its sandbox, so neither a path nor the file there is trusted: a package may contain
//! a FIFO, or a link to a secret of the user who builds. A folder is opened once, and the files below it by that descriptor, as the
//! interpreter's own files are: the system keeps such a path inside (`openat2(2)`, `RESOLVE_BENEATH`).

#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use cap_primitives::fs::{OpenOptions, OpenOptionsExt};
use rustix::fs::{Mode, OFlags, PROC_SUPER_MAGIC, fstatfs};

use super::layout;
use crate::error::{Error, Result};
use crate::runtime::directory::Directory;

/// How many bytes may be embedded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Of one file.
    pub(super) file: u64,
    /// Of all files together.
    pub(super) all: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 256 << 20, all: layout::LARGEST.into() }
    }
}

/// The folders, open, and what has been read from them so far.
pub(super) struct Sources {
    folders: Vec<Folder>,
    limits: Limits,
    bytes: u64,
}

struct Folder {
    /// Its name for the interpreter.
    guest: PathBuf,
    /// Its name here.
    host: PathBuf,
    root: File,
}

impl Sources {
    /// Opens the folders.
    pub(super) fn open(directories: &[Directory], limits: Limits) -> Result<Self> {
        let mut folders = directories.iter().map(Folder::open).collect::<Result<Vec<_>>>()?;
        // A folder within another is nearer to its files, and so it comes first, as it does for the interpreter.
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.guest.components().count()));
        Ok(Self { folders, limits, bytes: 0 })
    }

    /// The bytes of the file that the interpreter knows by this path.
    pub(super) fn read(&mut self, path: &Path) -> Result<Vec<u8>> {
        let refused = |problem: String| Error::NotEmbedded { path: path.to_owned(), problem };
        let found = self.find(path)?;
        if let Some(kind) = irregular(&found).map_err(Error::file("read", path))? {
            return Err(refused(format!("it is {kind}; only regular files can be, so remove it from its folder")));
        }
        let room = self.limits.all.saturating_sub(self.bytes);
        let most = self.limits.file.min(room);
        let (size, bytes) = read_at_most(&found, most).map_err(Error::file("read", path))?;
        if size > self.limits.file {
            let limit = self.limits.file;
            return Err(refused(format!("it has {size} bytes or more, and one file may have {limit}")));
        }
        let (all, limit) = (self.bytes.saturating_add(size), self.limits.all);
        if all > limit {
            let problem =
                format!("with it the files have {all} bytes or more together, and all of them may have {limit}");
            return Err(refused(problem));
        }
        self.bytes = all;
        Ok(bytes)
    }

    /// Finds a file, which is below one of the folders however links lead there.
    fn find(&self, path: &Path) -> Result<File> {
        let mut leads_out = false;
        for folder in &self.folders {
            let Ok(below) = path.strip_prefix(&folder.guest) else { continue };
            match folder.find(below) {
                Err(error) if is_escape(&error) => leads_out = true,
                found => return found.map_err(Error::file("read", path)),
            }
        }
        if leads_out && let Some(found) = self.find_by_real_name(path) {
            return Ok(found);
        }
        let problem = if leads_out {
            "a link leads from there out of the folders that are embedded; put a copy in the place of the link"
        } else {
            "it is in none of the folders that the interpreter was shown"
        };
        Err(Error::NotEmbedded { path: path.to_owned(), problem: problem.to_owned() })
    }

    /// Finds the file that an absolute link, or one from a folder into another, leads to, if that is below one of the folders.
    ///
    /// The system resolves the links of the path. The result may name another file a moment later, so it is only one more path to
    /// try below the folder's descriptor.
    fn find_by_real_name(&self, path: &Path) -> Option<File> {
        let inside = self.folders.iter().find_map(|folder| {
            let below = path.strip_prefix(&folder.guest).ok()?;
            Some(folder.host.join(below))
        })?;
        let real = fs::canonicalize(inside).ok()?;
        self.folders.iter().find_map(|folder| {
            let below = real.strip_prefix(fs::canonicalize(&folder.host).ok()?).ok()?;
            folder.find(below).ok()
        })
    }
}

impl Folder {
    fn open(directory: &Directory) -> Result<Self> {
        let Directory { host, guest, .. } = directory;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(host, flags, Mode::empty()).map_err(io::Error::from);
        let root = root.map_err(Error::file("open the folder", host))?.into();
        Ok(Self { guest: guest.into(), host: host.clone(), root })
    }

    /// Finds what a path from here names. It is not opened for reading yet, which no driver and no other process notices
    /// therefore (open(2), `O_PATH`).
    fn find(&self, path: &Path) -> io::Result<File> {
        cap_primitives::fs::open(&self.root, path, OpenOptions::new().read(true).custom_flags(libc::O_PATH))
    }
}

/// Reads a regular file, unless it is larger than this: then its size is at least the one that comes back.
fn read_at_most(found: &File, most: u64) -> io::Result<(u64, Vec<u8>)> {
    let size = found.metadata()?.len();
    if size > most {
        return Ok((size, Vec::new()));
    }
    let mut bytes = Vec::new();
    // What it says of its size is no promise: it may grow, and some file systems say 0.
    let size = open(found)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((u64::try_from(size).unwrap_or(u64::MAX), bytes))
}

/// Opens for reading what was found: this very file, wherever its name leads by now. Opening does not wait, as a regular file's
/// never does.
fn open(found: &File) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let path = format!("/proc/self/fd/{}", found.as_raw_fd());
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

/// Whether a path leads out of the folder that it was opened in. An error of the system has a number, also for permissions.
fn is_escape(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

/// What was found, if it is no regular file. Those of a procfs only look like some.
fn irregular(found: &File) -> io::Result<Option<&'static str>> {
    let kind = found.metadata()?.file_type();
    Ok(if kind.is_dir() {
        Some("a folder, behind a link that the interpreter cannot follow")
    } else if kind.is_fifo() {
        Some("a FIFO")
    } else if kind.is_socket() {
        Some("a socket")
    } else if !kind.is_file() {
        Some("a device")
    } else {
        // The folders were looked at by their names, which may lead elsewhere by now.
        let is_procfs = fstatfs(found)?.f_type == PROC_SUPER_MAGIC;
        is_procfs.then_some("a file of a procfs")
    })
}
