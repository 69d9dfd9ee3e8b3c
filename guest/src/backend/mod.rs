//! Networks that real programs run on.

#[cfg(target_family = "wasm")]
mod command;
#[cfg(all(target_family = "wasm", feature = "host"))]
pub mod host;
#[cfg(all(target_family = "wasm", feature = "threads"))]
pub mod threads;
#[cfg(all(target_family = "wasm", not(feature = "host")))]
pub mod wasi;

/// The network that this build is for.
#[cfg(all(target_family = "wasm", feature = "host"))]
pub type DefaultNetwork = host::Host;
/// The network that this build is for.
#[cfg(all(target_family = "wasm", not(feature = "host")))]
pub type DefaultNetwork = wasi::Wasi;
