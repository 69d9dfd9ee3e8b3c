//! What a store's data offers to what is linked.

use crate::network::Network;

/// What a store's data has so that its guest's network goes through the policy.
pub trait NetworkView: Send {
    /// The policy at work.
    fn network(&self) -> &Network;
}
