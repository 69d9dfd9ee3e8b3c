//! The one way from a guest to the network: every address check and every name lookup asks the policy here.

use std::collections::HashSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::address::fold_destination;
use super::audit::Event;
use super::book::Book;
use super::builder::{Ask, Builder, OnDenial, OnEvent};
use super::decide::{Basis, Verdict};
use super::learned::Learned;
use super::limits::{Exceeded, Permit, Usage};
use super::peers::Peers;
use super::tracked::Open;
use super::{Attempt, Denial, Mode, Policy, Protocol, Reason, Resolver, Rule, telemetry};

/// A policy at work for one guest. Clones share it.
#[derive(Clone)]
pub struct Network(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) policy: ArcSwap<Policy>,
    pub(super) report: Box<OnDenial>,
    pub(super) audit: Option<Box<OnEvent>>,
    pub(super) denied: Option<Box<OnDenial>>,
    pub(super) guest: String,
    pub(super) ask: Option<Box<Ask>>,
    pub(super) reported: Mutex<HashSet<Attempt>>,
    pub(super) peers: Mutex<Peers>,
    pub(super) learned: Mutex<Learned>,
    pub(super) usage: Usage,
    pub(super) book: Mutex<Book>,
    pub(super) open: Mutex<Open>,
    pub(super) resolver: OnceLock<Resolver>,
}

impl Network {
    /// Puts a policy to work. `report` is called as [`Builder::report`] says.
    pub fn new(policy: Policy, report: impl Fn(&Denial) + Send + Sync + 'static) -> Self {
        Self::builder(policy).report(report).build()
    }

    /// Starts to put a policy to work.
    pub fn builder(policy: Policy) -> Builder {
        Builder::new(policy)
    }

    /// Puts another policy in the place of this one, for all that is tried from now on. What is open stays open.
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the new policy allows.
    pub fn replace(&self, policy: Policy) {
        self.0.policy.store(Arc::new(policy));
    }

    /// Whether the policy allows an attempt: the one decision point of every way to the network. What is refused is
    /// reported.
    pub fn check(&self, attempt: Attempt) -> Result<(), Denial> {
        self.check_for(None, attempt)
    }

    /// The same, for the socket that has this number.
    pub(crate) fn check_for(&self, socket: Option<u64>, attempt: Attempt) -> Result<(), Denial> {
        let names = self.0.names_of(&attempt);
        let verdict = self.0.judge(&attempt, &names);
        self.0.answer_for(socket, attempt, names.into_iter().next(), verdict)
    }

    /// Where a connection to `remote` really goes, once [`check`](Self::check) has allowed it: rules can map ports.
    pub fn destination(&self, protocol: Protocol, remote: SocketAddr) -> SocketAddr {
        let names = locked(&self.0.learned).names(fold_destination(remote.ip()), Instant::now());
        self.0.policy.load().destination(protocol, remote, &names)
    }

    /// Where a socket that the guest binds to `local` is really bound: rules can map ports.
    pub fn local(&self, protocol: Protocol, local: SocketAddr) -> SocketAddr {
        let mut mapped = local;
        mapped.set_port(self.0.policy.load().local_port(protocol, local));
        mapped
    }

    /// Where a path of the guest lies on this machine, if an `AF_UNIX` socket may connect or send to it.
    ///
    /// The caller must see to it that the last part of the path is no symbolic link that the guest has made.
    pub fn unix_connect(&self, guest: PathBuf) -> Result<PathBuf, Denial> {
        let judged = self.0.policy.load().judge_unix("outbound", &guest);
        self.0.answer_unix(Attempt::UnixConnect(guest), judged)
    }

    /// Where a path of the guest lies on this machine, if an `AF_UNIX` socket may be bound to it.
    pub fn unix_bind(&self, guest: PathBuf) -> Result<PathBuf, Denial> {
        let judged = self.0.policy.load().judge_unix("inbound", &guest);
        self.0.answer_unix(Attempt::UnixBind(guest), judged)
    }

    /// Whether paths that a guest connects to are any business of the policy: it has rules on them, or reports what it would
    /// refuse. Without, they are names among the guest's own sockets, and there is nothing else.
    pub(crate) fn minds_unix_connect(&self) -> bool {
        let policy = self.0.policy.load();
        policy.mode == Mode::Report || policy.outbound.allow.iter().chain(&policy.outbound.deny).any(Rule::is_unix)
    }

    /// Whether a rule is on this path, for a guest that binds a socket there. If not, it is a name of the guest's own.
    pub(crate) fn minds_unix_bind(&self, guest: &Path) -> bool {
        self.0.policy.load().judge_unix("inbound", guest) != Err(Reason::NoRule)
    }

    /// A socket uses this address until the answer is dropped: as long as that, what the guest has learned of it counts.
    pub fn hold(&self, remote: SocketAddr) -> Held {
        let address = fold_destination(remote.ip());
        locked(&self.0.learned).hold(address);
        Held { network: Arc::downgrade(&self.0), address }
    }

    pub(super) fn book(&self) -> &Mutex<Book> {
        &self.0.book
    }

    /// Counts one more of something, or `amount` bytes of buffers, until the answer is dropped.
    pub fn take(&self, kind: Exceeded, amount: u64) -> Result<Permit, Exceeded> {
        self.0.usage.take(&self.0.policy.load().limits, kind, amount)
    }

    /// Whether the policy counts the buffers of sockets.
    pub(crate) fn limits_buffers(&self) -> bool {
        self.0.policy.load().limits.buffer_bytes.is_some()
    }

    /// Counts bytes that have been sent or received, whose time is to come: see [`Network::is_behind`].
    pub(crate) fn count_bytes(&self, bytes: u64) {
        self.take_bytes(bytes);
    }

    /// Whether more bytes have been counted than may have passed by now.
    pub(crate) fn is_behind(&self) -> bool {
        !self.take_bytes(0).is_zero()
    }

    /// Waits until so many bytes may be sent or received; at once, unless the policy limits how many may in a second.
    pub async fn pace_bytes(&self, bytes: u64) {
        pause(self.take_bytes(bytes)).await;
    }

    /// Counts bytes, and says how long it is until they may have passed.
    fn take_bytes(&self, bytes: u64) -> Duration {
        match self.0.policy.load().limits.bytes_per_second {
            None => Duration::ZERO,
            limit => self.0.usage.byte_rate.take(limit, bytes, Instant::now()),
        }
    }

    /// Waits until a datagram may be sent; at once, unless the policy limits how many may in a second.
    pub async fn pace_datagram(&self) {
        let limit = self.0.policy.load().limits.datagrams_per_second;
        if limit.is_some() {
            pause(self.0.usage.datagram_rate.take(limit, 1, Instant::now())).await;
        }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Network").field(&self.0.policy).finish()
    }
}

/// An address in use; see [`Network::hold`].
#[derive(Debug)]
#[must_use = "the address counts as used until this is dropped"]
pub struct Held {
    network: Weak<Inner>,
    address: IpAddr,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(network) = self.network.upgrade() {
            locked(&network.learned).release(self.address);
        }
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Inner").field(&self.policy).finish()
    }
}

impl Inner {
    fn judge(&self, attempt: &Attempt, names: &[String]) -> Verdict {
        let policy = self.policy.load();
        match attempt {
            Attempt::Connect(remote) => policy.judge_outbound(Protocol::Tcp, *remote, names),
            Attempt::Bind(protocol, local) => policy.judge_bind(*protocol, *local),
            Attempt::Listen(local) => policy.judge_listen(*local),
            Attempt::Send(remote) => self.judge_send(&policy, *remote, names),
            Attempt::Receive(remote) => self.judge_receive(&policy, *remote, names),
            Attempt::Resolve(name) => policy.judge_name(name).map(|grant| grant.basis),
            Attempt::Reverse(address) => self.judge_reverse(&policy, *address),
            Attempt::UnixConnect(path) => policy.judge_unix("outbound", path).map(|(basis, _)| basis),
            Attempt::UnixBind(path) => policy.judge_unix("inbound", path).map(|(basis, _)| basis),
        }
    }

    /// Who sent something unasked, under an inbound rule, may be answered.
    fn judge_send(&self, policy: &Policy, remote: SocketAddr, names: &[String]) -> Verdict {
        match policy.judge_outbound(Protocol::Udp, remote, names) {
            Err(Reason::NoRule) if locked(&self.peers).contains(remote) => Ok(None),
            Ok(basis) => {
                if !names.is_empty() {
                    locked(&self.learned).refresh(fold_destination(remote.ip()), Instant::now());
                }
                Ok(basis)
            }
            verdict => verdict,
        }
    }

    /// Who may be sent to may answer; others may send under an inbound rule.
    fn judge_receive(&self, policy: &Policy, remote: SocketAddr, names: &[String]) -> Verdict {
        let verdict = policy.judge_outbound(Protocol::Udp, remote, names);
        if verdict.is_ok() || !policy.allows_unasked_datagrams() {
            return verdict;
        }
        locked(&self.peers).remember(remote);
        Ok(None)
    }

    /// The names of an address may be looked up where any of its ports may be reached, and under a pattern on its name in
    /// the domain name system.
    fn judge_reverse(&self, policy: &Policy, address: IpAddr) -> Verdict {
        let is_reachable =
            policy.opens_address(address) || !locked(&self.learned).names(address, Instant::now()).is_empty();
        match policy.judge_name(&super::denial::reverse_name(address)) {
            Err(Reason::NoRule) if is_reachable => Ok(None),
            verdict => verdict.map(|grant| grant.basis),
        }
    }

    /// The names that have led the guest to the address of an attempt.
    fn names_of(&self, attempt: &Attempt) -> Vec<String> {
        match attempt {
            Attempt::Connect(remote) | Attempt::Send(remote) | Attempt::Receive(remote) => {
                locked(&self.learned).names(fold_destination(remote.ip()), Instant::now())
            }
            Attempt::Bind(..)
            | Attempt::Listen(_)
            | Attempt::Resolve(_)
            | Attempt::Reverse(_)
            | Attempt::UnixConnect(_)
            | Attempt::UnixBind(_) => Vec::new(),
        }
    }

    pub(super) fn tell(&self, event: impl FnOnce() -> Event) {
        if self.audit.is_none() && !telemetry::is_heard() {
            return;
        }
        let mut event = event();
        event.guest.clone_from(&self.guest);
        telemetry::tell(&event);
        if let Some(audit) = &self.audit {
            audit(&event);
        }
    }

    fn answer_unix(&self, attempt: Attempt, judged: Result<(Basis, PathBuf), Reason>) -> Result<PathBuf, Denial> {
        let (verdict, path) = match judged {
            Ok((basis, path)) => (Ok(basis), Some(path)),
            Err(reason) => (Err(reason), None),
        };
        let guest = match &attempt {
            Attempt::UnixConnect(guest) | Attempt::UnixBind(guest) => guest.clone(),
            _ => PathBuf::new(),
        };
        self.answer(attempt, None, verdict).map(|()| path.unwrap_or(guest))
    }

    /// Turns a verdict into an answer: asks who is to be asked, lets pass what is only to be reported, and reports.
    pub(super) fn answer(&self, attempt: Attempt, name: Option<String>, verdict: Verdict) -> Result<(), Denial> {
        self.answer_for(None, attempt, name, verdict)
    }

    /// The same, for the socket that has this number.
    fn answer_for(
        &self,
        socket: Option<u64>,
        attempt: Attempt,
        name: Option<String>,
        verdict: Verdict,
    ) -> Result<(), Denial> {
        let allow = |basis| {
            self.tell(|| Event { socket, ..Event::allowed(&attempt, name.clone(), basis) });
            Ok(())
        };
        let reason = match verdict {
            Ok(basis) => return allow(basis),
            Err(Reason::NoRule) => match self.ask.as_ref().and_then(|ask| ask(&attempt)) {
                Some(true) => return allow(None),
                Some(false) => Reason::Asked,
                None => Reason::NoRule,
            },
            Err(reason) => reason,
        };
        let permitted = self.policy.load().mode == Mode::Report && !is_floor(&reason);
        let denial = Denial { attempt, reason, name, permitted };
        self.tell(|| Event { socket, ..Event::refused(&denial) });
        if let Some(denied) = &self.denied {
            denied(&denial);
        }
        let is_new = {
            let mut reported = locked(&self.reported);
            reported.len() < MAX_REPORTS && reported.insert(denial.attempt.clone())
        };
        if is_new {
            (self.report)(&denial);
        }
        if permitted { Ok(()) } else { Err(denial) }
    }
}

/// Whether something stays refused even where the policy only reports.
fn is_floor(reason: &Reason) -> bool {
    matches!(reason, Reason::Metadata | Reason::Leads(_, super::Special::Metadata))
}

pub(super) async fn pause(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

/// A panic elsewhere does not make these sets wrong.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many distinct denials are reported. A guest that scans ports should not flood the terminal, nor our memory.
const MAX_REPORTS: usize = 100;
