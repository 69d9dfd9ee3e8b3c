//! `poll`: asks about many at once, once.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::event::{PollFd, PollFlags, Timespec, epoll};
use tokio::io::Interest;

use super::bindings::wasocket::socket::host::Readiness;
use super::errors::{HostResult, os};
use super::types::Errno;
use super::waiting::{HostDeadline, Waits, Watched};

/// Waits until one of the descriptors is ready, and says what each is ready for; nothing at all at the deadline.
pub(super) async fn poll(
    sources: &[(BorrowedFd<'_>, Readiness)],
    until: HostDeadline,
    waits: &Waits,
) -> HostResult<Vec<Readiness>> {
    if sources.len() > MAX_SOURCES {
        return Err(os(Errno::InvalidArgument));
    }
    if let Some(ready) = once(sources)? {
        return Ok(ready);
    }
    if until == HostDeadline::Now {
        return Ok(vec![Readiness::empty(); sources.len()]);
    }
    if sources.is_empty() {
        waits.sleep(until).await?;
        return Ok(Vec::new());
    }
    let set = Watched::new(Arc::new(set_of(sources)?), waits);
    let ready =
        set.attempt(Interest::READABLE, until, |_| once(sources)?.ok_or(io::ErrorKind::WouldBlock.into())).await;
    match ready {
        Ok(ready) => Ok(ready),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(vec![Readiness::empty(); sources.len()]),
        Err(error) => Err(error.into()),
    }
}

/// What is ready now, if anything is.
fn once(sources: &[(BorrowedFd<'_>, Readiness)]) -> io::Result<Option<Vec<Readiness>>> {
    let mut asked: Vec<_> =
        sources.iter().map(|(descriptor, readiness)| PollFd::new(descriptor, asked(*readiness))).collect();
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    let count = match rustix::event::poll(&mut asked, Some(&now)) {
        Ok(count) => count,
        Err(rustix::io::Errno::INTR) => 0,
        Err(error) => return Err(error.into()),
    };
    Ok((count > 0).then(|| asked.iter().map(|source| found(source.revents())).collect()))
}

/// An `epoll` instance with all of them: one thing to wait for.
fn set_of(sources: &[(BorrowedFd<'_>, Readiness)]) -> io::Result<OwnedFd> {
    let set = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut merged: BTreeMap<i32, (BorrowedFd<'_>, Readiness)> = BTreeMap::new();
    for (descriptor, readiness) in sources {
        let entry = merged.entry(descriptor.as_raw_fd()).or_insert((*descriptor, Readiness::empty()));
        entry.1 |= *readiness;
    }
    for (descriptor, readiness) in merged.into_values() {
        epoll::add(set.as_fd(), descriptor, epoll::EventData::new_u64(0), super::poll_set::asked(readiness))?;
    }
    Ok(set)
}

fn asked(readiness: Readiness) -> PollFlags {
    FLAGS.iter().filter(|(flag, _)| readiness.contains(*flag)).fold(PollFlags::empty(), |all, (_, bit)| all | *bit)
}

fn found(bits: PollFlags) -> Readiness {
    FLAGS.iter().filter(|(_, bit)| bits.contains(*bit)).fold(Readiness::empty(), |all, (flag, _)| all | *flag)
}

const FLAGS: &[(Readiness, PollFlags)] = &[
    (Readiness::READABLE, PollFlags::IN),
    (Readiness::PRIORITY, PollFlags::PRI),
    (Readiness::WRITABLE, PollFlags::OUT),
    (Readiness::ERROR, PollFlags::ERR),
    (Readiness::HANG_UP, PollFlags::HUP),
    (Readiness::READ_HANG_UP, PollFlags::RDHUP),
];

/// How many may be asked about at once: all that a guest can have.
const MAX_SOURCES: usize = 1 << 17;
