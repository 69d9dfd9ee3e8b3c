//! The interpreter itself as a component, for which CPython is linked with this crate: `cargo rustc --crate-type staticlib`.
//!
//! `snapshot` starts Python while the component is built, and the memory that results becomes the component's; `run` is
//! `wasi:cli/run`, which a host calls in that memory; `program` asks the host what to run.

mod memory;
mod program;
mod run;
mod snapshot;

pub(crate) use snapshot::is_being_taken as is_snapshot_being_taken;
