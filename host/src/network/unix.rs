//! Decisions about paths of `AF_UNIX` sockets: what is judged is the file that was opened, not how a path is spelled.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode as FileMode, OFlags, Stat};

use super::Network;
use super::admitted::Admitted;
use crate::policy::decide::{Allowed, Verdict, denied};
use crate::policy::denial::{Attempt, Denial, Reason};
use crate::policy::rules::{Direction, Mode, Policy};
use crate::policy::unix::UnixPaths;

/// Why a path cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PathError {
    /// The policy does not allow it.
    #[error("{0}")]
    Denied(Box<Denial>),
    /// The system says so.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// A socket of this machine that was opened by a path, so that nobody can put another one there.
#[derive(Debug)]
pub(crate) struct UnixTarget {
    file: OwnedFd,
    /// The path on this machine.
    pub(crate) host: PathBuf,
}

impl UnixTarget {
    /// Opens what a path names; a link in the last place leads nowhere.
    fn open(host: PathBuf) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self { file: rustix::fs::open(&host, flags, FileMode::empty())?, host })
    }

    /// The way to it, as long as this is there.
    pub(crate) fn path(&self) -> PathBuf {
        by_descriptor(self.file.as_fd())
    }

    /// Whether rules on these paths are on this file.
    fn is_on(&self, paths: &UnixPaths) -> io::Result<bool> {
        if !paths.is_folder() {
            return Ok(is_same(&rustix::fs::fstat(&self.file)?, paths.host()));
        }
        // The name that the system has for it, which may be another than the one that it was opened by.
        let name = fs::read_link(self.path())?;
        let folder = rustix::fs::stat(name.parent().unwrap_or(Path::new("/")))?;
        Ok(is_same(&folder, paths.host()))
    }
}

impl Network {
    /// Whether paths that a guest connects to are any business of the policy: it has rules on them, or reports what it would
    /// refuse. Without, they are names among the guest's own sockets, and there is nothing else.
    pub(crate) fn has_unix_outbound(&self) -> bool {
        let policy = self.0.policy.load();
        policy.mode() == Mode::Report || policy.has_unix_outbound()
    }

    /// Whether a rule is on this path, for a guest that binds a socket there. If not, it is a name of the guest's own.
    pub(crate) fn has_unix_inbound(&self, guest: &Path) -> bool {
        self.0.policy.load().judge_unix(Direction::Inbound, guest).err() != Some(Reason::NoRule)
    }

    /// The socket of this machine that an `AF_UNIX` socket may connect or send to by a path of the guest.
    pub(crate) fn decide_unix_connect(&self, guest: &Path) -> Result<Admitted<UnixTarget>, PathError> {
        let policy = self.0.policy.load_full();
        let (verdict, host) = judged(&policy, Direction::Outbound, guest);
        let opened = host.map(UnixTarget::open);
        let by_file = opened.as_ref().and_then(|opened| {
            let target = opened.as_ref().ok()?;
            denied_by_file(&policy, Direction::Outbound, |paths| target.is_on(paths))
        });
        let verdict = by_file.map_or(verdict, Err);
        let attempt = || Attempt::UnixConnect(guest.to_owned());
        let admitted = self.0.conclude(policy, None, attempt, None, verdict, || ()).map_err(refused)?;
        match opened {
            Some(opened) => Ok(admitted.with(opened?)),
            None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }

    /// The path of this machine that an `AF_UNIX` socket may be bound to by a path of the guest.
    pub(crate) fn decide_unix_bind(&self, guest: &Path) -> Result<Admitted<PathBuf>, PathError> {
        let policy = self.0.policy.load_full();
        let (verdict, host) = judged(&policy, Direction::Inbound, guest);
        let by_file =
            host.as_ref().and_then(|host| denied_by_file(&policy, Direction::Inbound, |paths| binds(host, paths)));
        let verdict = by_file.map_or(verdict, Err);
        let attempt = || Attempt::UnixBind(guest.to_owned());
        let admitted = self.0.conclude(policy, None, attempt, None, verdict, || ()).map_err(refused)?;
        Ok(admitted.with(host.unwrap_or_else(|| guest.to_owned())))
    }

    /// Whether the rules allow connecting to a path, which need not be there.
    pub(super) fn check_unix_connect(&self, guest: &Path) -> Result<(), Denial> {
        self.check_unix(Direction::Outbound, guest, || Attempt::UnixConnect(guest.to_owned()))
    }

    /// Whether the rules allow binding to a path.
    pub(super) fn check_unix_bind(&self, guest: &Path) -> Result<(), Denial> {
        self.check_unix(Direction::Inbound, guest, || Attempt::UnixBind(guest.to_owned()))
    }

    fn check_unix(&self, direction: Direction, guest: &Path, attempt: impl Fn() -> Attempt) -> Result<(), Denial> {
        let policy = self.0.policy.load_full();
        let (verdict, _) = judged(&policy, direction, guest);
        self.0.conclude(policy, None, attempt, None, verdict, || ()).map(drop)
    }
}

/// What the rules say of a path by its text, and the path of this machine that it would be.
fn judged(policy: &Policy, direction: Direction, guest: &Path) -> (Verdict<()>, Option<PathBuf>) {
    match policy.judge_unix(direction, guest) {
        Ok(Allowed { target, basis }) => (Ok(Allowed { target: (), basis }), Some(target)),
        Err(reason) => (Err(reason), Some(guest.to_owned()).filter(|guest| guest.is_absolute())),
    }
}

/// The first rule that denies, by the file that its paths are.
fn denied_by_file(
    policy: &Policy,
    direction: Direction,
    is_on: impl Fn(&UnixPaths) -> io::Result<bool>,
) -> Option<Reason> {
    let mut rules = policy.denied_paths(direction);
    // What cannot be compared is taken for the same.
    let rule = rules.find(|rule| rule.unix_paths().is_some_and(|paths| is_on(paths).unwrap_or(true)))?;
    Some(denied(direction, rule))
}

/// Whether binding to `host` makes one of these paths.
fn binds(host: &Path, paths: &UnixPaths) -> io::Result<bool> {
    let Some(folder) = host.parent() else { return Ok(false) };
    let folder = match rustix::fs::stat(folder) {
        // Nothing can be bound there.
        Err(rustix::io::Errno::NOENT) => return Ok(false),
        folder => folder?,
    };
    if paths.is_folder() {
        return Ok(is_same(&folder, paths.host()));
    }
    let is_its_folder = paths.host().parent().is_some_and(|denied| is_same(&folder, denied));
    Ok(is_its_folder && paths.host().file_name() == host.file_name())
}

/// Whether a path leads to this file. One that leads nowhere does not.
fn is_same(file: &Stat, path: &Path) -> bool {
    rustix::fs::stat(path).is_ok_and(|other| (other.st_dev, other.st_ino) == (file.st_dev, file.st_ino))
}

fn by_descriptor(file: BorrowedFd<'_>) -> PathBuf {
    format!("/proc/self/fd/{}", file.as_raw_fd()).into()
}

fn refused(denial: Denial) -> PathError {
    PathError::Denied(Box::new(denial))
}
