//! Distinguishes the files that this cache has written from others in its folder.
//!
//! Compiled code is run without further checks. A folder that nobody else can write to is not enough: an archive or a clone of a
//! repository that we have unpacked is our folder as well, with files that a stranger has made. So each file has a seal, an
//! HMAC-SHA256 with a key that only we can read.
//!
//! | threat | protection |
//! |---|---|
//! | another user writes to the folder, or redirects its path | `folder`: owner, mode, path, one descriptor |
//! | something writes a file there as us, but cannot read the key | the HMAC |
//! | a stranger made the whole folder, with their own key | the seal covers an inode and its ctime, which the system chooses |
//! | code is changed after it was sealed, or replaced by an older file | the same: writing and renaming set the ctime |
//! | a process runs as us, or as root | none: it needs no cache to do harm |
//!
//! The seal covers the metadata of a file and not its bytes: a compiled interpreter has more than 60 MB, which are mapped and not
//! all read. `stamp` avoids hashing the component itself at each start for the same reason.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::folder::{Folder, Others};

/// A secret of this cache.
pub(super) struct Key([u8; KEY_SIZE]);

/// The HMAC of a file.
pub(super) type Seal = [u8; SIZE];

impl Key {
    /// The key in this folder; a new one if there is none that nobody else could read. Seals of another key are void.
    pub(super) fn of(folder: &Folder) -> io::Result<Self> {
        if let Ok(key) = folder.read(NAME, Others::MayNothing) {
            return Ok(Self(key));
        }
        let mut key = [0; KEY_SIZE];
        getrandom::fill(&mut key)?;
        folder.write(NAME, &key)?;
        // Of two that start at once, one writes last.
        folder.read(NAME, Others::MayNothing).map(Self)
    }

    /// The seal on these fields, in this order.
    pub(super) fn seal(&self, fields: &[&[u8]]) -> Seal {
        self.hash(fields).finalize().into_bytes().into()
    }

    /// Whether it is the seal on these fields.
    pub(super) fn is_seal(&self, seal: &Seal, fields: &[&[u8]]) -> bool {
        self.hash(fields).verify_slice(seal).is_ok()
    }

    fn hash(&self, fields: &[&[u8]]) -> Hmac<Sha256> {
        let mut hash = <Hmac<Sha256> as Mac>::new((&self.0).into());
        for field in fields {
            // Without the lengths other fields could read the same together.
            hash.update(&field.len().to_le_bytes());
            hash.update(field);
        }
        hash
    }
}

/// What the system knows of a file and changes whenever somebody writes to it: inode, size, mtime and ctime.
///
/// The device is not in it: its number may be another after the next boot.
pub(super) fn identity(metadata: &Metadata) -> Vec<u8> {
    let unsigned = [metadata.ino(), metadata.size()].map(i128::from);
    let times = [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()].map(i128::from);
    unsigned.into_iter().chain(times).flat_map(i128::to_le_bytes).collect()
}

/// The file of the key.
const NAME: &str = "key";

/// A block of SHA-256 in bytes: a key of this size is used as it is (RFC 2104).
const KEY_SIZE: usize = 64;

/// Of a seal, in bytes.
pub(super) const SIZE: usize = 32;
