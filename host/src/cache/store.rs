//! What the cache holds: compiled components by the digest of what they were made from, and stamps that lead to such a digest.

use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use wasmtime::Engine;
use wasmtime::component::Component;

use super::folder::{Folder, Others};
use super::hexadecimal;
use super::seal::{Key, SIZE, Seal, identity};
use super::stamp::Stamp;

/// The digest that names an entry: it changes with the component, with wasmtime, and with every setting that changes compiled code.
pub(super) type EntryName = [u8; 32];

/// A folder that is ours alone, and the key of what we have written there.
pub(super) struct Store {
    path: PathBuf,
    folder: Folder,
    key: Key,
}

impl Store {
    /// Opens the cache in this folder, which is made if it is missing.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let folder = Folder::open(path)?;
        Ok(Self { path: path.to_owned(), key: Key::of(&folder)?, folder })
    }

    /// The name that the folder was opened by, for messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The component in an entry, unless there is none, or not the one that [`keep`](Self::keep) has written, or it is from
    /// another wasmtime.
    pub(super) fn component(&self, engine: &Engine, digest: &EntryName) -> Option<Component> {
        let name = hexadecimal(digest);
        let file = self.folder.file(&code_of(&name), Others::MayRead).ok()?;
        let seal = self.folder.read(&seal_of(&name), Others::MayRead).ok()?;
        let identity = identity(&file.metadata().ok()?);
        if !self.key.is_seal(&seal, &[CODE, name.as_bytes(), &identity]) {
            return None;
        }
        // The file that was looked at, and not its name again.
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        // SAFETY: the seal says that `keep` has written the file and that it has not been changed since, so that these are bytes
        // that wasmtime has compiled; it checks its own version and settings in them. They stay so: the file is ours, has no
        // other name, and nobody else may write to it or replace it, as `folder` has found.
        #[expect(unsafe_code, reason = "mapping compiled code from the cache is what makes a start fast")]
        let component = unsafe { Component::deserialize_file(engine, path) }.ok()?;
        // Only the order of removal depends on it.
        if let Ok(seal) = self.folder.file(&seal_of(&name), Others::MayRead) {
            let _ = seal.set_modified(SystemTime::now());
        }
        Some(component)
    }

    /// Writes and seals an entry, in the place of the oldest one if there are too many.
    pub(super) fn keep(&self, digest: &EntryName, compiled: &[u8]) -> io::Result<()> {
        let name = hexadecimal(digest);
        self.folder.write(&code_of(&name), compiled)?;
        // Looked at by its name, when all that changes it is over. Nobody else has put another file there.
        let file = self.folder.file(&code_of(&name), Others::MayRead)?;
        let identity = identity(&file.metadata()?);
        self.folder.write(&seal_of(&name), &self.key.seal(&[CODE, name.as_bytes(), &identity]))?;
        self.remove_oldest();
        Ok(())
    }

    /// The digest of the entry for a file's bytes, if this stamp has been seen.
    pub(super) fn recall(&self, stamp: &Stamp) -> Option<EntryName> {
        let name = stamp_of(stamp);
        let bytes: [u8; 2 * SIZE] = self.folder.read(&name, Others::MayRead).ok()?;
        let (digest, seal) = bytes.split_first_chunk::<SIZE>()?;
        let seal: &Seal = seal.try_into().ok()?;
        self.key.is_seal(seal, &[STAMP, name.as_bytes(), digest]).then_some(*digest)
    }

    /// Notes the digest for a stamp. Failing to costs time at the next start, nothing else.
    pub(super) fn remember(&self, stamp: &Stamp, digest: &EntryName) {
        let name = stamp_of(stamp);
        let seal = self.key.seal(&[STAMP, name.as_bytes(), digest]);
        if self.folder.write(&name, &[*digest, seal].concat()).is_ok() {
            let stamps = self.folder.stems("stamp");
            for old in surplus(&stamps, MAX_STAMPS) {
                self.folder.remove(&format!("{old}.stamp"));
            }
        }
    }

    /// Keeps the newest entries. Code without a seal is of no use to anyone.
    fn remove_oldest(&self) {
        let seals = self.folder.stems("seal");
        let old = surplus(&seals, MAX_ENTRIES);
        for name in old {
            self.folder.remove(&seal_of(name));
        }
        let kept = seals.get(old.len()..).unwrap_or_default();
        for name in self.folder.stems("cwasm").iter().filter(|name| !kept.contains(name)) {
            self.folder.remove(&code_of(name));
        }
    }
}

/// What is more than `most`, from the start.
fn surplus(names: &[String], most: usize) -> &[String] {
    names.get(..names.len().saturating_sub(most)).unwrap_or_default()
}

fn code_of(name: &str) -> String {
    format!("{name}.cwasm")
}

fn seal_of(name: &str) -> String {
    format!("{name}.seal")
}

fn stamp_of(stamp: &Stamp) -> String {
    format!("{}.stamp", hexadecimal(&stamp.digest()))
}

/// What a seal is on: that of one kind is none of the other.
const CODE: &[u8] = b"code";
const STAMP: &[u8] = b"stamp";

/// A compiled interpreter takes about 100 MB.
pub(super) const MAX_ENTRIES: usize = 8;

/// Tiny files, one for each component that was run.
const MAX_STAMPS: usize = 64;
