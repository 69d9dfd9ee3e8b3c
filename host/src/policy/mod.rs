//! What a guest may reach: rules by direction, deny by default, deny before allow.
//!
//! [`Policy`] holds the rules; what is in this folder decides by them alone, as pure functions. [`Network`] puts a policy to
//! work for a guest: it is the only thing in this crate that answers address checks and resolves names. The compiler keeps it
//! so: `clippy.toml` forbids the functions that open sockets or resolve everywhere else.

pub(crate) mod address;
pub(crate) mod decide;
pub(crate) mod denial;
mod explain;
mod file;
mod hosts;
pub(crate) mod limits;
pub(crate) mod listing;
mod metadata;
pub(crate) mod name_pattern;
mod ports;
pub(crate) mod remedy;
pub(crate) mod rule;
pub(crate) mod rules;
#[cfg(test)]
mod tests;
pub(crate) mod unix;
mod warnings;

pub use address::Special;
pub use denial::{Attempt, Denial, Reason};
pub use explain::{Explanation, Target, TargetError};
pub use file::PolicyError;
pub use limits::Limits;
pub use name_pattern::{NameError, NamePattern, RuleFamily};
pub use rule::{Protocol, Rule, RuleError};
pub use rules::{Mode, Policy};

// The facade of the policy at work: what embedders look for here.
pub use crate::accounting::event::Event;
pub use crate::accounting::quota::{Permit, Quota, QuotaExceeded};
pub use crate::accounting::view::{SocketState, SocketView};
pub use crate::names::resolver::{LookupError, Resolved, Resolver};
pub use crate::network::builder::NetworkBuilder;
pub use crate::network::recorder::PolicyRecorder;
pub use crate::network::{Admitted, Network};
