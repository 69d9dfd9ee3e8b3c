//! Recognizes an unchanged file without reading it.
//!
//! Reading and hashing an interpreter of 40 MB takes longer than all the rest of a start. Writing to a file changes its
//! ctime, which no one can set; so a file with the same identity, size and times has the same bytes. A change within the
//! clock's own step might go unseen, hence a file is known only some time after it was last changed (as in git's index).

use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

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

    /// Whether the file that was read still has this stamp, and has had it for so long that another change would show.
    pub(super) fn is_settled(&self, file: &File, now: SystemTime) -> bool {
        file.metadata().is_ok_and(|metadata| Self::new(&metadata, self.engine) == *self && is_settled(&metadata, now))
    }

    /// Names the stamp.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.engine);
        for number in self.numbers {
            hash.update(number.to_le_bytes());
        }
        hash.finalize().into()
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
