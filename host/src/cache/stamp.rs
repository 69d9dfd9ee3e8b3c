//! Knows a file again without reading it.
//!
//! Reading and hashing an interpreter of 40 MB takes longer than all the rest of a start. Writing to a file changes its
//! ctime, which no one can set; so a file with the same identity, size and times has the same bytes. A change within the
//! clock's own step might go unseen, hence a file is known only some time after it was last changed (as in git's index).

use std::fs::{self, File, Metadata};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::remove_oldest;

/// The identity, size and times of a file, with the engine that its compiled form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    numbers: [i128; 7],
    engine: [u8; 8],
}

impl Stamp {
    pub(super) fn new(metadata: &Metadata, engine: [u8; 8]) -> Self {
        let identity = [metadata.dev(), metadata.ino(), metadata.size()].map(i128::from);
        let times = [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()].map(i128::from);
        let [device, inode, size] = identity;
        let [modified, modified_nanoseconds, changed, changed_nanoseconds] = times;
        Self { numbers: [device, inode, size, modified, modified_nanoseconds, changed, changed_nanoseconds], engine }
    }

    /// The key of the entry for the file's bytes, if this stamp has been seen.
    pub(super) fn recall(&self, folder: &Path) -> Option<String> {
        let key = fs::read_to_string(self.path(folder)).ok()?;
        let is_key = key.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_key.then_some(key)
    }

    /// Notes which entry holds the bytes that were read from `file`, unless it has changed too recently.
    ///
    /// Failing to costs time at the next start, nothing else.
    pub(super) fn remember(&self, folder: &Path, key: &str, file: &File) {
        self.remember_at(folder, key, file, SystemTime::now());
    }

    pub(super) fn remember_at(&self, folder: &Path, key: &str, file: &File, now: SystemTime) {
        let Ok(metadata) = file.metadata() else {
            return;
        };
        if Self::new(&metadata, self.engine) != *self || !is_settled(&metadata, now) {
            return;
        }
        let Ok(mut stamp) = tempfile::NamedTempFile::new_in(folder) else {
            return;
        };
        if stamp.write_all(key.as_bytes()).is_ok() && stamp.persist(self.path(folder)).is_ok() {
            remove_oldest(folder, "stamp", MAX_STAMPS);
        }
    }

    fn path(&self, folder: &Path) -> PathBuf {
        let mut hash = Sha256::new();
        hash.update(self.engine);
        for number in self.numbers {
            hash.update(number.to_le_bytes());
        }
        let name: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        folder.join(format!("{name}.stamp"))
    }
}

/// Whether the file was last changed so long ago that another change would show.
fn is_settled(metadata: &Metadata, now: SystemTime) -> bool {
    let Ok(now) = now.duration_since(SystemTime::UNIX_EPOCH) else {
        return false;
    };
    let Ok(changed) = u64::try_from(metadata.ctime()) else {
        return false;
    };
    now > Duration::from_secs(changed) + SETTLING
}

/// More than the step of any file system's clock; FAT counts in two seconds.
const SETTLING: Duration = Duration::from_secs(4);

/// Tiny files, one for each component that was run.
const MAX_STAMPS: usize = 64;
