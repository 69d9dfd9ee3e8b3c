//! The component that holds all programs, for the way over plain `wasmtime run`.
//!
//! Building and compiling one for each program would take an hour; a driver that runs the program named by its first
//! argument takes one build and one compilation.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Result, bail};
use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::process;

/// How long building and compiling may take: the interpreter is 30 MB of code for the compiler.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// Built when the first program asks for it.
#[derive(Default)]
pub(crate) struct Component(OnceLock<Result<PathBuf, String>>);

impl Component {
    /// The compiled component.
    pub(crate) fn path(&self, context: &Context) -> Result<PathBuf> {
        let made = self.0.get_or_init(|| make(context).map_err(|error| format!("{error:#}")));
        made.clone().map_err(anyhow::Error::msg)
    }
}

fn make(context: &Context) -> Result<PathBuf> {
    let component = context.scratch()?.join("programs.wasm");
    let mut build = Command::new(context.wasocket()?);
    build.arg("build").arg(context.tests.join("driver/every_program.py"));
    for folder in [context.tests.join("programs"), context.tests.join("clients"), context.packages()?] {
        build.arg("--python-path").arg(folder);
    }
    build.arg("-o").arg(&component);
    succeed(build)?;
    compile(context, &component)
}

/// Compile, unless the same bytes have been compiled before.
fn compile(context: &Context, component: &Path) -> Result<PathBuf> {
    let digest: String = Sha256::digest(std::fs::read(component)?).iter().map(|byte| format!("{byte:02x}")).collect();
    let compiled = component.with_extension("cwasm");
    let stamp = component.with_extension("compiled-from");
    if compiled.exists() && std::fs::read_to_string(&stamp).is_ok_and(|known| known == digest) {
        return Ok(compiled);
    }
    compile_with(&context.wasmtime()?, component)?;
    std::fs::write(stamp, digest)?;
    Ok(compiled)
}

/// `wasmtime compile`; the file is beside the component.
pub(crate) fn compile_with(wasmtime: &Path, component: &Path) -> Result<PathBuf> {
    let compiled = component.with_extension("cwasm");
    // A running process may have the old one mapped: it is replaced, not overwritten.
    let unfinished = component.with_extension("unfinished");
    let mut compile = Command::new(wasmtime);
    compile.arg("compile").arg(component).arg("-o").arg(&unfinished);
    succeed(compile)?;
    std::fs::rename(&unfinished, &compiled)?;
    Ok(compiled)
}

fn succeed(command: Command) -> Result<()> {
    let title = format!("{command:?}");
    let finished = process::run(command, b"", PATIENCE)?;
    if !finished.status.success() {
        bail!("{title} failed:\n{}{}", finished.stdout, finished.stderr);
    }
    Ok(())
}
