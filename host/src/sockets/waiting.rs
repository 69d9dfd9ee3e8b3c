//! Deadlines, and trying again when the system says that it is worth it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::Handle;

use super::system;
use crate::signals::Signals;

/// When a call gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostDeadline {
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

    /// The deadline at a moment of this clock. One beyond what the clock can say is never reached.
    pub(super) fn at(self, moment: u64) -> HostDeadline {
        self.0.checked_add(Duration::from_nanos(moment)).map_or(HostDeadline::Never, HostDeadline::At)
    }
}

impl HostDeadline {
    /// How long that is from now: nothing is for ever.
    pub(super) fn left(self) -> Option<Timespec> {
        match self {
            Self::Now => Some(Timespec { tv_sec: 0, tv_nsec: 0 }),
            Self::At(moment) => Timespec::try_from(moment.saturating_duration_since(Instant::now())).ok(),
            Self::Never => None,
        }
    }
}

/// What waits while a guest does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitOn {
    /// The runtime, which has other things to do meanwhile.
    Runtime,
    /// This thread, which has nothing else to do than to run this guest and what the guest has started on the runtime. As long
    /// as that is nothing, to wait is one call of the system and not several.
    Thread,
}

/// How a guest waits: on what, and which signals end it.
#[derive(Clone, Debug)]
pub(super) struct Waits {
    pub(super) wait_on: WaitOn,
    pub(super) signals: Signals,
}

impl Waits {
    /// Whether nothing is missed if the whole thread waits.
    fn may_wait_here(&self) -> bool {
        self.wait_on == WaitOn::Thread
            && self.signals.can_end_waits_of_threads()
            && Handle::try_current().is_ok_and(|runtime| runtime.metrics().num_alive_tasks() == 0)
    }

    /// Waits on this thread until one of `descriptors` is ready, a signal is pending, or the deadline: whether one is ready.
    ///
    /// # Errors
    /// [`io::ErrorKind::Interrupted`]: a signal is pending, and none of the descriptors is ready.
    fn here(&self, descriptor: Option<PollFd<'_>>, until: HostDeadline) -> io::Result<bool> {
        let event = self.signals.event().map(|event| PollFd::from_borrowed_fd(event, PollFlags::IN));
        let is_watched = descriptor.is_some();
        match (descriptor, event) {
            (Some(descriptor), Some(event)) => self.wait(&mut [descriptor, event], is_watched, until),
            (descriptor, event) => {
                self.wait(&mut Vec::from_iter(descriptor.into_iter().chain(event)), is_watched, until)
            }
        }
    }

    fn wait(&self, asked: &mut [PollFd<'_>], is_watched: bool, until: HostDeadline) -> io::Result<bool> {
        uninterrupted(|| Ok(rustix::event::poll(asked, until.left().as_ref())?))?;
        let is_ready = is_watched && asked.first().is_some_and(|descriptor| !descriptor.revents().is_empty());
        if !is_ready && until != HostDeadline::Now && self.signals.is_pending() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        Ok(is_ready)
    }

    /// What a future yields before the deadline, unless a signal is pending first.
    ///
    /// # Errors
    /// [`io::ErrorKind::Interrupted`]: a signal is pending.
    pub(super) async fn before<R>(
        &self,
        until: HostDeadline,
        future: impl Future<Output = R>,
    ) -> io::Result<Option<R>> {
        let ended = async {
            tokio::select! {
                biased;
                answer = future => Ok(answer),
                () = self.signals.pending() => Err(io::ErrorKind::Interrupted.into()),
            }
        };
        before(until, ended).await.transpose()
    }

    /// Until this moment nothing happens.
    ///
    /// # Errors
    /// [`io::ErrorKind::Interrupted`]: a signal is pending.
    pub(super) async fn sleep(&self, until: HostDeadline) -> io::Result<()> {
        if self.may_wait_here() && self.signals.event().is_some() {
            return self.here(None, until).map(drop);
        }
        self.before(until, std::future::pending::<()>()).await.map(drop)
    }
}

/// A descriptor, and its registration with the runtime from the first wait on: most calls never wait.
pub(super) struct Watched<T: Into<OwnedFd> + AsRawFd + AsFd> {
    // Dropped first: the registration ends before the descriptor is closed.
    registration: OnceLock<AsyncFd<Arc<T>>>,
    descriptor: Arc<T>,
    waits: Waits,
}

impl<T: Into<OwnedFd> + AsRawFd + AsFd> Watched<T> {
    pub(super) fn new(descriptor: Arc<T>, waits: &Waits) -> Self {
        Self { registration: OnceLock::new(), descriptor, waits: waits.clone() }
    }

    /// Whether nothing is missed if the whole thread waits for this.
    pub(super) fn may_wait_here(&self) -> bool {
        self.waits.may_wait_here()
    }

    pub(super) fn get(&self) -> &Arc<T> {
        &self.descriptor
    }

    /// Tries, and if that would block, tries again whenever the descriptor is ready, until the deadline. An action that is
    /// [`io::ErrorKind::ResourceBusy`] has more to do before it can say; others have their turn first.
    ///
    /// # Errors
    /// Those of the action; [`io::ErrorKind::WouldBlock`] at the deadline; [`io::ErrorKind::Interrupted`] where it would wait while a
    /// signal is pending.
    pub(super) async fn attempt<R>(
        &self,
        interest: Interest,
        until: HostDeadline,
        mut action: impl FnMut(&Arc<T>) -> io::Result<R>,
    ) -> io::Result<R> {
        match uninterrupted(|| action(&self.descriptor)) {
            Err(error) if is_for_later(&error) && until != HostDeadline::Now => {}
            Err(error) if is_for_later(&error) => return Err(io::ErrorKind::WouldBlock.into()),
            answer => return answer,
        }
        if self.may_wait_here() {
            // Readiness that the action does not see may last; the runtime waits for the next change and not for a state.
            if !self.wait_here(interest, until)? {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            match uninterrupted(|| action(&self.descriptor)) {
                Err(error) if is_for_later(&error) => {}
                answer => return answer,
            }
        }
        let registration = self.registration()?;
        let wait = async {
            let mut pause = Pause::default();
            loop {
                let mut ready = registration.ready(interest).await?;
                match uninterrupted(|| action(&self.descriptor)) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        let is_closed = ready.ready().is_read_closed() || ready.ready().is_write_closed();
                        ready.clear_ready();
                        // The runtime never clears that a half is closed, and would call the descriptor ready at once, for ever.
                        if is_closed {
                            pause.wait().await;
                        }
                    }
                    Err(error) if is_for_later(&error) => tokio::task::yield_now().await,
                    answer => return answer,
                }
            }
        };
        self.waits.before(until, wait).await?.unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
    }

    /// Waits on the runtime until there is something to read: others are waited for at the same time.
    pub(super) async fn readable(&self) -> io::Result<()> {
        loop {
            let mut ready = self.registration()?.readable().await?;
            if self.wait_here(Interest::READABLE, HostDeadline::Now)? {
                return Ok(());
            }
            ready.clear_ready();
        }
    }

    /// Waits on this thread; whether the descriptor became ready before the deadline.
    fn wait_here(&self, interest: Interest, until: HostDeadline) -> io::Result<bool> {
        let asked = if interest.is_writable() { PollFlags::OUT } else { PollFlags::IN | PollFlags::RDHUP };
        self.waits.here(Some(PollFd::new(&self.descriptor, asked)), until)
    }

    fn registration(&self) -> io::Result<&AsyncFd<Arc<T>>> {
        if let Some(registration) = self.registration.get() {
            return Ok(registration);
        }
        let made = system::register(Arc::clone(&self.descriptor))?;
        Ok(self.registration.get_or_init(|| made))
    }
}

/// The growing pause between two attempts, where the system does not notify of the next change.
#[derive(Debug, Default)]
struct Pause(Duration);

impl Pause {
    async fn wait(&mut self) {
        self.0 = (self.0 * 2).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        tokio::time::sleep(self.0).await;
    }
}

/// What a future yields before the deadline.
pub(super) async fn before<R>(until: HostDeadline, future: impl Future<Output = R>) -> Option<R> {
    match until {
        HostDeadline::Now => None,
        HostDeadline::At(moment) => tokio::time::timeout_at(moment.into(), future).await.ok(),
        HostDeadline::Never => Some(future.await),
    }
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

/// Short against a round trip over a network, and long against what looking costs.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
/// A guest that waits for what hardly ever comes should cost nothing.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// To receive, or to accept. An error that waits is one to receive.
pub(super) const READ: Interest = Interest::READABLE.add(Interest::ERROR);
/// To send, or to be connected.
pub(super) const WRITE: Interest = Interest::WRITABLE.add(Interest::ERROR);
