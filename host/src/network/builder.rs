//! Makes a network: its audit, its callbacks, its resolver and its clock.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use arc_swap::ArcSwap;

use super::{Inner, Network};
use crate::accounting::audit::{Audit, Sink};
use crate::accounting::event::Event;
use crate::accounting::meter::Meter;
use crate::accounting::record::OpenSockets;
use crate::accounting::table::SocketTable;
use crate::names::pins::{Clock, SharedPins};
use crate::names::resolver::Resolver;
use crate::policy::denial::{Attempt, Denial};
use crate::policy::rules::Policy;

/// Decides what no rule decides; with `None` the attempt is refused.
pub(super) type Callback = dyn Fn(&Attempt) -> Option<bool> + Send + Sync;

/// Receives refusals.
pub(super) type OnDenial = dyn Fn(&Denial) + Send + Sync;

/// Makes a [`Network`].
#[must_use]
pub struct NetworkBuilder {
    policy: Policy,
    report: Box<OnDenial>,
    audit: Option<Box<Sink>>,
    denied: Option<Box<OnDenial>>,
    guest: String,
    callback: Option<Box<Callback>>,
    resolver: OnceLock<Resolver>,
    clock: Box<Clock>,
}

impl NetworkBuilder {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            policy,
            report: Box::new(|_| ()),
            audit: None,
            denied: None,
            guest: String::new(),
            callback: None,
            resolver: OnceLock::new(),
            clock: Box::new(Instant::now),
        }
    }

    /// What events call the guest.
    pub fn guest(mut self, name: impl Into<String>) -> Self {
        self.guest = name.into();
        self
    }

    /// Is called for every decision, lookup, state of a socket and its end, on the thread that it happens on.
    pub fn audit(self, audit: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.audit_or_stop(move |event| {
            audit(event);
            Ok(())
        })
    }

    /// The same, for an audit without which the guest must not go on: from the first error on, nothing is allowed any more, what
    /// was to be allowed just then neither, and [`Host::run`](crate::Host::run) ends with an error.
    pub fn audit_or_stop(mut self, audit: impl Fn(&Event) -> io::Result<()> + Send + Sync + 'static) -> Self {
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
        self.callback = Some(Box::new(ask));
        self
    }

    /// Resolves names with this. By default a resolver asks the name server that the policy says, or the system's
    /// configuration says.
    pub fn resolver(mut self, resolver: Resolver) -> Self {
        self.resolver = OnceLock::from(resolver);
        self
    }

    /// The clock of pinned names; [`Instant::now`] by default.
    pub fn clock(mut self, clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Makes the network.
    pub fn build(self) -> Network {
        let Self { policy, report, audit, denied, guest, callback, resolver, clock } = self;
        let policy = Arc::new(ArcSwap::from_pointee(policy));
        Network(Arc::new(Inner {
            meter: Arc::new(Meter::new(Arc::clone(&policy))),
            policy,
            report,
            denied,
            callback,
            reported: Mutex::default(),
            pins: Arc::new(SharedPins::new(clock)),
            audit: Arc::new(Audit::new(guest, audit)),
            open: Arc::<OpenSockets>::default(),
            wasi: SocketTable::default(),
            resolver,
        }))
    }
}
