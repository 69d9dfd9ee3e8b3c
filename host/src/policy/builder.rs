//! Who is told of a policy's work, and who is asked.

use std::sync::{Arc, Mutex, OnceLock};

use arc_swap::ArcSwap;

use super::audit::Event;
use super::limits::Usage;
use super::network::Inner;
use super::{Attempt, Denial, Network, Policy, Resolver};

/// Decides what no rule decides; nothing leaves it refused.
pub(super) type Ask = dyn Fn(&Attempt) -> Option<bool> + Send + Sync;

/// Is told of refusals.
pub(super) type OnDenial = dyn Fn(&Denial) + Send + Sync;

/// Is told of everything.
pub(super) type OnEvent = dyn Fn(&Event) + Send + Sync;

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
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            policy,
            report: Box::new(|_| ()),
            audit: None,
            denied: None,
            guest: String::new(),
            ask: None,
            resolver: OnceLock::new(),
        }
    }

    /// What events call the guest.
    pub fn guest(mut self, name: impl Into<String>) -> Self {
        self.guest = name.into();
        self
    }

    /// Is called for every decision, lookup, state of a socket and its end, on the thread that it happens on.
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
            open: Mutex::default(),
            resolver,
        }))
    }
}
