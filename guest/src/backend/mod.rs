//! Networks that real programs run on.

#[cfg(target_family = "wasm")]
pub mod wasi;
