//! `cargo xtask examples`: the same programs in each language, made into components as their READMEs say, and run.

mod c;
mod javascript;
mod python;

use anyhow::Result;
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, Built};
use crate::command::{self, run_openly};
use crate::files;
use crate::progress::{self, Step};
use crate::setup;
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// What to build and to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these languages; all of them if none is named
    languages: Vec<Language>,
}

/// A language that the contract is shown in; its folder in `examples/` has the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// The crate, for WebAssembly
    Rust,
    /// componentize-js
    Javascript,
    /// wit-bindgen's C bindings, with clang and wasi-libc
    C,
    /// componentize-py's bindings alone, without our extension
    PythonBindings,
}

/// Builds the examples of the languages that are named, and lets the harness run them.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let built = build::run_with_tests(workspace)?;
    setup::python::wasmtime_py(workspace)?;
    if options.languages.is_empty() {
        Language::value_variants().iter().try_for_each(|language| language.build(workspace, &built))?;
        return harness(workspace, "examples::");
    }
    for language in &options.languages {
        language.build(workspace, &built)?;
        harness(workspace, &format!("examples::{}::", language.folder()))?;
    }
    Ok(())
}

/// Runs the trials whose names begin so.
fn harness(workspace: &Workspace, trials: &str) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--locked", "--package", "wasocket-tests", "--test", "harness", "--", trials]);
    run_openly(cargo.current_dir(workspace.root()))
}

/// The step of `cargo xtask test`.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    run(workspace, &Options { languages: Vec::new() })
}

impl Language {
    /// Its folder in `examples/` and in `target/wasocket/examples/`.
    fn folder(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Javascript => "javascript",
            Self::C => "c",
            Self::PythonBindings => "python-bindings",
        }
    }

    /// Makes its programs, unless nothing has changed since.
    fn build(self, workspace: &Workspace, built: &Built) -> Result<()> {
        let Some(maker) = self.maker() else { return Ok(()) };
        let folder = workspace.artefact("examples").join(self.folder());
        let programs = build::EXAMPLES.map(|name| folder.join(format!("{name}.wasm")));
        let name = format!("examples-{}", self.folder());
        let inputs = Inputs::new(workspace).text(maker.version).files("wit")?.files("xtask/src/examples")?;
        let inputs =
            inputs.files(&format!("examples/{}", self.folder()))?.file(&workspace.artefact("wasocket.wasm"))?;
        let stamp = Stamp::new(workspace, &name, inputs);
        if stamp.is_current(&programs.each_ref().map(PathBuf::as_path)) {
            progress::already(&name, "up to date");
            return Ok(());
        }
        let sources = workspace.path("examples").join(self.folder());
        let mut step = Step::start(&name);
        let make = (maker.prepare)(&mut step, workspace, built)?;
        for (program, output) in build::EXAMPLES.iter().zip(&programs) {
            let alone = folder.join("alone").join(format!("{program}.wasm"));
            files::create_folder(&folder.join("alone"))?;
            make(&mut step, Task { sources: &sources, program, output: &alone })?;
            let mut compose = Command::new(&built.wasocket);
            compose.arg("compose").arg(&alone).arg("-o").arg(output);
            command::run_quietly(&mut step, &mut compose)?;
        }
        stamp.set()?;
        step.finish(&folder.display().to_string());
        Ok(())
    }

    /// What makes its components; those in Rust are a part of the build.
    fn maker(self) -> Option<Maker> {
        match self {
            Self::Rust => None,
            Self::Javascript => Some(javascript::MAKER),
            Self::C => Some(c::MAKER),
            Self::PythonBindings => Some(python::MAKER),
        }
    }
}

/// A tool that makes components of sources.
struct Maker {
    /// What else decides what comes out.
    version: &'static str,
    /// Sets it up.
    prepare: fn(&mut Step, &Workspace, &Built) -> Result<Make>,
}

/// Makes one component, which imports the contract.
type Make = Box<dyn Fn(&mut Step, Task<'_>) -> Result<()>>;

/// One program, and where its component goes.
struct Task<'task> {
    sources: &'task Path,
    program: &'task str,
    output: &'task Path,
}
