//! The contract's interface `host` over the operating system's sockets, under the policy.
//!
//! What a socket means to a program is the guest's business. Here a call is the system's call: it is tried at once, on the
//! thread of the guest, and only what would block waits, for its guest alone and no longer than its deadline.
//!
//! `open` is the one module that opens, binds and connects sockets; `system` the one with `unsafe` in it.

mod address;
mod audit;
mod bindings;
mod connect;
mod control;
mod descriptors;
mod egress;
mod errors;
mod imports;
mod in_flight;
mod interfaces;
mod kind;
mod lookup;
mod message;
mod open;
mod option_access;
mod options;
mod poll;
mod poll_set;
mod shared;
mod signals;
mod socket;
mod state;
mod system;
#[cfg(test)]
mod tests;
mod transfer;
mod types;
mod unix;
mod waiting;

pub(crate) use imports::add_to_linker;
pub use imports::{HostView, View};
pub use state::Sockets;
pub use waiting::WaitOn;
