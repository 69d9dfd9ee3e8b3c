//! The interpreter itself as a component, for which CPython is linked with this crate: `cargo rustc --crate-type staticlib`.
//!
//! `snapshot` starts Python while the component is built, and the memory that results becomes the component's; `run` is
//! `wasi:cli/run`, which a host calls in that memory; `program` asks the host what to run.

/// The snapshot has run the constructors of C already; to run them again, as bindings do with the first call, would undo some of it.
mod bindings {
    wit_bindgen::generate!({
        path: "../../wit/runner",
        inline: "package wasocket:interpreter;
            world command {
                import wasocket:runner/program@0.1.0;
                export wasi:cli/run@0.2.12;
            }",
        world: "wasocket:interpreter/command",
        disable_run_ctors_once_workaround: true,
        generate_all,
    });
}

mod allocator;
mod files;
mod foreign;
mod memory;
mod paths;
mod program;
mod run;
#[cfg(feature = "signals")]
mod signals;
#[cfg(any(feature = "signals", feature = "threads"))]
mod sleep;
mod snapshot;
#[cfg(feature = "threads")]
mod threads;

#[cfg(feature = "signals")]
pub(crate) use signals::{
    end as end_program, ends as ends_program, set_disposition as set_signal_disposition,
    wait_for_one as wait_for_signal,
};
pub(crate) use snapshot::is_being_taken as is_snapshot_being_taken;
#[cfg(all(feature = "signals", feature = "threads"))]
pub(crate) use threads::wake_for_signal;
#[cfg(feature = "threads")]
pub(crate) use threads::{hold_others as hold_threads, stop_others as stop_threads};
