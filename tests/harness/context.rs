//! Where the executables under test are.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::component::{Component, PATIENCE};
use crate::process::{self, Finished};

/// What all trials share.
pub(crate) struct Context {
    /// The native Python.
    pub(crate) python: PathBuf,
    /// Its version: (3, 11).
    pub(crate) python_version: (u32, u32),
    /// Whether this machine has an IPv6 loopback.
    pub(crate) ipv6: bool,
    /// The folder `tests/`.
    pub(crate) tests: PathBuf,
    /// The component that holds all programs.
    pub(crate) component: Component,
    /// The same with threads.
    pub(crate) component_with_threads: Component,
    target: PathBuf,
    prepared: OnceLock<Result<(), String>>,
}

impl Context {
    pub(crate) fn find() -> Result<Self> {
        let python = std::env::var_os("WASOCKET_TEST_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
        let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let target = tests.parent().context("tests/ has no parent")?.join("target");
        let ipv6 = TcpListener::bind("[::1]:0").is_ok();
        Ok(Self {
            python_version: version(&python)?,
            ipv6,
            python,
            tests,
            component: Component::portable(),
            component_with_threads: Component::with_threads(),
            target,
            prepared: OnceLock::new(),
        })
    }

    /// The command `wasocket`, which has compiled its interpreters: no program's time is to go into that.
    pub(crate) fn wasocket(&self) -> Result<PathBuf> {
        let wasocket = built(self.target.join("release/wasocket"))?;
        let prepared = self.prepared.get_or_init(|| prepare(&wasocket).map_err(|error| format!("{error:#}")));
        prepared.clone().map_err(anyhow::Error::msg)?;
        Ok(wasocket)
    }

    /// The command `wasmtime`.
    pub(crate) fn wasmtime(&self) -> Result<PathBuf> {
        built(self.target.join("wasocket/wasmtime"))
    }

    /// The folder of wasmtime-py.
    pub(crate) fn wasmtime_py(&self) -> Result<PathBuf> {
        built(self.target.join("wasocket/wasmtime-py"))
    }

    /// The packages from the Python package index that programs in `clients/` use.
    pub(crate) fn packages(&self) -> Result<PathBuf> {
        built(self.target.join("wasocket/packages"))
    }

    /// mypy and pytest, which run on wasocket themselves.
    pub(crate) fn checkers(&self) -> Result<PathBuf> {
        built(self.target.join("wasocket/checkers"))
    }

    /// The command that uses `wasocket.wasm`, which is inside.
    pub(crate) fn composed(&self) -> Result<PathBuf> {
        built(self.target.join("wasocket/component-test.wasm"))
    }

    /// The same, with nothing inside.
    pub(crate) fn alone(&self) -> Result<PathBuf> {
        built(self.target.join("wasocket/component-test-alone.wasm"))
    }

    /// A command that makes the calls of a table through one front end.
    pub(crate) fn front_end(&self, name: &str) -> Result<PathBuf> {
        built(self.target.join("wasocket/front-ends").join(name))
    }

    /// The command that executes scripts of calls on plain `wasi:sockets`.
    pub(crate) fn raw_guest(&self) -> Result<PathBuf> {
        built(self.target.join("wasocket/raw-guest.wasm"))
    }

    /// A folder for what the harness builds itself.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let scratch = self.target.join("wasocket/tests");
        std::fs::create_dir_all(&scratch).with_context(|| format!("cannot create {}", scratch.display()))?;
        Ok(scratch)
    }
}

fn prepare(wasocket: &Path) -> Result<()> {
    for backend in ["host", "wasi"] {
        let mut command = Command::new(wasocket);
        command.args(["run", "--backend", backend, "-c", "pass"]);
        let finished = process::run(command, b"", PATIENCE)?;
        if !finished.status.success() {
            bail!("{} cannot run anything: {}", wasocket.display(), finished.stderr);
        }
    }
    Ok(())
}

fn built(path: PathBuf) -> Result<PathBuf> {
    if !path.exists() {
        bail!("{} is missing: run `cargo xtask build` first", path.display());
    }
    Ok(path)
}

fn version(python: &Path) -> Result<(u32, u32)> {
    let mut command = Command::new(python);
    command.args(["-c", "import sys; print(*sys.version_info[:2])"]);
    let Finished { stdout, .. } = process::run(command, b"", Duration::from_secs(60))
        .with_context(|| format!("no native Python as `{}`; WASOCKET_TEST_PYTHON can name one", python.display()))?;
    let (major, minor) = stdout.trim().split_once(' ').context("Python printed no version")?;
    Ok((major.parse()?, minor.parse()?))
}
