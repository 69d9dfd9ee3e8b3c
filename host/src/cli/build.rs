//! `wasocket build`: one component out of a Python program.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasocket_host::build::Application;
use wasocket_host::signals::Signals;
use wasocket_host::{Directory, engine};

use super::interpreter::{Backend, Interpreter};
use super::{directories, interpreter, program, progress, reason, say, signals};

/// Make a component of a Python script and the modules it imports
///
/// Any host of WASI 0.2 runs it, for instance: wasmtime run -S inherit-network -S allow-ip-name-lookup APP.wasm
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The script
    #[arg(value_name = "APP.py")]
    script: PathBuf,
    /// Where to write the component
    #[arg(short, long, value_name = "APP.wasm")]
    output: PathBuf,
    /// Embed this folder too, whole, and look for modules in it
    #[arg(long, value_name = "DIR")]
    python_path: Vec<PathBuf>,
    /// The network that the component reaches: with "host", only hosts of that interface run it
    #[arg(long, value_enum, default_value_t = Backend::Wasi)]
    backend: Backend,
    /// Let the program have threads: then only hosts run it that have those of the component model, for instance
    /// wasmtime 48 with -W component-model-threading=y
    #[arg(long)]
    threads: bool,
    /// Send small writes at once, even where that means waiting for delayed acknowledgements
    #[arg(long, alias = "no-gather")]
    no_coalesce: bool,
}

/// Builds it; answers the exit status.
pub(super) fn main(arguments: &Arguments) -> Result<i32> {
    let mut application = arguments.collect()?;
    application.coalesce = !arguments.no_coalesce;
    let interpreter = interpreter::path(Interpreter::new(arguments.backend, arguments.threads))?;
    let component = application.plug_into(&interpreter)?;
    let output = &arguments.output;
    if let Err(error) = fs::write(output, &component) {
        bail!("cannot write {}: {}", output.display(), reason(&error));
    }
    if !application.missing.is_empty() {
        say(&format!("not found, so not embedded: {}", application.missing.join(", ")));
    }
    let (files, megabytes) = (application.files.len(), component.len().div_ceil(1 << 20));
    say(&format!(
        "wrote {}: {megabytes} MB with {files} embedded {}",
        output.display(),
        if files == 1 { "file" } else { "files" }
    ));
    Ok(0)
}

impl Arguments {
    fn collect(&self) -> Result<Application> {
        let (script, folders, python_path) = self.inputs()?;
        // It lists what is to be embedded, for which it needs no threads.
        let interpreter = interpreter::path(Interpreter::new(self.backend, false))?;
        signals::pass_on(&Signals::new())?;
        let engine = engine::new()?;
        let component = progress::load(&engine, &interpreter)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
        let application = Application::collect(&component, &interpreter, &script, &python_path, folders);
        Ok(runtime.block_on(application)?)
    }

    /// The script and the Python path, as the interpreter sees them, and the folders it must see.
    fn inputs(&self) -> Result<(String, Vec<Directory>, Vec<String>)> {
        match fs::metadata(&self.script) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => bail!("{} is not a regular file; name a Python script to build", self.script.display()),
            Err(_) => bail!("there is no script {}; name a Python script to build", self.script.display()),
        }
        if is_same_file(&self.script, &self.output) {
            bail!("-o {} names the script itself; name the component to write", self.output.display());
        }
        let (script, folder) = program::script(&self.script)?;
        let mut folders = vec![folder];
        let mut python_path = Vec::new();
        for path in &self.python_path {
            let folder = directories::read_only(path).with_context(|| format!("--python-path {}", path.display()))?;
            python_path.push(folder.guest.clone());
            directories::add(&mut folders, folder);
        }
        Ok((script, folders, python_path))
    }
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
