//! Which folders of this machine no guest may be given: those that lead into a procfs.
//!
//! There lie the environment and the memory of this process, as files (`/proc/self/environ`, `/proc/self/mem`). Who can
//! open them is in no sandbox.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{PROC_SUPER_MAGIC, statfs};

use crate::error::{Error, Result};

/// A folder of this machine that the guest sees. One that leads into a procfs is refused ([`Error::Procfs`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// The folder here.
    pub host: PathBuf,
    /// Its name for the guest.
    pub guest: String,
    /// Whether the guest may change what is in it.
    pub writable: bool,
}

/// What is mounted where this process can see it (proc_pid_mountinfo(5)).
const MOUNTS: &str = "/proc/self/mountinfo";

/// Refuses a folder that is on a procfs, or that has one mounted below it.
///
/// Links inside a folder are no way there: they are not followed out of it.
pub(crate) fn check(directory: &Directory) -> Result<()> {
    let folder = &directory.host;
    let real = fs::canonicalize(folder).map_err(Error::file("open the folder", folder))?;
    let file_system = statfs(&real).map_err(io::Error::from).map_err(Error::file("open the folder", folder))?;
    if file_system.f_type == PROC_SUPER_MAGIC {
        return Err(Error::Procfs { path: folder.clone(), place: real });
    }
    // Without the list nobody knows what is below, and then the folder stays closed.
    let mounts = fs::read(MOUNTS).map_err(Error::file("read", Path::new(MOUNTS)))?;
    match procfs_within(&mounts, &real) {
        Some(place) => Err(Error::Procfs { path: folder.clone(), place }),
        None => Ok(()),
    }
}

/// The first procfs within a folder, by the lines of mountinfo.
fn procfs_within(mounts: &[u8], folder: &Path) -> Option<PathBuf> {
    mounts.split(|byte| *byte == b'\n').filter_map(procfs).find(|place| place.starts_with(folder))
}

/// Where a line of mountinfo says that a procfs is, if it says so.
///
/// `36 35 98:0 /root /place options optional… - type source options`
fn procfs(line: &[u8]) -> Option<PathBuf> {
    let mut fields = line.split(|byte| *byte == b' ');
    let place = fields.nth(4)?;
    fields.find(|field| *field == b"-")?;
    (fields.next()? == b"proc").then(|| decoded(place))
}

/// A path of mountinfo, where blanks, tabs, line feeds and backslashes stand as `\` and three octal digits.
fn decoded(field: &[u8]) -> PathBuf {
    let mut path = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, behind @ ..] = rest {
        let (byte, behind) = match rest {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', behind @ ..] => {
                (((a & 3) << 6) | ((b & 7) << 3) | (c & 7), behind)
            }
            _ => (*first, behind),
        };
        path.push(byte);
        rest = behind;
    }
    OsString::from_vec(path).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Network, Policy};
    use crate::runtime::guest::{Grants, Guest};

    fn directory(host: &Path) -> Directory {
        Directory { host: host.to_owned(), guest: "/folder".to_owned(), writable: false }
    }

    /// The line that a guest with this folder fails with, if it does.
    fn refusal(host: &Path) -> Option<String> {
        let network = Network::new(Policy::new(), |_| ());
        let grants = Grants { directories: vec![directory(host)], ..Grants::new(network) };
        Guest::new(grants).err().map(|error| error.to_string())
    }

    #[test]
    fn a_folder_that_leads_into_a_procfs_is_refused() {
        let temporary = tempfile::tempdir().unwrap();
        let link = temporary.path().join("link");
        std::os::unix::fs::symlink("/proc/self", &link).unwrap();
        let below = temporary.path().join("folder/../../../proc/sys");
        for folder in ["/", "/proc", "/proc/self", "/proc/self/fd", "/tmp/..", "/proc/self/root/."].map(Path::new) {
            let refusal = refusal(folder).unwrap();
            assert!(
                refusal.starts_with(&format!("cannot give a program the folder {}: ", folder.display())),
                "{refusal}"
            );
            assert!(refusal.contains("/proc") && !refusal.contains('\n'), "{refusal}");
        }
        assert!(refusal(&link).unwrap().contains("procfs"), "links are followed before it is judged");
        assert!(refusal(&below).is_some());
    }

    #[test]
    fn other_folders_are_given() {
        let temporary = tempfile::tempdir().unwrap();
        // A link that the guest cannot follow does no harm, nor does a name.
        std::os::unix::fs::symlink("/proc", temporary.path().join("link")).unwrap();
        fs::create_dir(temporary.path().join("proc")).unwrap();
        assert_eq!(refusal(temporary.path()), None);
        assert_eq!(refusal(&temporary.path().join("proc")), None);
    }

    #[test]
    fn a_folder_that_is_not_there_says_so() {
        let refusal = refusal(Path::new("/no/such/folder")).unwrap();
        assert!(refusal.starts_with("cannot open the folder /no/such/folder: No such file"), "{refusal}");
    }

    const LINES: &[u8] = b"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
        23 22 0:21 / /srv/a\\040b\\134c/proc rw,nosuid shared:12 master:3 - proc proc rw\n\
        24 22 0:22 / /srv/nothing rw - tmpfs proc rw\n\
        25 22 0:21 /self/environ /home/me/file rw - proc none rw\n\
        26 22 0:23 / /srv/- rw - sysfs - rw\n\
        broken - proc\n";

    #[test]
    fn mounts_are_compared_by_whole_names() {
        for (folder, place) in [
            ("/", Some("/srv/a b\\c/proc")),
            ("/srv", Some("/srv/a b\\c/proc")),
            ("/srv/a b\\c", Some("/srv/a b\\c/proc")),
            ("/srv/a b\\c/proc", Some("/srv/a b\\c/proc")),
            ("/srv/a b\\c/proc/1", None),
            ("/srv/a", None),
            ("/srv/a b", None),
            ("/srv/a\\040b\\134c", None),
            ("/sr", None),
            ("/srv/nothing", None),
            ("/srv/-", None),
            ("/home", Some("/home/me/file")),
            ("/home/me/file2", None),
        ] {
            assert_eq!(procfs_within(LINES, Path::new(folder)), place.map(PathBuf::from), "{folder}");
        }
    }

    #[test]
    fn only_whole_escapes_are_decoded() {
        for (field, path) in
            [("\\040", " "), ("\\04", "\\04"), ("\\400", "\\400"), ("\\", "\\"), ("\\1340", "\\0"), ("é", "é")]
        {
            assert_eq!(decoded(field.as_bytes()), Path::new(path), "{field}");
        }
        assert_eq!(decoded(b"\\377"), PathBuf::from(OsString::from_vec(vec![255])));
    }
}
