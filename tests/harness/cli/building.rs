//! `wasocket build`: components that any host of WASI 0.2 runs.

use anyhow::{Result, ensure};

use super::{Case, Workshop, running, succeeded};
use crate::peers;

pub(super) const CASES: &[Case] = &[
    ("build_and_fetch", build_and_fetch),
    ("build_embeds_modules", build_embeds_modules),
    ("build_ends_as_natively", build_ends_as_natively),
    ("build_is_random", build_is_random),
    ("build_reports_missing_modules", build_reports_missing_modules),
];

/// Connects and echoes; looks its arguments and itself over.
const FETCH: &str = "import socket, sys\nprint(__name__, sys.argv[1:-1])\nsock = socket.create_connection(('localhost', int(sys.argv[-1])))\nsock.sendall(b'through a component')\nsock.shutdown(socket.SHUT_WR)\nprint(sock.makefile().read())\n";

fn build_and_fetch(workshop: &Workshop) -> Result<()> {
    workshop.write("fetch.py", FETCH)?;
    workshop.output(&["build", "fetch.py", "-o", "fetch.wasm"])?;
    let peer = peers::start("echo", &workshop.python)?;
    let port = peer.address.port().to_string();
    let expected = "__main__ ['one', '--two']\nthrough a component\n";
    let output = succeeded(workshop.wasmtime(&["fetch.wasm", "one", "--two", &port])?)?;
    ensure!(output == expected, "under wasmtime: {output:?}");
    let output = workshop.output(&["run", "--allow-net", "fetch.wasm", "one", "--two", &port])?;
    ensure!(output == expected, "under wasocket: {output:?}");
    Ok(())
}

fn build_embeds_modules(workshop: &Workshop) -> Result<()> {
    workshop.write("app/main.py", "import neighbour, package.deep, importlib\nprint(neighbour.value, package.deep.value)\nprint(importlib.import_module('plugin').value)\n")?;
    workshop.write("app/neighbour.py", "value = 'neighbour'")?;
    workshop.write("app/package/__init__.py", "")?;
    workshop.write("app/package/deep.py", "value = 'deep'")?;
    workshop.write("site/plugin.py", "value = 'found at run time'")?;
    workshop.output(&["build", "app/main.py", "--python-path", "site", "-o", "main.wasm"])?;
    std::fs::remove_dir_all(workshop.path("app"))?;
    std::fs::remove_dir_all(workshop.path("site"))?;
    let output = succeeded(workshop.wasmtime(&["main.wasm"])?)?;
    ensure!(output == "neighbour deep\nfound at run time\n", "{output:?}");
    Ok(())
}

fn build_ends_as_natively(workshop: &Workshop) -> Result<()> {
    workshop.write("program.py", "import atexit, sys\natexit.register(print, 'atexit')\nif sys.argv[1:]:\n    raise ValueError('as asked')\nsys.exit('a message')\n")?;
    workshop.output(&["build", "program.py", "-o", "program.wasm"])?;
    let message = workshop.wasmtime(&["program.wasm"])?;
    ensure!(message.code() == 1 && message.stdout == "atexit\n" && message.stderr == "a message\n", "{message:?}");
    let raised = workshop.wasmtime(&["program.wasm", "raise"])?;
    ensure!(raised.code() == 1 && raised.stdout == "atexit\n", "{raised:?}");
    ensure!(raised.stderr.contains("line 4, in <module>") && raised.stderr.ends_with("ValueError: as asked\n"), "{raised:?}");
    Ok(())
}

fn build_is_random(workshop: &Workshop) -> Result<()> {
    workshop.write("random_things.py", running::RANDOM)?;
    workshop.output(&["build", "random_things.py", "-o", "random.wasm"])?;
    let first = succeeded(workshop.wasmtime(&["--dir", ".::/tmp", "random.wasm"])?)?;
    let second = succeeded(workshop.wasmtime(&["--dir", ".::/tmp", "random.wasm"])?)?;
    ensure!(first.lines().zip(second.lines()).all(|(first, second)| first != second), "{first}{second}");
    Ok(())
}

fn build_reports_missing_modules(workshop: &Workshop) -> Result<()> {
    workshop.write("program.py", "try:\n    import no_such_module\nexcept ImportError as error:\n    print(error)\n")?;
    let finished = workshop.run(&["build", "program.py", "-o", "program.wasm"])?;
    ensure!(finished.status.success() && finished.stderr.contains("no_such_module"), "{finished:?}");
    let output = succeeded(workshop.wasmtime(&["program.wasm"])?)?;
    ensure!(output == "No module named 'no_such_module'\n", "{output:?}");
    Ok(())
}
