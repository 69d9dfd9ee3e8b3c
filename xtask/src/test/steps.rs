//! The steps of `cargo xtask test`, cheap ones first.

use anyhow::{Result, bail};
use std::process::Command;

use crate::build::{self, Call, Guest};
use crate::command::run_openly;
use crate::conformance;
use crate::progress;
use crate::setup::{self, Compilers, browser, clients, python};
use crate::workspace::Workspace;
use crate::{bench, book, doc_blocks, examples, files, fuzz, hosts, packages, release, tidy, vendor_wit};

/// One named check.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// What it is about, for the heading.
    pub(crate) subject: &'static str,
    pub(crate) run: fn(&Workspace) -> Result<()>,
}

/// All steps, in order. Only `build` and `host` compile wasmtime, and they share what they compile.
pub(crate) const STEPS: [Step; 24] = [
    Step { name: "locks", subject: "each Cargo.lock fits its manifests", run: locks },
    Step { name: "format", subject: "rustfmt changes nothing", run: format },
    Step { name: "tidy", subject: "the repository's own rules", run: tidy::run },
    Step { name: "vendor-wit", subject: "wit/deps is WASI's", run: |workspace| vendor_wit::run(workspace, true) },
    Step { name: "unit", subject: "unit tests of the guest, of TLS and of xtask", run: unit },
    Step { name: "python", subject: "unit tests of the Python package", run: python_unit },
    Step {
        name: "build",
        subject: "component, extension, interpreter, command",
        run: |w| build::run_with_tests(w).map(drop),
    },
    Step {
        name: "interpreter",
        subject: "its memory keeps nothing of this machine, and two builds differ in their hash seed",
        run: super::interpreter::check,
    },
    Step { name: "host", subject: "tests of the host library and command", run: host },
    Step { name: "embed", subject: "the examples of an embedder run", run: embed },
    Step { name: "harness", subject: "Python programs, natively and under both ways of running", run: harness },
    Step { name: "packages", subject: "programs with packages do what they do natively", run: packages::check },
    Step { name: "examples", subject: "the same programs in every language", run: examples::check },
    Step { name: "conformance", subject: "CPython's own tests end as expected", run: conformance::check },
    Step { name: "doc-blocks", subject: "what the README and the book show is so", run: doc_blocks::run },
    Step { name: "hosts", subject: "the packages, on hosts that are not ours", run: hosts::check },
    Step { name: "release", subject: "what others install is whole", run: release::check },
    Step { name: "inspect", subject: "the page of `--inspect`, in a browser", run: inspect },
    Step { name: "bench", subject: "the benchmark's contenders do their work right", run: bench::smoke },
    Step { name: "instructions", subject: "the core's hot paths cost what they did", run: bench::instructions::check },
    Step { name: "fuzz", subject: "what parses agrees with the C library and the kernel", run: fuzz::all },
    Step { name: "clippy", subject: "no warnings on this machine's target", run: clippy },
    Step { name: "clippy-wasm", subject: "no warnings on WebAssembly", run: clippy_wasm },
    Step { name: "docs", subject: "the book without broken links, rustdoc without warnings", run: docs },
];

/// Only the step `fuzz` builds with the second one, and it comes late.
fn locks(workspace: &Workspace) -> Result<()> {
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        run_openly(cargo(workspace, "fetch").args(["--locked", "--manifest-path", manifest]))?;
    }
    Ok(())
}

fn format(workspace: &Workspace) -> Result<()> {
    run_openly(cargo(workspace, "fmt").args(["--all", "--check"]))
}

fn unit(workspace: &Workspace) -> Result<()> {
    run_openly(cargo(workspace, "test").args([
        "--locked",
        "--package",
        "wasocket",
        "--package",
        "wasocket-bench",
        "--package",
        "wasocket-threads",
        "--package",
        "wasocket-tls",
        "--package",
        "xtask",
    ]))
}

fn python_unit(workspace: &Workspace) -> Result<()> {
    let folder = workspace.path("python/tests");
    if !files::walk(&folder)?.iter().any(|path| path.extension().is_some_and(|extension| extension == "py")) {
        bail!("python/tests holds no test");
    }
    let mut python = Command::new(python::interpreter()?);
    python.args(["-B", "-W", "error", "-m", "unittest", "discover", "--start-directory", "tests"]);
    run_openly(python.args(["--top-level-directory", "."]).current_dir(workspace.path("python")))
}

/// In the release profile, whose wasmtime the build has already compiled.
fn host(workspace: &Workspace) -> Result<()> {
    run_openly(cargo(workspace, "test").args(["--locked", "--release", "--package", "wasocket-host"]))
}

/// The host as a part of other programs, which check themselves what their guests say.
fn embed(workspace: &Workspace) -> Result<()> {
    for example in ["embed", "embed_live"] {
        let mut cargo = cargo(workspace, "run");
        run_openly(cargo.args(["--locked", "--release", "--package", "wasocket-host", "--example", example]))?;
    }
    Ok(())
}

/// Drives what the build left behind; links no wasmtime itself.
fn harness(workspace: &Workspace) -> Result<()> {
    clients::run(workspace)?;
    let mut cargo = cargo(workspace, "test");
    // The step `examples` builds and runs those.
    run_openly(cargo.args(["--locked", "--package", "wasocket-tests", "--", "--skip", "examples::"]))
}

/// What the build left behind, in Chromium; a picture of the page stays in `target/wasocket/inspect.png`.
fn inspect(workspace: &Workspace) -> Result<()> {
    let browser = browser::find_or_install(workspace)?;
    let program = browser.driver.join("inspect.mjs");
    files::copy(&workspace.path("tests/browser/inspect.mjs"), &program)?;
    let mut node = browser.node(&program)?;
    run_openly(node.arg(workspace.target().join("release/wasocket")).arg(workspace.artefact("inspect.png")))
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let mut cargo = cargo(workspace, "clippy");
    run_openly(cargo.args(["--locked", "--release", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// The code that only WebAssembly sees: with clippy where the toolchain has it, else with the compiler's own warnings.
fn clippy_wasm(workspace: &Workspace) -> Result<()> {
    let compilers = setup::compilers(workspace)?;
    let verb = if compilers.rust.has_clippy() { "clippy" } else { "check" };
    for guest in [
        Guest::Component,
        Guest::ComponentHost,
        Guest::ComponentTest,
        Guest::Raw,
        Guest::RawHost,
        Guest::FrontEndContract,
        Guest::FrontEndRust,
        Guest::FrontEndRustHost,
        Guest::Examples,
        Guest::Paths,
        Guest::BenchComposed,
        Guest::BenchRust,
        Guest::BenchRustHost,
        Guest::Extension,
        Guest::ExtensionHost,
        Guest::Interpreter,
        Guest::InterpreterThreads,
        Guest::InterpreterHost,
        Guest::InterpreterHostThreads,
    ] {
        run_openly(&mut lint(workspace, &compilers, guest, verb)?)?;
        progress::already(&format!("{guest:?}"), verb);
    }
    Ok(())
}

fn lint(workspace: &Workspace, compilers: &Compilers, guest: Guest, verb: &str) -> Result<Command> {
    if verb == "clippy" {
        let mut cargo = build::cargo_for(workspace, compilers, guest, Call { verb, flags: &[] })?;
        cargo.args(["--", "-Dwarnings"]);
        return Ok(cargo);
    }
    build::cargo_for(workspace, compilers, guest, Call { verb, flags: &["-Dwarnings"] })
}

/// The book, and the documentation of the crates.
pub(crate) fn docs(workspace: &Workspace) -> Result<()> {
    book::build(workspace)?;
    let mut cargo = cargo(workspace, "doc");
    cargo.args(["--locked", "--release", "--no-deps", "--workspace"]);
    run_openly(cargo.env("RUSTDOCFLAGS", "-D warnings"))
}

fn cargo(workspace: &Workspace, verb: &str) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.arg(verb).current_dir(workspace.root());
    cargo
}
