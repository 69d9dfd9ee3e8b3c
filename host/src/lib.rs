//! wasocket's host: WebAssembly components that use sockets, under a network policy.
//!
//! The command `wasocket` is a thin front end of this library. An embedder takes what it needs:
//!
//! - [`Host`]: components that are loaded once and run many at a time, each under a policy of its own;
//! - [`policy`]: what a guest may reach, and the only code here that opens sockets or resolves names;
//! - [`linker`]: WASI 0.2 with its network under that policy, for a wasmtime embedding of one's own;
//! - [`signals`]: what a guest is told while it runs;
//! - [`http`]: `wasi:http` under it;
//! - [`inspect`]: a page that shows a guest's sockets and what the policy decides, as it happens;
//! - [`run()`]: a command component from start to exit status, with [`cache`] and [`engine`];
//! - [`program`]: what the Python interpreter component asks of its host;
//! - [`build`]: a component out of a Python program; [`Composition`]: components put together.
//!
//! Functions that widen what a guest can do have a heading "Ambient Authority".

#![warn(missing_docs)]

mod accounting;
pub mod build;
pub mod cache;
mod compose;
#[cfg(test)]
mod contract;
mod error;
#[doc(hidden)] // for the command
pub mod escape;
pub mod http;
pub mod inspect;
mod names;
mod network;
pub mod policy;
mod runtime;
pub mod signals;
pub mod sockets;
mod sync;
mod wasi;

pub use compose::Composition;
pub use error::{Error, Result};
pub use runtime::directory::Directory;
pub use runtime::guest::{Grants, Output};
pub use runtime::host::{Command, Host, HostBuilder};
pub use runtime::run::run;
pub use runtime::{engine, linker, program};

/// The README's Rust is compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// And the book's.
#[cfg(doctest)]
#[doc = include_str!("../../docs/start/embedders.md")]
struct Embedders;

#[cfg(doctest)]
#[doc = include_str!("../../docs/signals.md")]
struct OfSignals;
