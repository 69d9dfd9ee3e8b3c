//! What a Python socket means, for WebAssembly.
//!
//! This crate holds the meaning of Python's `socket` and `select` modules once: the state of a socket, its timeouts, its
//! options, its errors, name lookup and readiness. It does no I/O of its own; a [`net::Network`] does. Two front ends use it: the
//! `wasocket` component, which exports the WIT contract, and the CPython extension behind `import socket`.
//!
//! Rust programs start at [`Socket`] and [`Program`]; other front ends at [`sockets::Sockets`], the socket functions of one program by
//! descriptor.

pub mod address;
pub mod ancillary;
pub mod constants;
mod descriptors;
mod dual_stack;
pub mod errno;
pub mod errno_table;
pub mod error;
pub mod file;
mod inbound;
mod library_file;
pub mod message;
pub mod net;
pub mod netdb;
pub mod options;
pub mod polling;
pub mod program;
pub mod sockets;
mod status;
mod stream;
pub mod system;
mod tcp;
pub mod time;
mod transport;
mod udp;
mod unix;
mod waiting;

pub mod backend;
#[cfg(feature = "component")]
mod component;

pub use error::{Error, Result};
pub use program::Program;
#[cfg(not(target_family = "wasm"))]
pub use program::Socket;
pub use sockets::Sockets;

/// A socket on the program's own network.
#[cfg(target_family = "wasm")]
pub type Socket = program::Socket<backend::DefaultNetwork>;
