//! wasocket's host: WebAssembly components that use sockets, under a network policy.
//!
//! The command `wasocket` is a thin face of this library. An embedder takes what it needs:
//!
//! - [`Host`]: components that are loaded once and run many at a time, each under a policy of its own;
//! - [`policy`]: what a guest may reach, and the only code here that opens sockets or resolves names;
//! - [`linker`]: WASI 0.2 with its network under that policy, for a wasmtime embedding of one's own;
//! - [`http`]: `wasi:http` under it;
//! - [`inspect`]: a page that shows a guest's sockets and what the policy decides, as it happens;
//! - [`run()`]: a command component from start to exit status, with [`cache`] and [`engine`];
//! - [`program`]: what the Python interpreter component asks of its host;
//! - [`build`]: a component out of a Python program; [`Composition`]: components put together.
//!
//! Functions that widen what a guest can do have a heading "Ambient Authority".

#![warn(missing_docs)]

mod breath;
pub mod build;
pub mod cache;
mod compose;
#[cfg(test)]
mod contract;
pub mod engine;
mod error;
mod guest;
mod host;
pub mod http;
pub mod inspect;
pub mod linker;
mod lookup;
pub mod policy;
pub mod program;
mod run;
pub mod sockets;
mod wasi_sockets;

pub use compose::Composition;
pub use error::{Error, Result};
pub use guest::{Directory, Grants, Output};
pub use host::{Builder, Host, Program};
pub use run::run;

/// The README's Rust is compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// And the book's.
#[cfg(doctest)]
#[doc = include_str!("../../docs/start/embedders.md")]
struct Embedders;
