//! The one way from a guest to the network: every address check and every name lookup asks the policy here.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Instant;

use arc_swap::ArcSwap;
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::sockets::SocketAddrUse;

use super::address::{fold, fold_destination};
use super::audit::{Event, SocketLife};
use super::book::{Book, Use};
use super::decide::{Basis, Verdict};
use super::learned::Learned;
use super::limits::{Exceeded, Permit, Usage};
use super::names::{Family, is_localhost, is_name, normal};
use super::peers::Peers;
use super::resolver::localhost;
use super::{Attempt, Denial, Found, LookupError, Mode, Policy, Protocol, Reason, Resolver};

/// A policy at work for one guest. Clones share it.
#[derive(Clone)]
pub struct Network(Arc<Inner>);

struct Inner {
    policy: ArcSwap<Policy>,
    report: Box<OnDenial>,
    audit: Option<Box<OnEvent>>,
    denied: Option<Box<OnDenial>>,
    guest: String,
    ask: Option<Box<Ask>>,
    reported: Mutex<HashSet<Attempt>>,
    peers: Mutex<Peers>,
    learned: Mutex<Learned>,
    usage: Usage,
    book: Mutex<Book>,
    resolver: OnceLock<Resolver>,
}

/// Decides what no rule decides; nothing leaves it refused.
type Ask = dyn Fn(&Attempt) -> Option<bool> + Send + Sync;

/// Is told of refusals.
type OnDenial = dyn Fn(&Denial) + Send + Sync;

/// Is told of everything.
type OnEvent = dyn Fn(&Event) + Send + Sync;

/// Makes a [`Network`].
#[must_use]
pub struct Builder {
    policy: Policy,
    report: Box<OnDenial>,
    audit: Option<Box<OnEvent>>,
    denied: Option<Box<OnDenial>>,
    guest: String,
    ask: Option<Box<Ask>>,
    resolver: OnceLock<Resolver>,
}

impl Builder {
    /// What events call the guest.
    pub fn guest(mut self, name: impl Into<String>) -> Self {
        self.guest = name.into();
        self
    }

    /// Is called for every decision, lookup and socket's end, on the thread that it happens on.
    pub fn audit(mut self, audit: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.audit = Some(Box::new(audit));
        self
    }

    /// Is called for every attempt that is refused, or would be if the policy did more than report: each time, unlike
    /// [`report`](Self::report).
    pub fn audit_denials(mut self, audit: impl Fn(&Denial) + Send + Sync + 'static) -> Self {
        self.denied = Some(Box::new(audit));
        self
    }

    /// Is called for each distinct attempt that is refused, or would be if the policy did more than report, as long as
    /// they are few enough for a person to read.
    pub fn report(mut self, report: impl Fn(&Denial) + Send + Sync + 'static) -> Self {
        self.report = Box::new(report);
        self
    }

    /// Is called for each attempt that no rule allows and no rule forbids: `Some(true)` allows it, this once. What is
    /// closed to all but literal rules stays closed.
    ///
    /// # Ambient Authority
    ///
    /// The guest may do what the callback says it may.
    pub fn ask(mut self, ask: impl Fn(&Attempt) -> Option<bool> + Send + Sync + 'static) -> Self {
        self.ask = Some(Box::new(ask));
        self
    }

    /// Resolves names with this, instead of a resolver of its own, which asks whom the policy says, or the system's
    /// configuration says.
    pub fn resolver(mut self, resolver: Resolver) -> Self {
        self.resolver = OnceLock::from(resolver);
        self
    }

    /// Puts the policy to work.
    pub fn build(self) -> Network {
        let Self { policy, report, audit, denied, guest, ask, resolver } = self;
        Network(Arc::new(Inner {
            policy: ArcSwap::from_pointee(policy),
            report,
            audit,
            denied,
            guest,
            ask,
            reported: Mutex::default(),
            peers: Mutex::default(),
            learned: Mutex::default(),
            usage: Usage::default(),
            book: Mutex::default(),
            resolver,
        }))
    }
}

impl Network {
    /// Puts a policy to work. `report` is called as [`Builder::report`] says.
    pub fn new(policy: Policy, report: impl Fn(&Denial) + Send + Sync + 'static) -> Self {
        Self::builder(policy).report(report).build()
    }

    /// Starts to put a policy to work.
    pub fn builder(policy: Policy) -> Builder {
        Builder {
            policy,
            report: Box::new(|_| ()),
            audit: None,
            denied: None,
            guest: String::new(),
            ask: None,
            resolver: OnceLock::new(),
        }
    }

    /// Puts another policy in the place of this one, for all that is tried from now on. What is open stays open.
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the new policy allows.
    pub fn replace(&self, policy: Policy) {
        self.0.policy.store(Arc::new(policy));
    }

    /// Gives a guest its sockets, under this policy.
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the policy allows, as this process.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that answers address checks")]
    pub fn grant(&self, builder: &mut WasiCtxBuilder) {
        let network = self.clone();
        builder.socket_addr_check(move |address, purpose| {
            let permitted = network.permits(address, purpose);
            Box::pin(std::future::ready(permitted))
        });
        // Creating a socket is harmless, and refusing it would leave nothing to report but "not permitted".
        builder.allow_tcp(true).allow_udp(true);
    }

    /// Whether the policy allows this use of an address; if not, reports it.
    pub fn permits(&self, address: SocketAddr, purpose: SocketAddrUse) -> bool {
        let is_approved = match purpose {
            SocketAddrUse::TcpConnect => self.take_approval(Use::Connect, address),
            SocketAddrUse::TcpBind => self.take_approval(Use::Bind, address),
            SocketAddrUse::TcpListen
            | SocketAddrUse::TcpAccept
            | SocketAddrUse::UdpBind
            | SocketAddrUse::UdpSend
            | SocketAddrUse::UdpReceive => false,
        };
        if is_approved {
            return true;
        }
        let attempt = match purpose {
            SocketAddrUse::TcpConnect => Attempt::Connect(address),
            SocketAddrUse::TcpBind => Attempt::Bind(Protocol::Tcp, address),
            SocketAddrUse::TcpListen => Attempt::Listen(address),
            // The address is the peer's. Only a socket that may listen accepts, and rules are on its own address.
            SocketAddrUse::TcpAccept => return true,
            SocketAddrUse::UdpBind => Attempt::Bind(Protocol::Udp, address),
            SocketAddrUse::UdpSend => Attempt::Send(address),
            SocketAddrUse::UdpReceive => Attempt::Receive(address),
        };
        self.check(attempt).is_ok()
    }

    /// Whether the policy allows an attempt: the one decision point of every way to the network. What is refused is
    /// reported.
    pub fn check(&self, attempt: Attempt) -> Result<(), Denial> {
        let names = self.0.names_of(&attempt);
        let verdict = self.0.judge(&attempt, &names);
        self.0.answer(attempt, names.into_iter().next(), verdict)
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

    /// A socket uses this address until the answer is dropped: as long as that, what the guest has learned of it counts.
    pub fn hold(&self, remote: SocketAddr) -> Held {
        let address = fold_destination(remote.ip());
        locked(&self.0.learned).hold(address);
        Held { network: Arc::downgrade(&self.0), address }
    }

    pub(super) fn book(&self) -> &Mutex<Book> {
        &self.0.book
    }

    /// Tells of the end of a socket, for the audit.
    pub fn closed(&self, life: &SocketLife) {
        self.0.tell(|| Event::socket(life));
    }

    /// Counts one more of something, or `amount` bytes of buffers, until the answer is dropped.
    pub fn take(&self, kind: Exceeded, amount: u64) -> Result<Permit, Exceeded> {
        self.0.usage.take(&self.0.policy.load().limits, kind, amount)
    }

    /// Waits until so many bytes may be sent or received; at once, unless the policy limits how many may in a second.
    pub async fn pace_bytes(&self, bytes: u64) {
        let limit = self.0.policy.load().limits.bytes_per_second;
        pause(self.0.usage.byte_rate.take(limit, bytes, Instant::now())).await;
    }

    /// Waits until a datagram may be sent; at once, unless the policy limits how many may in a second.
    pub async fn pace_datagram(&self) {
        let limit = self.0.policy.load().limits.datagrams_per_second;
        pause(self.0.usage.datagram_rate.take(limit, 1, Instant::now())).await;
    }

    /// Looks up the addresses of a name, if the policy allows that name. Addresses are names of themselves.
    ///
    /// # Ambient Authority
    ///
    /// Asks name servers.
    pub async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
        Ok(self.lookup(name, Family::Any).await?.addresses)
    }

    /// As [`resolve`](Self::resolve), for one family if one is asked for, with all that is found.
    ///
    /// # Ambient Authority
    ///
    /// Asks name servers.
    pub async fn lookup(&self, name: &str, family: Family) -> Result<Found, LookupError> {
        let domain = match parse_name(name)? {
            Name::Address(address) => return Ok(Found { addresses: vec![address], ..Found::default() }),
            Name::Domain(domain) => domain,
        };
        let plain = normal(&domain);
        if !is_name(&plain) {
            return Err(LookupError::Malformed);
        }
        let policy = self.0.policy.load_full();
        let (families, mapped) = match policy.judge_name(&plain) {
            Ok(grant) => {
                self.0.answer(Attempt::Resolve(plain.clone()), None, Ok(grant.basis)).map_err(denied)?;
                (grant.families, grant.mapped)
            }
            Err(reason) => {
                self.0.answer(Attempt::Resolve(plain.clone()), None, Err(reason)).map_err(denied)?;
                (vec![Family::Any], Vec::new())
            }
        };
        let mut found = if !mapped.is_empty() {
            Found { addresses: mapped.clone(), ttl: super::learned::CAP, ..Found::default() }
        } else if is_localhost(&plain) {
            localhost()
        } else {
            let attempt = Attempt::Resolve(plain.clone());
            self.0.ask_resolver(&attempt, async |resolver| resolver.forward(&domain, family).await).await?
        };
        let is_wanted = |address: &IpAddr| {
            family.contains(fold(*address)) && families.iter().any(|family| family.contains(fold(*address)))
        };
        found.addresses.retain(is_wanted);
        if found.addresses.is_empty() {
            return Err(LookupError::AddressFamily);
        }
        self.0.screen(&policy, &plain, &mapped, &mut found).map_err(denied)?;
        Ok(found)
    }

    /// Looks up the names of an address, if the policy allows that.
    ///
    /// # Ambient Authority
    ///
    /// Asks name servers.
    pub async fn reverse(&self, address: IpAddr) -> Result<Found, LookupError> {
        let address = fold(address);
        self.check(Attempt::Reverse(address)).map_err(denied)?;
        if address.is_loopback() {
            return Ok(Found { addresses: vec![address], ..localhost() });
        }
        let attempt = Attempt::Reverse(address);
        self.0.ask_resolver(&attempt, async |resolver| resolver.reverse(address).await).await
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

    /// Asks for what `attempt` says, within the limits, and tells of it.
    async fn ask_resolver<F>(&self, attempt: &Attempt, ask: impl FnOnce(Resolver) -> F) -> Result<Found, LookupError>
    where
        F: Future<Output = Result<Found, LookupError>>,
    {
        let started = Instant::now();
        let span = tracing::debug_span!(target: "wasocket::policy", "dns.lookup", guest = self.guest, "dns.question" = %attempt);
        let answer = async {
            let _permit = self.start_lookup().await?;
            ask(self.resolver().clone()).await
        };
        let answer = tracing::Instrument::instrument(answer, span).await;
        self.tell(|| Event::lookup(attempt, &answer, started.elapsed()));
        answer
    }

    async fn start_lookup(&self) -> Result<Permit, LookupError> {
        let limits = self.policy.load().limits.clone();
        let permit = self.usage.take(&limits, Exceeded::Lookups, 1).map_err(|_| LookupError::Busy)?;
        pause(self.usage.lookup_rate.take(limits.lookups_per_second, 1, Instant::now())).await;
        Ok(permit)
    }

    fn resolver(&self) -> &Resolver {
        let server = || self.policy.load().dns;
        self.resolver.get_or_init(|| server().map_or_else(Resolver::system, Resolver::with_server))
    }

    /// Takes out of an answer what the guest may not have, and learns the rest.
    fn screen(&self, policy: &Policy, name: &str, mapped: &[IpAddr], found: &mut Found) -> Result<(), Denial> {
        let now = Instant::now();
        let mut refused = Vec::new();
        let mut kept = Vec::new();
        for address in std::mem::take(&mut found.addresses) {
            // What a rule says of a name is not what its owner says of it.
            let verdict = if mapped.contains(&address) { Ok(true) } else { policy.judge_answer(name, address) };
            match verdict {
                Ok(true) => {
                    locked(&self.learned).learn(name, fold(address), found.ttl, now);
                    kept.push(address);
                }
                Ok(false) => kept.push(address),
                Err(reason) => refused.push((address, reason)),
            }
        }
        found.addresses = kept;
        let mut denial = None;
        for (address, reason) in refused {
            match self.answer(Attempt::Resolve(name.to_owned()), None, Err(reason)) {
                // The policy only reports.
                Ok(()) => found.addresses.push(address),
                Err(refusal) => denial = denial.or(Some(refusal)),
            }
        }
        // What is left without the refused addresses is an answer, too.
        denial.filter(|_| found.addresses.is_empty()).map_or(Ok(()), Err)
    }

    fn tell(&self, event: impl FnOnce() -> Event) {
        if let Some(audit) = &self.audit {
            let mut event = event();
            event.guest.clone_from(&self.guest);
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
    fn answer(&self, attempt: Attempt, name: Option<String>, verdict: Verdict) -> Result<(), Denial> {
        let allow = |basis| {
            self.tell(|| Event::allowed(&attempt, name.clone(), basis));
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
        tracing::debug!(target: "wasocket::policy", guest = self.guest, permitted, "denied: {denial}");
        self.tell(|| Event::refused(&denial));
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

fn denied(denial: Denial) -> LookupError {
    LookupError::Denied(Box::new(denial))
}

async fn pause(duration: std::time::Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

enum Name {
    Address(IpAddr),
    Domain(String),
}

/// Reads a name as WASI's own implementation in wasmtime does: host names in any script, and every spelling of an address
/// that `getaddrinfo` takes.
fn parse_name(name: &str) -> Result<Name, LookupError> {
    match url::Host::parse(name) {
        Ok(url::Host::Domain(domain)) => Ok(Name::Domain(domain)),
        Ok(url::Host::Ipv4(address)) => Ok(Name::Address(address.into())),
        Ok(url::Host::Ipv6(address)) => Ok(Name::Address(address.into())),
        Err(_) => {
            name.parse::<Ipv6Addr>().map(|address| Name::Address(address.into())).map_err(|_| LookupError::Malformed)
        }
    }
}

/// A panic elsewhere does not make these sets wrong.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many distinct denials are reported. A guest that scans ports should not flood the terminal, nor our memory.
const MAX_REPORTS: usize = 100;
