//! The folder of the cache, which nobody else can change: opened once, checked, and used by its descriptor alone.
//!
//! A path is not safe for code that is run: a user who can write to a folder on the path can redirect it between a check and its
//! use. So the path is walked from `/`, one descriptor after the other, and only root and we may be able to change each folder on it,
//! as with `StrictModes` of sshd_config(5). Links are not followed. The files in the folder are opened below its descriptor.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::hexadecimal;

/// The folder, open.
#[derive(Debug)]
pub(super) struct Folder {
    directory: OwnedFd,
}

/// What others must not be able to do with a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Others {
    /// They may read it.
    MayRead,
    /// They must not even read it.
    MayNothing,
}

impl Folder {
    /// Opens the folder, and makes it, for us alone, where it is missing.
    ///
    /// # Errors
    ///
    /// It is not ours alone: then nothing in it was read, and nothing was changed.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        let mut place = PathBuf::new();
        let mut parts = path.components().peekable();
        let mut here = rustix::fs::open("/", FOLLOWED, Mode::empty())?;
        while let Some(part) = parts.next() {
            place.push(part);
            here = match part {
                Component::RootDir | Component::CurDir | Component::Prefix(_) => here,
                Component::Normal(name) => open_or_make(&here, name)?,
                Component::ParentDir => rustix::fs::openat(&here, "..", FOLLOWED, Mode::empty())?,
            };
            let role = if parts.peek().is_none() { Role::Cache } else { Role::OnTheWay };
            check(&rustix::fs::fstat(&here)?, role, &place)?;
        }
        // So far it was only for walking on.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { directory: rustix::fs::openat(&here, ".", flags, Mode::empty())? })
    }

    /// Opens a regular file that is ours, that has this name only, and that nobody else can change.
    pub(super) fn file(&self, name: &str, others: Others) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.directory, name, flags, Mode::empty())?;
        let stat = rustix::fs::fstat(&file)?;
        let forbidden = match others {
            Others::MayRead => WRITABLE,
            Others::MayNothing => Mode::RWXG | Mode::RWXO,
        };
        let is_ours = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
            && stat.st_uid == rustix::process::geteuid().as_raw()
            && !Mode::from_raw_mode(stat.st_mode).intersects(forbidden)
            && stat.st_nlink == 1;
        if is_ours { Ok(file.into()) } else { Err(Errno::ACCESS.into()) }
    }

    /// The bytes of such a file, if it has exactly as many.
    pub(super) fn read<const SIZE: usize>(&self, name: &str, others: Others) -> io::Result<[u8; SIZE]> {
        let mut bytes = Vec::with_capacity(SIZE);
        let most = u64::try_from(SIZE).unwrap_or(u64::MAX).saturating_add(1);
        self.file(name, others)?.take(most).read_to_end(&mut bytes)?;
        bytes.try_into().map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// Writes a file, whole or not at all, in the place of what has its name.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut number = [0; 8];
        getrandom::fill(&mut number)?;
        let temporary = format!("{}.new", hexadecimal(&number));
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::openat(&self.directory, &temporary, flags, Mode::RUSR | Mode::WUSR)?);
        let written = file.write_all(bytes).and_then(|()| {
            // A file system of the network may settle its times only now.
            file.sync_all()?;
            Ok(rustix::fs::renameat(&self.directory, &temporary, &self.directory, name)?)
        });
        if written.is_err() {
            self.remove(&temporary);
        }
        written
    }

    /// Removes a file. Failing to costs space, nothing else.
    pub(super) fn remove(&self, name: &str) {
        let _ = rustix::fs::unlinkat(&self.directory, name, AtFlags::empty());
    }

    /// The stems of the files with this extension, the one that was changed last at the end. What cannot be listed is not.
    pub(super) fn stems(&self, extension: &str) -> Vec<String> {
        let Ok(entries) = Dir::read_from(&self.directory) else { return Vec::new() };
        let dated = |name: &str| {
            let stem = name.strip_suffix(extension)?.strip_suffix('.')?.to_owned();
            let stat = rustix::fs::statat(&self.directory, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
            Some(((stat.st_mtime, stat.st_mtime_nsec), stem))
        };
        let mut stems: Vec<_> = entries.filter_map(|entry| dated(entry.ok()?.file_name().to_str().ok()?)).collect();
        stems.sort();
        stems.into_iter().map(|(_, stem)| stem).collect()
    }
}

/// What a folder on the way, or at its end, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    OnTheWay,
    Cache,
}

/// Opens what has this name, without following it if it is a link. What is missing becomes a folder of ours.
fn open_or_make(folder: &OwnedFd, name: &OsStr) -> io::Result<OwnedFd> {
    let open = || rustix::fs::openat(folder, name, FOLLOWED, Mode::empty());
    match open() {
        Err(Errno::NOENT) => {}
        opened => return Ok(opened?),
    }
    match rustix::fs::mkdirat(folder, name, Mode::RWXU) {
        // Another process may have created it first; it is checked like any other folder.
        Ok(()) | Err(Errno::EXIST) => Ok(open()?),
        Err(error) => Err(error.into()),
    }
}

/// Whether nobody but root and us can change what a folder leads to, and nobody but us what is in the cache.
fn check(stat: &Stat, role: Role, place: &Path) -> io::Result<()> {
    let place = place.display();
    let problem = |problem: String| Err(io::Error::other(problem));
    let mode = Mode::from_raw_mode(stat.st_mode);
    let us = rustix::process::geteuid().as_raw();
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => {}
        FileType::Symlink => {
            return problem(format!("{place} is a symbolic link; name the folder itself in WASOCKET_CACHE"));
        }
        _ => return problem(format!("{place} is not a folder")),
    }
    match (role, stat.st_uid) {
        (_, owner) if owner == us => {}
        (Role::OnTheWay, ROOT) => {}
        (Role::OnTheWay, owner) => {
            return problem(format!(
                "{place} belongs to user {owner}; it must belong to you, who are {us}, or to root"
            ));
        }
        (Role::Cache, owner) => {
            return problem(format!("it belongs to user {owner}; it must belong to you, who are {us}"));
        }
    }
    // In a folder with this bit others can add names, and change none of ours.
    let is_sticky = role == Role::OnTheWay && mode.contains(Mode::SVTX);
    if mode.intersects(WRITABLE) && !is_sticky {
        let mode = mode.bits() & 0o7777;
        return problem(format!("others can write to {place}, whose mode is {mode:o}; \"chmod go-w\" ends that"));
    }
    Ok(())
}

/// For walking on, whatever it is; a link is itself.
const FOLLOWED: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// By others than the owner.
const WRITABLE: Mode = Mode::WGRP.union(Mode::WOTH);

/// The user with all permissions.
const ROOT: u32 = 0;
