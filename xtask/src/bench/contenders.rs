//! The contenders: builds each of them, with the command that starts it.

use anyhow::Result;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::native;
use crate::build::{Backend, Built, bench_composed, bench_rust};
use crate::progress::{self, Step};
use crate::setup::clients::{self, PACKAGES};
use crate::setup::python::{self, COMPONENTIZE_PY};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// All of them, in the order of the table.
pub(super) fn build(workspace: &Workspace, built: &Built) -> Result<Vec<Value>> {
    let script = workspace.path(WORKER);
    let script = script.to_string_lossy();
    let native = native::find()?.program;
    clients::packages_of_tests(workspace)?;
    let packages = workspace.artefact(PACKAGES);
    let packages = packages.to_string_lossy();
    let keys = workspace.path(KEYS);
    let keys = keys.to_string_lossy();
    let wasocket = built.wasocket.to_string_lossy();
    let with_packages = format!("PYTHONPATH={packages}");
    let read_only = format!("{keys}::{keys}::ro");
    let run = [&wasocket, "run", "--backend", "host"];
    let builtin = compile(workspace, built, "builtin", builtin(workspace)?)?;
    let portable = compile(workspace, built, "portable", portable(workspace, built))?;
    let rust_portable = bench_rust::build(workspace, &built.tools, Backend::Wasi)?;
    let rust_portable = precompiled(workspace, built, "rust", &rust_portable)?;
    let rust_host = bench_rust::build(workspace, &built.tools, Backend::Host)?;
    let composed = bench_composed::build(workspace, &built.tools)?;
    let composed = precompiled(workspace, built, "composed", &composed)?;
    Ok(vec![
        python("native", &["env", &with_packages, native, &script, &keys], &[native, "-c", "pass"]),
        python("builtin", &under_wasmtime(built, &builtin, &keys), &[]),
        python("portable", &under_wasmtime(built, &portable, &keys), &[]),
        python(
            "host",
            &[&run[..], &["--allow-net", "--python-path", &packages, "--dir", &read_only, &script, &keys]].concat(),
            &[&run[..], &["-c", "pass"]].concat(),
        ),
        rust("rust", &[super::program(workspace, NATIVE_RUST)?.to_string_lossy()]),
        rust("rust-portable", &under_wasmtime(built, &rust_portable, &keys)),
        rust("rust-host", &[&*wasocket, "run", "--allow-net", &rust_host.to_string_lossy()]),
        rust("composed", &under_wasmtime(built, &composed, &keys)),
    ])
}

fn python(name: &str, words: &[impl AsRef<str>], start_up: &[&str]) -> Value {
    contender(name, "Python", words, start_up)
}

fn rust(name: &str, words: &[impl AsRef<str>]) -> Value {
    contender(name, "Rust", words, &[])
}

fn contender(name: &str, language: &str, words: &[impl AsRef<str>], start_up: &[&str]) -> Value {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    json!({ "name": name, "language": language, "words": words, "start_up": start_up })
}

/// Both are compiled in advance, so that only running counts.
fn under_wasmtime(built: &Built, compiled: &Path, keys: &str) -> Vec<String> {
    let wasmtime = built.tools.wasmtime.to_string_lossy();
    let network = ["-S", "inherit-network", "-S", "allow-ip-name-lookup"];
    let folder = format!("{keys}::{keys}");
    let words = [&wasmtime, "run", "--allow-precompiled", "--dir", &folder].into_iter().chain(network);
    let compiled = compiled.to_string_lossy();
    words.chain([&*compiled, keys]).map(str::to_owned).collect()
}

/// A component that `recipe` makes, compiled for this machine.
fn compile(workspace: &Workspace, built: &Built, name: &str, recipe: Recipe) -> Result<PathBuf> {
    let folder = workspace.artefact("bench");
    let (component, compiled) = (folder.join(format!("{name}.wasm")), folder.join(format!("{name}.cwasm")));
    let inputs = Inputs::new(workspace).file(&built.tools.wasmtime)?.files("benches/programs")?;
    let stamp = Stamp::new(workspace, &format!("bench-{name}"), inputs.text(COMPONENTIZE_PY).file(&recipe.from)?);
    if stamp.is_current(&[&compiled]) {
        progress::already(&format!("contender {name}"), "up to date");
        return Ok(compiled);
    }
    let mut step = Step::start(&format!("contender {name}"));
    files::create_folder(&folder)?;
    let Recipe { mut make, .. } = recipe;
    command::run_quietly(&mut step, make.arg("--output").arg(&component).current_dir(&folder))?;
    let mut compile = Command::new(&built.tools.wasmtime);
    command::run_quietly(&mut step, compile.arg("compile").arg("--output").arg(&compiled).arg(&component))?;
    stamp.set()?;
    step.finish(&files::size_text(compiled.metadata()?.len()));
    Ok(compiled)
}

/// A component in Rust, compiled for this machine.
fn precompiled(workspace: &Workspace, built: &Built, name: &str, component: &Path) -> Result<PathBuf> {
    let compiled = component.with_extension("cwasm");
    let inputs = Inputs::new(workspace).file(&built.tools.wasmtime)?.file(component)?;
    let stamp = Stamp::new(workspace, &format!("bench-{name}"), inputs);
    if !stamp.is_current(&[&compiled]) {
        let mut step = Step::start(&format!("contender {name}"));
        let mut compile = Command::new(&built.tools.wasmtime);
        command::run_quietly(&mut step, compile.arg("compile").arg("--output").arg(&compiled).arg(component))?;
        stamp.set()?;
        step.finish("");
    }
    Ok(compiled)
}

/// How a component is made; where to, is added.
struct Recipe {
    make: Command,
    /// What it is made from, besides the program.
    from: PathBuf,
}

/// componentize-py as its documentation has it, with nothing of ours.
fn builtin(workspace: &Workspace) -> Result<Recipe> {
    let mut make = Command::new(python::componentize_py(workspace)?);
    make.arg("--wit-path").arg(workspace.path("benches/wit")).args(["--world", "builtin"]);
    make.args(["componentize", "builtin", "--python-path"]).arg(workspace.path("benches/programs"));
    make.arg("--python-path").arg(workspace.artefact(PACKAGES));
    make.env("VIRTUAL_ENV", workspace.artefact("venv"));
    Ok(Recipe { make, from: workspace.path("benches/wit/builtin.wit") })
}

fn portable(workspace: &Workspace, built: &Built) -> Recipe {
    let mut make = Command::new(&built.wasocket);
    make.arg("build").arg(workspace.path(WORKER)).arg("--python-path").arg(workspace.artefact(PACKAGES));
    Recipe { make, from: workspace.artefact("interpreter.wasm") }
}

const NATIVE_RUST: &str = "wasocket-bench-rust";
const WORKER: &str = "benches/programs/worker.py";
/// The private keys of what goes over TLS, which are no secret.
const KEYS: &str = "benches/keys";
