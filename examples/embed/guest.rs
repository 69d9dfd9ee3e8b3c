//! What the embedders share: an interpreter, and a run of Python code under a policy.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasocket_host::cache::Cache;
use wasocket_host::policy::Network;
use wasocket_host::program::{Main, Settings};
use wasocket_host::{Grants, Host, Output, Program};

/// Connects twice, and says what came of it.
pub(crate) const CLIENT: &str = "
import socket, sys
for _ in range(2):
    try:
        with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as sock:
            print(sock.makefile().read(), end='; ')
    except PermissionError as error:
        print(error.strerror, end='; ')
";

/// Python, compiled once: the interpreter that the command line names, or the one that `cargo xtask build` makes.
pub(crate) fn python(host: &Host) -> Result<Program> {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/wasocket-python-host.wasm");
    let interpreter = std::env::args_os().nth(1).map_or_else(built, PathBuf::from);
    let component = Cache::of_user().load(host.engine(), &interpreter, &|_| ())?;
    Ok(host.link("python", &component)?)
}

/// Runs Python code under a policy; what it prints. Dropping the future kills it.
pub(crate) async fn run(
    host: &Host,
    python: &Program,
    code: &str,
    server: SocketAddr,
    network: Network,
) -> Result<String> {
    let output = MemoryOutputPipe::new(1 << 16);
    let mut grants = Grants::new(network);
    grants.settings = Some(Settings {
        main: Main::Code(code.to_owned()),
        arguments: vec!["-c".to_owned(), server.port().to_string()],
        python_path: Vec::new(),
        coalesce: true,
    });
    grants.output = Output::Pipe(output.clone());
    let status = host.run(python, grants).await?;
    ensure!(status == 0, "exit status {status}");
    Ok(String::from_utf8(output.contents().to_vec())?)
}
