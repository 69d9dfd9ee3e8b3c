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

/// What wasmtime is told so that it has the component model's threads.
pub(crate) const THREADS: [&str; 2] = ["-W", "component-model-threading=y"];

/// Built when the first program asks for it.
pub(crate) struct Component {
    name: &'static str,
    driver: &'static str,
    /// For the build.
    options: &'static [&'static str],
    /// For wasmtime.
    pub(crate) flags: &'static [&'static str],
    made: OnceLock<Result<PathBuf, String>>,
}

impl Component {
    /// The one that any host runs.
    pub(crate) fn portable() -> Self {
        Self::new("programs.wasm", "every_program.py", &[], &[])
    }

    /// The one with threads, of which one more runs beside each program.
    pub(crate) fn with_threads() -> Self {
        Self::new("programs-threads.wasm", "every_program_beside_a_thread.py", &["--threads"], &THREADS)
    }

    fn new(
        name: &'static str,
        driver: &'static str,
        options: &'static [&'static str],
        flags: &'static [&'static str],
    ) -> Self {
        Self { name, driver, options, flags, made: OnceLock::new() }
    }

    /// The compiled component.
    pub(crate) fn path(&self, context: &Context) -> Result<PathBuf> {
        let made = self.made.get_or_init(|| self.make(context).map_err(|error| format!("{error:#}")));
        made.clone().map_err(anyhow::Error::msg)
    }

    fn make(&self, context: &Context) -> Result<PathBuf> {
        let component = context.scratch()?.join(self.name);
        let mut build = Command::new(context.wasocket()?);
        build.arg("build").args(self.options).arg(context.tests.join("driver").join(self.driver));
        for folder in [context.tests.join("programs"), context.tests.join("clients"), context.packages()?] {
            build.arg("--python-path").arg(folder);
        }
        build.arg("-o").arg(&component);
        succeed(build)?;
        self.compile(context, &component)
    }

    /// Compile, unless the same bytes have been compiled before.
    fn compile(&self, context: &Context, component: &Path) -> Result<PathBuf> {
        let bytes = Sha256::digest(std::fs::read(component)?);
        let digest: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let compiled = component.with_extension("cwasm");
        let stamp = component.with_extension("compiled-from");
        if compiled.exists() && std::fs::read_to_string(&stamp).is_ok_and(|known| known == digest) {
            return Ok(compiled);
        }
        compile_with(&context.wasmtime()?, self.flags, component)?;
        std::fs::write(stamp, digest)?;
        Ok(compiled)
    }
}

/// `wasmtime compile`; the file is beside the component.
pub(crate) fn compile_with(wasmtime: &Path, flags: &[&str], component: &Path) -> Result<PathBuf> {
    let compiled = component.with_extension("cwasm");
    // A running process may have the old one mapped: it is replaced, not overwritten.
    let unfinished = component.with_extension("unfinished");
    let mut compile = Command::new(wasmtime);
    compile.arg("compile").args(flags).arg(component).arg("-o").arg(&unfinished);
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
