//! Links CPython with the sockets to one module.

use std::path::Path;
use std::process::Command;

use crate::setup::Tools;

/// The call that makes `to`.
pub(super) fn linker(tools: &Tools, python: &Path, sockets: &Path, to: &Path) -> Command {
    let mut link = Command::new(tools.compilers.zig.compiler());
    link.args(FLAGS).arg("-z").arg(format!("stack-size={STACK}"));
    link.arg(python).arg(sockets).args(LIBRARIES).arg("-o").arg(to);
    link
}

/// A module that is started once, and then called.
const FLAGS: [&str; 5] =
    ["-mexec-model=reactor", "-O3", "-Wl,--strip-debug", "-Wl,--export=wizer-initialize", "-Wl,--initial-memory=41943040"];
/// As large as CPython's own build for WASI has it, in bytes.
const STACK: u32 = 16 << 20;
/// What WASI's C library emulates.
const LIBRARIES: [&str; 4] =
    ["-lwasi-emulated-signal", "-lwasi-emulated-getpid", "-lwasi-emulated-process-clocks", "-lm"];
