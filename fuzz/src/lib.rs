//! What holds for every input of what wasocket parses: a fuzz target each, which only calls `check`.
//!
//! A check is more than "no panic": what the C library says of the same input, what comes back of what was written, and
//! what a program may rely on. `cargo xtask test fuzz` runs each target for a bounded number of inputs; for longer:
//!
//! ```text
//! cargo xtask fuzz addresses 10000000
//! ```

#[expect(dead_code, unreachable_pub, reason = "the host needs more of it")]
#[path = "../../host/src/accounting/mod.rs"]
mod accounting;
pub mod addresses;
pub mod ancillary;
#[path = "../../threads/src/baton.rs"]
mod baton;
pub mod c_library;
pub mod certificates;
pub mod chains;
pub mod destinations;
pub mod edits;
#[expect(dead_code, unreachable_pub, reason = "the host needs more of it")]
#[path = "../../host/src/error.rs"]
mod error;
#[expect(unreachable_pub, reason = "the host's command needs it")]
#[path = "../../host/src/escape.rs"]
mod escape;
#[expect(dead_code, reason = "the crate's own tests need more of it")]
#[path = "../../tls/tests/connections/forge.rs"]
mod forge;
pub mod getaddrinfo;
#[expect(unreachable_pub, reason = "the host needs more of it")]
#[path = "../../host/src/names/mod.rs"]
mod names;
#[expect(dead_code, unreachable_pub, unused_imports, reason = "the host needs more of it")]
#[path = "../../host/src/network/mod.rs"]
mod network;
pub mod options;
pub mod policies;
#[expect(dead_code, unreachable_pub, unused_imports, reason = "the host needs more of it")]
#[path = "../../host/src/policy/mod.rs"]
mod policy;
pub mod records;
pub mod schedules;
#[expect(dead_code, reason = "the core's own tests need more of it")]
#[path = "../../guest/tests/core/scripted.rs"]
mod scripted;
#[path = "../../host/src/sync.rs"]
mod sync;

use error::{Error, Result};

/// Splits off the first byte, which says what to do with the rest.
fn choice(input: &[u8]) -> Option<(u8, &[u8])> {
    input.split_first().map(|(first, rest)| (*first, rest))
}
