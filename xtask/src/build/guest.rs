//! Calls of cargo for the WebAssembly targets, the same for the component, its test, the extension and their checks.

use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

use crate::files;
use crate::setup::Compilers;
use crate::setup::wasm::WasmToolchain;
use crate::setup::zig::Zig;
use crate::stamp::Inputs;
use crate::workspace::Workspace;

/// One of the WebAssembly builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guest {
    /// `wasocket.wasm`, without any libc.
    Component,
    /// The same over our host's network.
    ComponentHost,
    /// The command that uses `wasocket.wasm` and checks it.
    ComponentTest,
    /// The command that executes scripts of calls on plain `wasi:sockets`.
    Raw,
    /// The command that executes scripts of calls on the contract's interface `host`.
    RawHost,
    /// The command that makes the calls of a table through the contract.
    FrontEndContract,
    /// The same through the crate.
    FrontEndRust,
    /// The same over our host's network.
    FrontEndRustHost,
    /// The Rust examples.
    Examples,
    /// The core's hot paths, to count their instructions.
    Paths,
    /// The benchmark's contender that is composed with `wasocket.wasm`.
    BenchComposed,
    /// The benchmark's contender in Rust, on the guest library.
    BenchRust,
    /// The same over our host's network.
    BenchRustHost,
    /// The CPython extension: a shared library on componentize-py's libc.
    Extension,
    /// The same over our host's network.
    ExtensionHost,
    /// The extension with an interpreter's entry points, to be linked with CPython.
    Interpreter,
    /// The same with threads.
    InterpreterThreads,
    /// The first over our host's network.
    InterpreterHost,
    /// The same with threads.
    InterpreterHostThreads,
}

impl Guest {
    pub(crate) fn target(self) -> &'static str {
        match self.family() {
            Family::Component => "wasm32-unknown-unknown",
            Family::Extension => "wasm32-wasip2",
            Family::Interpreter => "wasm32-wasip1",
        }
    }

    fn family(self) -> Family {
        match self {
            Self::Component
            | Self::ComponentHost
            | Self::ComponentTest
            | Self::Raw
            | Self::RawHost
            | Self::FrontEndContract
            | Self::FrontEndRust
            | Self::FrontEndRustHost
            | Self::Examples
            | Self::Paths
            | Self::BenchComposed
            | Self::BenchRust
            | Self::BenchRustHost => Family::Component,
            Self::Extension | Self::ExtensionHost => Family::Extension,
            Self::Interpreter | Self::InterpreterThreads | Self::InterpreterHost | Self::InterpreterHostThreads => {
                Family::Interpreter
            }
        }
    }

    /// Builds with other flags have another target directory, so that they never evict each other's results.
    fn folder(self) -> &'static str {
        match self.family() {
            Family::Component => "wasm-component",
            Family::Extension => "wasm-ext",
            Family::Interpreter => "wasm-interpreter",
        }
    }

    /// Cargo's package and features.
    pub(crate) fn selection(self) -> &'static [&'static str] {
        match self {
            Self::Component => &["--package", "wasocket", "--lib", "--features", "component"],
            Self::ComponentHost => &["--package", "wasocket", "--lib", "--features", "component,host"],
            Self::ComponentTest => &["--package", "wasocket-component-test", "--lib"],
            Self::Raw => &["--package", "wasocket-raw-guest", "--lib"],
            Self::RawHost => &["--package", "wasocket-raw-host-guest", "--lib"],
            Self::FrontEndContract => &["--package", "wasocket-front-ends", "--lib", "--features", "contract"],
            Self::FrontEndRust => &["--package", "wasocket-front-ends", "--lib", "--features", "crate"],
            Self::FrontEndRustHost => &["--package", "wasocket-front-ends", "--lib", "--features", "crate-host"],
            Self::Examples => &["--package", "wasocket-examples", "--examples"],
            Self::Paths => &["--package", "wasocket-bench-paths", "--lib"],
            Self::BenchComposed => &["--package", "wasocket-bench-composed", "--lib"],
            Self::BenchRust => &["--package", "wasocket-bench-rust", "--lib"],
            Self::BenchRustHost => &["--package", "wasocket-bench-rust", "--lib", "--features", "host"],
            Self::Extension => &["--package", "_wasocket", "--lib"],
            Self::ExtensionHost => &["--package", "_wasocket", "--lib", "--features", "host"],
            Self::Interpreter => &["--package", "_wasocket", "--lib", "--features", "interpreter"],
            Self::InterpreterThreads => &["--package", "_wasocket", "--lib", "--features", "threads"],
            Self::InterpreterHost => &["--package", "_wasocket", "--lib", "--features", "signals"],
            Self::InterpreterHostThreads => &["--package", "_wasocket", "--lib", "--features", "signals,threads"],
        }
    }

    /// The profile of the workspace's Cargo.toml, and the folder cargo names after it.
    fn profile(self) -> &'static str {
        match self {
            Self::Extension
            | Self::ExtensionHost
            | Self::Interpreter
            | Self::InterpreterThreads
            | Self::InterpreterHost
            | Self::InterpreterHostThreads => "wasm",
            // As a program is built whose speed counts, not as a library is whose size does.
            Self::BenchRust | Self::BenchRustHost => "wasm",
            Self::Component
            | Self::ComponentHost
            | Self::ComponentTest
            | Self::Raw
            | Self::RawHost
            | Self::FrontEndContract
            | Self::FrontEndRust
            | Self::FrontEndRustHost
            | Self::Examples
            | Self::Paths
            | Self::BenchComposed => "component",
        }
    }

    /// The folder cargo leaves its results in.
    pub(crate) fn output(self, workspace: &Workspace) -> PathBuf {
        workspace.target().join(self.folder()).join(self.target()).join(self.profile())
    }

    /// All that decides what comes out, besides the crate's own folder.
    pub(crate) fn inputs(self, workspace: &Workspace, toolchain: WasmToolchain) -> Result<Inputs> {
        let common = Inputs::new(workspace).text(&toolchain.version()).text(&format!("{self:?}"));
        let common = common.files("Cargo.toml")?.files("Cargo.lock")?.files("wit")?.files("xtask/src/build")?;
        match self {
            Self::Component | Self::ComponentHost => common.files("guest"),
            Self::Extension | Self::ExtensionHost | Self::Interpreter | Self::InterpreterHost => {
                common.files("guest")?.files("tls")?.files("xtask/src/setup/zig.rs")
            }
            Self::InterpreterThreads | Self::InterpreterHostThreads => {
                common.files("guest")?.files("threads")?.files("tls")?.files("xtask/src/setup/zig.rs")
            }
            Self::ComponentTest => common.files("tests/component"),
            Self::Raw => common.files("tests/raw"),
            Self::RawHost => common.files("tests/raw-host"),
            Self::FrontEndContract => common.files("tests/front-ends/src"),
            Self::FrontEndRust | Self::FrontEndRustHost => common.files("guest")?.files("tests/front-ends/src"),
            Self::Examples => common.files("guest")?.files("examples/rust"),
            Self::Paths => common.files("guest")?.files("benches/paths"),
            Self::BenchComposed => common.files("benches/composed")?.files("benches/worker"),
            Self::BenchRust | Self::BenchRustHost => {
                common.files("guest")?.files("benches/rust")?.files("benches/worker")
            }
        }
    }
}

/// How a guest is compiled and linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// Without any C library.
    Component,
    /// A shared library on componentize-py's C library.
    Extension,
    /// A static library on WASI's C library.
    Interpreter,
}

/// `cargo VERB` for one guest, with more flags for the compiler; the caller adds what its verb needs.
pub(crate) fn cargo_for(workspace: &Workspace, compilers: &Compilers, guest: Guest, call: Call<'_>) -> Result<Command> {
    let toolchain = compilers.rust;
    let mut cargo = if call.verb == "clippy" { toolchain.clippy() } else { toolchain.cargo() };
    cargo.current_dir(workspace.root()).arg(call.verb).args(guest.selection());
    cargo.args(["--locked", "--profile", guest.profile(), "--target", guest.target()]);
    cargo.arg("--target-dir").arg(workspace.target().join(guest.folder()));
    // From source: code of a shared library must be relocatable, and nobody could read the component's panics.
    cargo.arg("-Zbuild-std=std,panic_abort");
    let own = match guest.family() {
        Family::Component => {
            cargo.arg("-Zbuild-std-features=optimize_for_size");
            component_flags(toolchain)
        }
        Family::Extension => {
            python_environment(workspace, &compilers.zig, guest, &mut cargo);
            extension_flags(workspace, toolchain)?
        }
        Family::Interpreter => {
            python_environment(workspace, &compilers.zig, guest, &mut cargo);
            INTERPRETER_FLAGS.iter().map(ToString::to_string).chain(without_places(workspace)).collect()
        }
    };
    let flags: Vec<&str> = own.iter().map(String::as_str).chain(call.flags.iter().copied()).collect();
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    Ok(cargo)
}

/// What cargo is to do, and flags for the compiler besides a guest's own.
#[derive(Clone, Copy)]
pub(crate) struct Call<'call> {
    pub(crate) verb: &'call str,
    pub(crate) flags: &'call [&'call str],
}

fn component_flags(toolchain: WasmToolchain) -> Vec<String> {
    let linker = format!("-Clinker={}", toolchain.linker());
    COMPONENT_FLAGS.iter().map(ToString::to_string).chain([linker]).collect()
}

/// What tells PyO3 its version of Python, and crates the C compiler: *ring* has some C in it.
fn python_environment(workspace: &Workspace, zig: &Zig, guest: Guest, cargo: &mut Command) {
    cargo.env("PYO3_CONFIG_FILE", workspace.path("python/ext/pyo3.txt"));
    let names = guest.target().replace('-', "_");
    cargo.env(format!("CC_{names}"), zig.compiler()).env(format!("AR_{names}"), zig.archiver());
    cargo.env(format!("CFLAGS_{names}"), if guest.family() == Family::Extension { "-fPIC" } else { "" });
}

/// Panics name the files of sources: not where those are on this machine.
fn without_places(workspace: &Workspace) -> Vec<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let places = [(Some(workspace.root().to_path_buf()), "/wasocket"), (home, "/cargo")];
    let named = places.into_iter().filter_map(|(place, name)| Some((place?, name)));
    named.map(|(place, name)| format!("--remap-path-prefix={}={name}", place.display())).collect()
}

/// The flags that tell the linker that componentize-py provides every symbol of libc.
fn extension_flags(workspace: &Workspace, toolchain: WasmToolchain) -> Result<Vec<String>> {
    let stub = workspace.artefact("stub");
    files::write(&stub.join("libc.a"), EMPTY_ARCHIVE)?;
    let places = [format!("-Clinker={}", toolchain.linker()), format!("-L{}", stub.display())];
    Ok(EXTENSION_FLAGS.iter().map(ToString::to_string).chain(places).chain(without_places(workspace)).collect())
}

/// A panic is a trap at once: the component has no standard error to write a message to.
const COMPONENT_FLAGS: [&str; 2] = ["-Zunstable-options", "-Cpanic=immediate-abort"];
const EXTENSION_FLAGS: [&str; 7] = [
    "-Crelocation-model=pic",
    // Without it every Rust symbol is exported, and all of the standard library's imports stay.
    "-Zdefault-visibility=hidden",
    "-Clink-args=-shared",
    "-Clink-args=--experimental-pic",
    "-Clink-args=--unresolved-symbols=import-dynamic",
    "-Clink-self-contained=n",
    "-Clinker-flavor=wasm-ld",
];
/// Without it every Rust symbol stays.
const INTERPRETER_FLAGS: [&str; 1] = ["-Zdefault-visibility=hidden"];
/// The linker asks for a libc; every symbol of it stays an import that componentize-py's own libc.so provides.
const EMPTY_ARCHIVE: &[u8] = b"!<arch>\n";
