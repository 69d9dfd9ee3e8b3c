//! Names, numbers and texts of the network: `getaddrinfo`, `getnameinfo`, `inet_*`, services and protocols.
//!
//! Nothing here does I/O. A function that may have to ask a resolver answers with a [`Plan`]: either the result itself,
//! or the name to look up and what to make of the answer. Answers are those of the GNU C library on Linux, quirks
//! included, since those are what Python programs see there.

pub mod addrinfo;
pub mod hosts;
pub mod inet;
pub mod interfaces;
mod literal;
mod localhost;
pub mod nameinfo;
pub mod numbers;
mod plan;
pub mod protocols;
mod service_rows;
pub mod services;
mod slots;

pub use addrinfo::{AddressInfo, Hints, getaddrinfo};
pub use hosts::{HostEntry, gethostbyaddr, gethostbyname, gethostbyname_ex, host_address, host_entry, resolve_host};
pub use nameinfo::{NameInfo, getnameinfo, getnameinfo_with, name_info_address, wants_name};
pub use plan::{Pending, Plan, lookup_error};

/// `bytes` as C sees them: up to the first NUL.
fn c_string(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}
