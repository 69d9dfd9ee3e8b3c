//! Links CPython with the sockets to one module.

use std::path::Path;
use std::process::Command;

use crate::setup::Tools;

/// The call that makes `to`.
pub(super) fn linker(tools: &Tools, python: &Path, sockets: &Path, to: &Path) -> Command {
    let mut link = Command::new(tools.compilers.zig.compiler());
    link.args(FLAGS)
        .args(EXPORTS.map(|name| format!("-Wl,--export={name}")))
        .arg("-z")
        .arg(format!("stack-size={STACK}"));
    link.arg(python).arg(sockets).args(LIBRARIES).arg("-o").arg(to);
    link
}

/// A module that is started once, and then called.
const FLAGS: [&str; 4] = ["-mexec-model=reactor", "-O3", "-Wl,--strip-debug", "-Wl,--initial-memory=41943040"];
/// What the snapshot is taken after, what a host calls, and how it passes values on: a static library exports nothing by itself.
const EXPORTS: [&str; 3] = ["wizer-initialize", "wasi:cli/run@0.2.12#run", "cabi_realloc"];
/// As large as CPython's own build for WASI has it, in bytes.
const STACK: u32 = 16 << 20;
/// What WASI's C library emulates.
const LIBRARIES: [&str; 4] =
    ["-lwasi-emulated-signal", "-lwasi-emulated-getpid", "-lwasi-emulated-process-clocks", "-lm"];
