//! `wasocket build`: components that any host of WASI 0.2 runs.
//!
//! Compiling one takes a minute, so one application shows everything, each of its modes in turn.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::{Case, PATIENCE, Workshop, running, tls};
use crate::component::compile_with;
use crate::peers;
use crate::process::{self, Finished};

pub(super) const CASES: &[Case] = &[("build", build)];

/// Does what its first argument says.
const APPLICATION: &str = "\
import atexit, socket, sys
import neighbour, package.deep

def embedded(*rest):
    import importlib
    print(__name__, rest, neighbour.value, package.deep.value, importlib.import_module('plugin').value)
    try:
        import no_such_module
    except ImportError as error:
        print(error)

def fetch(port):
    sock = socket.create_connection(('localhost', int(port)))
    sock.sendall(b'through a component')
    sock.shutdown(socket.SHUT_WR)
    print(sock.makefile().read())

def message():
    sys.exit('a message')

def raised():
    raise ValueError('as asked')

def deep():
    import json
    print(len(json.dumps(json.loads('[' * 2000 + ']' * 2000))))

def https(*rest):
    import https_get
    sys.argv[1:] = rest
    https_get.main()

def randomness():
    import random_things

atexit.register(print, 'atexit')
globals()[sys.argv[1]](*sys.argv[2:])
";

fn build(workshop: &Workshop) -> Result<()> {
    lay_out(workshop)?;
    let built = workshop.run(&["build", "app/main.py", "--python-path", "site", "-o", "app.wasm"])?;
    ensure!(built.status.success() && built.stderr.contains("no_such_module"), "{built:?}");
    // Nothing that was embedded is needed any more.
    std::fs::remove_dir_all(workshop.path("app"))?;
    std::fs::remove_dir_all(workshop.path("site"))?;
    let compiled = compile_with(&workshop.wasmtime, &[], &workshop.path("app.wasm"))?;
    let network = ["-S", "inherit-network", "-S", "allow-ip-name-lookup"];
    let under_wasmtime = |arguments: &[&str]| wasmtime(workshop, &compiled, &network, arguments);
    let under_wasocket = |arguments: &[&str]| workshop.run(&[&["run", "--allow-net", "app.wasm"], arguments].concat());
    check(workshop, &under_wasmtime).context("under wasmtime")?;
    https_example(workshop, &compiled).context("https under wasmtime")?;
    deep_recursion(workshop, &compiled).context("deep recursion under wasmtime")?;
    check(workshop, &under_wasocket).context("under wasocket")
}

fn lay_out(workshop: &Workshop) -> Result<()> {
    workshop.write("app/main.py", APPLICATION)?;
    workshop.write("app/neighbour.py", "value = 'neighbour'")?;
    workshop.write("app/package/__init__.py", "")?;
    workshop.write("app/package/deep.py", "value = 'deep'")?;
    workshop.write("app/random_things.py", running::RANDOM)?;
    workshop.write("app/https_get.py", include_str!("../../../examples/https_get.py"))?;
    workshop.write("site/plugin.py", "value = 'found at run time'")?;
    Ok(())
}

/// `wasmtime run` as the documentation has it, but compiled before.
pub(super) fn wasmtime(workshop: &Workshop, compiled: &Path, options: &[&str], arguments: &[&str]) -> Result<Finished> {
    let mut command = Command::new(&workshop.wasmtime);
    command.args(["run", "--allow-precompiled"]).args(options);
    command.arg(compiled).args(arguments).current_dir(workshop.folder.path());
    process::run(command, b"", PATIENCE)
}

/// The example as plain wasmtime runs it.
fn https_example(workshop: &Workshop, compiled: &Path) -> Result<()> {
    let server = tls::server(workshop, "python:https_server.py")?;
    let url = format!("https://127.0.0.1:{}/page", server.address.port());
    let options = ["-S", "inherit-network", "--dir", "certificates::/certificates"];
    let finished = wasmtime(workshop, compiled, &options, &["https", &url, "/certificates/authority.pem"])?;
    ensure!(finished.code() == 0, "{finished:?}");
    ensure!(finished.stdout == "200 OK\nyou asked for /page with Noneatexit\n", "{finished:?}");
    Ok(())
}

/// With the flags that the documentation names for it.
fn deep_recursion(workshop: &Workshop, compiled: &Path) -> Result<()> {
    let options = ["-W", "max-wasm-stack=33554432", "-W", "async-stack-size=35651584"];
    let finished = wasmtime(workshop, compiled, &options, &["deep"])?;
    ensure!(finished.code() == 0 && finished.stdout == "4000\natexit\n", "{finished:?}");
    Ok(())
}

/// Each mode of the application, run by `run`.
fn check(workshop: &Workshop, run: &dyn Fn(&[&str]) -> Result<Finished>) -> Result<()> {
    let embedded = run(&["embedded", "one", "--two"])?;
    let expected =
        "__main__ ('one', '--two') neighbour deep found at run time\nNo module named 'no_such_module'\natexit\n";
    ensure!(embedded.code() == 0 && embedded.stdout == expected, "{embedded:?}");

    let peer = peers::start("echo", &workshop.python)?;
    let fetched = run(&["fetch", &peer.address.port().to_string()])?;
    ensure!(fetched.code() == 0 && fetched.stdout == "through a component\natexit\n", "{fetched:?}");

    let message = run(&["message"])?;
    ensure!(message.code() == 1 && message.stdout == "atexit\n" && message.stderr == "a message\n", "{message:?}");

    let raised = run(&["raised"])?;
    ensure!(raised.code() == 1 && raised.stdout == "atexit\n", "{raised:?}");
    let stderr = &raised.stderr;
    ensure!(stderr.contains("line 22, in raised") && stderr.ends_with("ValueError: as asked\n"), "{stderr}");

    let (first, second) = (run(&["randomness"])?.stdout, run(&["randomness"])?.stdout);
    let mut pairs = first.lines().zip(second.lines()).filter(|(line, _)| *line != "atexit");
    ensure!(pairs.all(|(first, second)| first != second), "the same twice: {first}{second}");
    ensure!(first.lines().count() == running::RANDOM_LINES + 1, "{first}");
    Ok(())
}
