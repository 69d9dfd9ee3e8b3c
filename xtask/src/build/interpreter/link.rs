//! Links CPython with the sockets to one module.

use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

use super::Interpreter;
use crate::command;
use crate::progress::Step;
use crate::setup::Tools;

/// Makes `to` of CPython and the sockets.
pub(super) fn link(step: &mut Step, tools: &Tools, parts: [&Path; 2], one: Interpreter, to: &Path) -> Result<()> {
    let mut compiler = Command::new(tools.compilers.zig.compiler());
    compiler.arg("-v").args(FLAGS).args(EXPORTS.map(|name| format!("-Wl,--export={name}")));
    compiler.arg("-z").arg(format!("stack-size={STACK}"));
    if one.has_threads() {
        compiler.args(THREADS);
    }
    compiler.args(parts).args(LIBRARIES).arg("-o").arg(to);
    let mut linker = tools.compilers.zig.linker();
    // The first definition of a function counts: ours, where the C library has one of the same name.
    linker
        .args(parts)
        .args(linker_arguments(&mut compiler, parts)?)
        .args(CHECKED.map(|name| format!("--wrap=__wasi_path_{name}")))
        .args(OF_FILES.map(|name| format!("--wrap=__wasi_fd_{name}")));
    if one.has_signals() || one.has_threads() {
        linker.args(WAITS.map(|name| format!("--wrap={name}")));
    }
    command::run_quietly(step, &mut linker)
}

/// What the compiler calls the linker with, beside `parts`, as `-v` has it say: it knows the C library's files, but passes no `--wrap` on.
fn linker_arguments(compiler: &mut Command, parts: [&Path; 2]) -> Result<Vec<String>> {
    // It links as well, or fails to: with its own order, the C library's functions come before ours of the same name.
    let output = compiler.output().with_context(|| format!("cannot run {}", command::line(compiler)))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = said.lines().find_map(|line| line.strip_prefix("wasm-ld "));
    let line = line.with_context(|| format!("{} does not say how it links", command::line(compiler)))?;
    let is_part = |argument: &&str| parts.iter().any(|part| Path::new(argument) == *part);
    Ok(line.split(' ').filter(|argument| !is_part(argument)).map(str::to_owned).collect())
}

/// A module that is started once, and then called.
const FLAGS: [&str; 3] = ["-mexec-model=reactor", "-O3", "-Wl,--strip-debug"];
/// What the snapshot is taken after, what a host calls, and how it passes values on: a static library exports nothing by itself.
const EXPORTS: [&str; 3] = ["wizer-initialize", "wasi:cli/run@0.2.12#run", "cabi_realloc"];
/// What takes paths: `python/ext/src/interpreter/paths.rs` looks at them first.
const CHECKED: [&str; 10] = [
    "create_directory",
    "filestat_get",
    "filestat_set_times",
    "link",
    "open",
    "readlink",
    "remove_directory",
    "rename",
    "symlink",
    "unlink_file",
];
/// What takes descriptors: `python/ext/src/interpreter/files.rs` knows them by our numbers.
const OF_FILES: [&str; 17] = [
    "advise",
    "allocate",
    "datasync",
    "fdstat_get",
    "fdstat_set_flags",
    "filestat_get",
    "filestat_set_size",
    "filestat_set_times",
    "pread",
    "prestat_get",
    "pwrite",
    "read",
    "readdir",
    "seek",
    "sync",
    "tell",
    "write",
];
/// Where a new thread begins is named by its place in this table.
const THREADS: [&str; 1] = ["-Wl,--export-table"];
/// What waits in the C library: `python/ext/src/interpreter/sleep.rs` has a signal end it, and lets other threads run meanwhile.
const WAITS: [&str; 1] = ["clock_nanosleep"];
/// As large as CPython's own build for WASI has it, in bytes.
const STACK: u32 = 16 << 20;
/// What WASI's C library emulates.
const LIBRARIES: [&str; 4] =
    ["-lwasi-emulated-signal", "-lwasi-emulated-getpid", "-lwasi-emulated-process-clocks", "-lm"];
