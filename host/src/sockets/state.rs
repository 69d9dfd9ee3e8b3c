//! What the sockets of one guest share.

use std::sync::{Arc, Mutex};

use super::descriptors::{Descriptor, Descriptors};
use super::errors::{HostResult, exceeded};
use super::in_flight::InFlight;
use super::unix::Names;
use super::waiting::{Clock, WaitOn, Waits};
use crate::accounting::quota::Quota;
use crate::network::Network;
use crate::signals::Signals;

/// The network of one guest: its policy, its clock, its name, and what it has open.
pub struct Sockets {
    pub(super) network: Network,
    pub(super) clock: Clock,
    pub(super) names: Names,
    pub(super) host_name: String,
    /// Where data arrives before it is copied out, so that a call allocates what arrives and not what was asked for.
    pub(super) arrivals: Mutex<Vec<u8>>,
    pub(super) in_flight: Arc<InFlight>,
    /// How the guest waits.
    pub(super) waits: Waits,
    descriptors: Descriptors,
}

impl Sockets {
    /// For a new guest, under this policy. The guest believes that its host has this name.
    pub fn new(network: Network, host_name: impl Into<String>) -> Arc<Self> {
        Self::waiting_on(network, host_name, WaitOn::Runtime, Signals::new())
    }

    /// The same, what waits while the guest does, and the signals that end a wait.
    pub fn waiting_on(network: Network, host_name: impl Into<String>, wait_on: WaitOn, signals: Signals) -> Arc<Self> {
        Arc::new(Self {
            network,
            clock: Clock::start(),
            names: Names::default(),
            host_name: host_name.into(),
            arrivals: Mutex::default(),
            waits: Waits { wait_on, signals },
            in_flight: Arc::default(),
            descriptors: Descriptors::default(),
        })
    }

    /// Counts one more descriptor, until the answer is dropped.
    pub(super) fn count(&self) -> HostResult<Descriptor> {
        self.descriptors.count(None)
    }

    /// Counts one more descriptor of a socket, for the policy as well.
    pub(super) fn count_socket(&self) -> HostResult<Descriptor> {
        self.descriptors.count(Some(self.network.take(Quota::Sockets, 1).map_err(exceeded)?))
    }

    /// How many descriptors the guest holds.
    #[cfg(test)]
    pub(super) fn open(&self) -> usize {
        self.descriptors.open()
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.waits.signals.end();
    }
}

impl std::fmt::Debug for Sockets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Sockets").field("network", &self.network).finish_non_exhaustive()
    }
}
