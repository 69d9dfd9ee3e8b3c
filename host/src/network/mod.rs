//! A policy applied to one guest: the one way from the guest to the network.

pub(crate) mod admitted;
pub(crate) mod builder;
mod decide;
mod lookup;
pub(crate) mod recorder;
pub(crate) mod unix;

use std::collections::HashSet;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};

use arc_swap::ArcSwap;

use crate::accounting::account::SocketAccount;
use crate::accounting::audit::Audit;
use crate::accounting::buffers::Buffers;
use crate::accounting::meter::Meter;
use crate::accounting::quota::{Permit, Quota, QuotaExceeded};
use crate::accounting::record::{OpenSockets, Origin, SocketRecord};
use crate::accounting::table::SocketTable;
use crate::accounting::view::SocketView;
use crate::names::pins::{PinHold, SharedPins};
use crate::names::resolver::Resolver;
use crate::policy::address::fold_destination;
use crate::policy::denial::{Attempt, Denial};
use crate::policy::rule::Protocol;
use crate::policy::rules::Policy;
pub use admitted::Admitted;
use builder::{Callback, NetworkBuilder, OnDenial};
pub(crate) use decide::{AddressAttempt, Requester};

/// A policy applied to one guest. Clones share it.
#[derive(Clone)]
pub struct Network(pub(super) Arc<Inner>);

pub(super) struct Inner {
    policy: Arc<ArcSwap<Policy>>,
    report: Box<OnDenial>,
    denied: Option<Box<OnDenial>>,
    callback: Option<Box<Callback>>,
    reported: Mutex<HashSet<Attempt>>,
    pins: Arc<SharedPins>,
    meter: Arc<Meter>,
    audit: Arc<Audit>,
    open: Arc<OpenSockets>,
    wasi: SocketTable,
    resolver: OnceLock<Resolver>,
}

impl Network {
    /// Applies a policy to one guest. `report` is called as [`NetworkBuilder::report`] says.
    pub fn new(policy: Policy, report: impl Fn(&Denial) + Send + Sync + 'static) -> Self {
        Self::builder(policy).report(report).build()
    }

    /// Starts to make a network.
    pub fn builder(policy: Policy) -> NetworkBuilder {
        NetworkBuilder::new(policy)
    }

    /// Puts another policy in the place of this one, for all that is tried from now on. What is open stays open.
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the new policy allows.
    pub fn replace(&self, policy: Policy) {
        self.0.policy.store(Arc::new(policy));
    }

    /// The rules in force, as [`Event::rule`](crate::policy::Event::rule) names them: those that deny first.
    pub fn rules(&self) -> Vec<String> {
        self.0.policy.load().listing()
    }

    /// The sockets that the guest has open, in the order in which it opened them.
    pub fn open_sockets(&self) -> Vec<SocketView> {
        self.0.open.views()
    }

    /// Takes `amount` of a quota, until the answer is dropped.
    pub fn take(&self, quota: Quota, amount: u64) -> Result<Permit, QuotaExceeded> {
        self.0.meter.take(quota, amount)
    }

    /// The guest is gone, and all its sockets with it: nothing of it counts any more, and the audit has its last lines.
    ///
    /// [`Host`](crate::Host) does this. An embedder with a store of its own calls it after that was dropped.
    pub fn end(&self) {
        self.0.wasi.clear();
    }

    /// Waits until an event of the audit is lost, where that is to end the guest: see
    /// [`NetworkBuilder::audit_or_stop`]. The answer says why.
    pub async fn until_audit_fails(&self) -> String {
        self.0.audit.until_failure().await
    }

    /// Why an event of the audit was lost, if one was.
    pub(crate) fn audit_failure(&self) -> Option<String> {
        self.0.audit.failure().map(str::to_owned)
    }

    /// What the guest uses altogether.
    pub(crate) fn meter(&self) -> &Arc<Meter> {
        &self.0.meter
    }

    /// The accounts of the guest's sockets on plain `wasi:sockets`.
    pub(crate) fn wasi_sockets(&self) -> &SocketTable {
        &self.0.wasi
    }

    /// Opens the account of a new socket; `transport` is that of a socket that can leave this machine.
    pub(crate) fn account(&self, transport: Option<Protocol>, buffers: Buffers, origin: Origin) -> SocketAccount {
        self.account_that_counts(transport, true, buffers, origin)
    }

    /// The same, of a socket whose bytes nobody counts unless `counts_bytes`.
    pub(crate) fn account_that_counts(
        &self,
        transport: Option<Protocol>,
        counts_bytes: bool,
        buffers: Buffers,
        origin: Origin,
    ) -> SocketAccount {
        let Inner { open, audit, meter, .. } = &*self.0;
        let record = transport.map(|protocol| SocketRecord::open(open, audit, protocol, counts_bytes, origin));
        SocketAccount::new(meter, transport, record, buffers)
    }

    /// A connection to this address is there: as long as that, the names that lead to it now stay known.
    pub(crate) fn hold(&self, remote: SocketAddr) -> PinHold {
        PinHold::new(&self.0.pins, fold_destination(remote.ip()))
    }

    /// Whether something was decided under the policy that is in force now.
    pub(crate) fn is_current<T>(&self, admitted: &Admitted<T>) -> bool {
        admitted.is_of(&self.0.policy.load())
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Network").field(&self.0.policy).finish()
    }
}
