//! The contract's interface `host` over the operating system's sockets, under the policy.
//!
//! What a socket means to a program is the guest's business. Here a call is the system's call: it is tried at once, on the
//! thread of the guest, and only what would block waits, for its guest alone and no longer than its deadline.
//!
//! `open` is the one module that opens, binds and connects sockets; `system` the one with `unsafe` in it.

mod address;
mod bindings;
mod control;
mod errors;
mod imports;
mod interfaces;
mod lookup;
mod message;
mod open;
mod option_access;
mod options;
mod poll;
mod poll_set;
mod socket;
mod state;
mod system;
mod telling;
#[cfg(test)]
mod tests;
mod transfer;
mod under_way;
mod unix;
mod waiting;

pub(crate) use imports::add_to_linker;
pub use imports::{HostView, View};
pub use state::Sockets;
pub use waiting::Thread;
