//! The one decision: each attempt is judged once, under one policy, and the result is the value that the host acts on.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::admitted::Admitted;
use super::{Inner, Network};
use crate::accounting::account::SocketAccount;
use crate::accounting::event::Event;
use crate::policy::Special;
use crate::policy::address::{destination, fold_destination};
use crate::policy::decide::{Allowed, Basis, Verdict};
use crate::policy::denial::{Attempt, Denial, Reason, reverse_name};
use crate::policy::rule::Protocol;
use crate::policy::rules::{Mode, Policy};
use crate::sync::locked;

/// What a guest tries with an address of the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddressAttempt {
    /// Connecting a TCP socket to it.
    Connect(SocketAddr),
    /// Binding a socket to it, or choosing it otherwise as where packets come from.
    Bind(Protocol, SocketAddr),
    /// Listening on it.
    Listen(SocketAddr),
    /// Sending a datagram to it.
    Send(SocketAddr),
    /// Receiving a datagram from it.
    Receive(SocketAddr),
}

impl From<AddressAttempt> for Attempt {
    fn from(attempt: AddressAttempt) -> Self {
        let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
        match attempt {
            AddressAttempt::Connect(remote) => Self::Connect(plain(remote)),
            AddressAttempt::Bind(protocol, local) => Self::Bind(protocol, plain(local)),
            AddressAttempt::Listen(local) => Self::Listen(plain(local)),
            AddressAttempt::Send(remote) => Self::Send(plain(remote)),
            AddressAttempt::Receive(remote) => Self::Receive(plain(remote)),
        }
    }
}

/// Which socket an attempt is made with.
#[derive(Clone, Copy, Default)]
pub(crate) struct Requester<'a> {
    account: Option<&'a SocketAccount>,
    /// Asks the system for the socket's address.
    local: Option<&'a dyn Fn() -> Option<SocketAddr>>,
}

impl<'a> Requester<'a> {
    /// The socket that has this account.
    pub(crate) fn socket(account: &'a SocketAccount) -> Self {
        Self { account: Some(account), local: None }
    }

    /// The same, with a way to learn its address.
    pub(crate) fn at(self, local: &'a dyn Fn() -> Option<SocketAddr>) -> Self {
        Self { local: Some(local), ..self }
    }

    fn number(&self) -> Option<u64> {
        self.account.and_then(SocketAccount::number)
    }

    fn local(&self) -> Option<SocketAddr> {
        self.account.and_then(|account| account.local(|| self.local.and_then(|local| local())))
    }
}

impl Network {
    /// Whether the policy allows an attempt. What is refused is reported.
    pub fn check(&self, attempt: Attempt) -> Result<(), Denial> {
        let by = Requester::default();
        match attempt {
            Attempt::Connect(remote) => self.decide(by, AddressAttempt::Connect(remote)).map(drop),
            Attempt::Bind(protocol, local) => self.decide(by, AddressAttempt::Bind(protocol, local)).map(drop),
            Attempt::Listen(local) => self.decide(by, AddressAttempt::Listen(local)).map(drop),
            Attempt::Send(remote) => self.decide(by, AddressAttempt::Send(remote)).map(drop),
            Attempt::Receive(remote) => self.decide(by, AddressAttempt::Receive(remote)).map(drop),
            Attempt::Resolve(name) => self.0.decide_name(&name).map(drop),
            Attempt::Reverse(address) => self.0.decide_reverse(address).map(drop),
            Attempt::UnixConnect(path) => self.check_unix_connect(&path),
            Attempt::UnixBind(path) => self.check_unix_bind(&path),
        }
    }

    /// Where a connection to `remote` goes, if the policy allows it: to that address, and no other, is to be connected.
    pub fn admit_connect(&self, remote: SocketAddr) -> Result<Admitted, Denial> {
        self.decide(Requester::default(), AddressAttempt::Connect(remote))
    }

    /// The decision about an address: under one snapshot of the policy, once.
    pub(crate) fn decide(&self, by: Requester<'_>, attempt: AddressAttempt) -> Result<Admitted, Denial> {
        let policy = self.0.policy.load_full();
        let (verdict, name) = self.0.judge(&policy, by, attempt);
        let otherwise = || match attempt {
            AddressAttempt::Connect(remote) | AddressAttempt::Send(remote) | AddressAttempt::Receive(remote) => {
                destination(remote)
            }
            AddressAttempt::Bind(_, local) | AddressAttempt::Listen(local) => local,
        };
        self.0.conclude(policy, by.number(), || attempt.into(), name, verdict, otherwise)
    }
}

impl Inner {
    /// What the rules say, and a name that has led the guest to the address.
    fn judge(
        &self,
        policy: &Policy,
        by: Requester<'_>,
        attempt: AddressAttempt,
    ) -> (Verdict<SocketAddr>, Option<Arc<str>>) {
        let verdict = match attempt {
            AddressAttempt::Connect(remote) => return self.judge_remote(policy, Protocol::Tcp, remote),
            AddressAttempt::Send(remote) => return self.judge_send(policy, by, remote),
            AddressAttempt::Receive(remote) => return self.judge_receive(policy, by, remote),
            AddressAttempt::Bind(protocol, local) => policy.judge_bind(protocol, local),
            AddressAttempt::Listen(local) => policy.judge_listen(local),
        };
        (verdict, None)
    }

    fn judge_remote(
        &self,
        policy: &Policy,
        protocol: Protocol,
        remote: SocketAddr,
    ) -> (Verdict<SocketAddr>, Option<Arc<str>>) {
        self.pins.read(fold_destination(remote.ip()), |names| {
            (policy.judge_outbound(protocol, remote, names), names.first().cloned())
        })
    }

    /// A stranger that was heard under an inbound rule may be answered, by the socket that has heard it.
    fn judge_send(
        &self,
        policy: &Policy,
        by: Requester<'_>,
        remote: SocketAddr,
    ) -> (Verdict<SocketAddr>, Option<Arc<str>>) {
        let (verdict, name) = self.judge_remote(policy, Protocol::Udp, remote);
        let target = destination(remote);
        let may_answer = || by.account.is_some_and(|account| account.has_heard(target));
        match verdict {
            Err(Reason::NoRule) if may_answer() => (Ok(Allowed { target, basis: Basis::Free }), name),
            Ok(allowed) => {
                if name.is_some() {
                    self.pins.refresh(fold_destination(remote.ip()));
                }
                (Ok(allowed), name)
            }
            refused => (refused, name),
        }
    }

    /// Where a socket may send to, it may be answered from; others are heard under an inbound rule on the socket's address.
    fn judge_receive(
        &self,
        policy: &Policy,
        by: Requester<'_>,
        remote: SocketAddr,
    ) -> (Verdict<SocketAddr>, Option<Arc<str>>) {
        let (verdict, name) = self.judge_remote(policy, Protocol::Udp, remote);
        if verdict.is_ok() {
            return (verdict, name);
        }
        match by.local().map(|local| policy.judge_strangers(local)) {
            Some(Ok(Allowed { basis, .. })) => {
                let target = destination(remote);
                by.account.into_iter().for_each(|account| account.heard(target));
                (Ok(Allowed { target, basis }), name)
            }
            Some(Err(_)) | None => (verdict, name),
        }
    }

    /// The names of an address may be looked up where any of its ports may be reached, and under a pattern on its name in
    /// the domain name system.
    pub(super) fn decide_reverse(&self, address: IpAddr) -> Result<Admitted<IpAddr>, Denial> {
        let policy = self.policy.load_full();
        let is_reachable = || policy.opens_address(address) || !self.pins.read(address, <[_]>::is_empty);
        let verdict = match policy.judge_name(&reverse_name(address)) {
            Ok(allowed) => Ok(Allowed { target: address, basis: allowed.basis }),
            Err(Reason::NoRule) if is_reachable() => Ok(Allowed { target: address, basis: Basis::Free }),
            Err(reason) => Err(reason),
        };
        self.conclude(policy, None, || Attempt::Reverse(address), None, verdict, || address)
    }

    /// Turns a verdict into a decision: asks the callback, allows what is only to be reported, and audits it.
    ///
    /// `otherwise` is the target if no rule has decided it.
    pub(super) fn conclude<T>(
        &self,
        policy: Arc<Policy>,
        socket: Option<u64>,
        attempt: impl Fn() -> Attempt,
        name: Option<Arc<str>>,
        verdict: Verdict<T>,
        otherwise: impl Fn() -> T,
    ) -> Result<Admitted<T>, Denial> {
        let name = || name.as_deref().map(str::to_owned);
        let verdict = match verdict {
            Err(Reason::NoRule) => match self.callback.as_ref().and_then(|callback| callback(&attempt())) {
                Some(true) => Ok(Allowed { target: otherwise(), basis: Basis::Free }),
                Some(false) => Err(Reason::Callback),
                None => Err(Reason::NoRule),
            },
            verdict => verdict,
        };
        let reason = match verdict {
            Ok(allowed) => {
                self.audit.emit(|| Event { socket, ..Event::allowed(&attempt(), name(), allowed.basis.text()) });
                // An attempt that cannot be audited is refused.
                match self.audit.failure() {
                    None => return Ok(Admitted::new(allowed, policy)),
                    Some(_) => Reason::AuditFailed,
                }
            }
            Err(reason) => reason,
        };
        let permitted = policy.mode() == Mode::Report && !is_floor(&reason);
        let denial = Denial { attempt: attempt(), reason, name: name(), permitted };
        self.emit(socket, &denial);
        if permitted && self.audit.failure().is_none() {
            return Ok(Admitted::new(Allowed { target: otherwise(), basis: Basis::Free }, policy));
        }
        Err(Denial { permitted: false, ..denial })
    }

    /// Passes a refusal to the audit and to the callbacks.
    fn emit(&self, socket: Option<u64>, denial: &Denial) {
        self.audit.emit(|| Event { socket, ..Event::refused(denial) });
        if let Some(denied) = &self.denied {
            denied(denial);
        }
        let is_new = {
            let mut reported = locked(&self.reported);
            reported.len() < MAX_REPORTS && reported.insert(denial.attempt.clone())
        };
        if is_new {
            (self.report)(denial);
        }
    }
}

/// Whether something stays refused even where the policy only reports.
fn is_floor(reason: &Reason) -> bool {
    match reason {
        Reason::Denied(_) | Reason::Metadata | Reason::SpecialAddress(_, Special::Metadata) | Reason::AuditFailed => {
            true
        }
        Reason::NoRule | Reason::SpecialAddress(..) | Reason::Callback => false,
    }
}

/// How many distinct denials are reported. A guest that scans ports should not flood the terminal, nor our memory.
const MAX_REPORTS: usize = 100;
