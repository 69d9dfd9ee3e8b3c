//! An attempt that the policy allows.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::policy::decide::{Allowed, Basis};
use crate::policy::rules::Policy;

/// What a decision has let pass: the value that was judged, and that is to be used. Nothing else is connected, bound or sent
/// with.
#[derive(Clone, Debug)]
#[must_use = "a decision is made for what follows it"]
pub struct Admitted<T = SocketAddr> {
    target: T,
    basis: Basis,
    policy: Arc<Policy>,
}

impl<T> Admitted<T> {
    pub(super) fn new(allowed: Allowed<T>, policy: Arc<Policy>) -> Self {
        Self { target: allowed.target, basis: allowed.basis, policy }
    }

    /// What is to be used: an address in the one spelling that was judged, with the port that rules map it to.
    pub fn target(&self) -> &T {
        &self.target
    }

    /// The same, for good.
    pub fn into_target(self) -> T {
        self.target
    }

    /// The rule that allowed it, as the command line writes it; nothing if it needs none.
    pub fn rule(&self) -> Option<String> {
        self.basis.text()
    }

    /// The same decision, with the value that it was about.
    pub(super) fn with<U>(self, target: U) -> Admitted<U> {
        Admitted { target, basis: self.basis, policy: self.policy }
    }

    /// Whether it was decided under this policy.
    pub(super) fn is_of(&self, policy: &Arc<Policy>) -> bool {
        Arc::ptr_eq(&self.policy, policy)
    }
}

impl Admitted {
    /// The address that the system gets.
    pub fn address(&self) -> SocketAddr {
        self.target
    }
}
