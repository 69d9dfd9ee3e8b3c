//! Running guests: engines and linkers, one guest's store, the command and the host for many.

pub(crate) mod directory;
pub mod engine;
pub(crate) mod guest;
pub(crate) mod host;
pub mod linker;
mod needs;
pub mod program;
pub(crate) mod run;
mod signals;
pub(crate) mod view;
mod yield_hook;
