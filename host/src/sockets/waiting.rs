//! Deadlines, and trying again when the system says that it is worth it.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::bindings::wasocket::socket::host::Deadline;
use super::system;

/// When a call gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// At once.
    Now,
    /// At this moment.
    At(Instant),
    /// Never.
    Never,
}

/// The clock of deadlines: nanoseconds since a guest's sockets were set up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn now(self) -> u64 {
        self.0.elapsed().as_nanos().try_into().unwrap_or(u64::MAX)
    }

    pub(super) fn until(self, deadline: Deadline) -> Until {
        match deadline {
            Deadline::Now => Until::Now,
            // A moment beyond what the clock can say is never reached.
            Deadline::At(moment) => self.0.checked_add(Duration::from_nanos(moment)).map_or(Until::Never, Until::At),
            Deadline::Never => Until::Never,
        }
    }
}

/// A descriptor, and its registration with the runtime from the first wait on: most calls never wait.
pub(super) struct Watched<T: Into<OwnedFd> + AsRawFd> {
    // Dropped first: the registration ends before the descriptor is closed.
    registration: OnceLock<AsyncFd<Arc<T>>>,
    descriptor: Arc<T>,
}

impl<T: Into<OwnedFd> + AsRawFd> Watched<T> {
    pub(super) fn new(descriptor: Arc<T>) -> Self {
        Self { registration: OnceLock::new(), descriptor }
    }

    pub(super) fn get(&self) -> &Arc<T> {
        &self.descriptor
    }

    /// Tries, and if that would block, tries again whenever the descriptor is ready, until the deadline. An action that is
    /// [`io::ErrorKind::ResourceBusy`] has more to do before it can say; others have their turn first.
    pub(super) async fn attempt<R>(
        &self,
        interest: Interest,
        until: Until,
        mut action: impl FnMut(&Arc<T>) -> io::Result<R>,
    ) -> io::Result<R> {
        match uninterrupted(|| action(&self.descriptor)) {
            Err(error) if is_for_later(&error) && until != Until::Now => {}
            Err(error) if is_for_later(&error) => return Err(io::ErrorKind::WouldBlock.into()),
            answer => return answer,
        }
        let registration = self.registration()?;
        let wait = async {
            loop {
                let mut ready = registration.ready(interest).await?;
                match uninterrupted(|| action(&self.descriptor)) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready.clear_ready(),
                    Err(error) if is_for_later(&error) => tokio::task::yield_now().await,
                    answer => return answer,
                }
            }
        };
        before(until, wait).await.unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
    }

    fn registration(&self) -> io::Result<&AsyncFd<Arc<T>>> {
        if let Some(registration) = self.registration.get() {
            return Ok(registration);
        }
        let made = system::register(Arc::clone(&self.descriptor))?;
        Ok(self.registration.get_or_init(|| made))
    }
}

/// What a future yields before the deadline.
pub(super) async fn before<R>(until: Until, future: impl Future<Output = R>) -> Option<R> {
    match until {
        Until::Now => None,
        Until::At(moment) => tokio::time::timeout_at(moment.into(), future).await.ok(),
        Until::Never => Some(future.await),
    }
}

/// Until this moment nothing happens.
pub(super) async fn sleep(until: Until) {
    before(until, std::future::pending::<()>()).await;
}

fn is_for_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::ResourceBusy)
}

fn uninterrupted<R>(mut action: impl FnMut() -> io::Result<R>) -> io::Result<R> {
    loop {
        match action() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
}

/// To receive, or to accept. An error that waits is one to receive.
pub(super) const READ: Interest = Interest::READABLE.add(Interest::ERROR);
/// To send, or to be connected.
pub(super) const WRITE: Interest = Interest::WRITABLE.add(Interest::ERROR);
