//! Four Python programs in one process, each under a policy of its own: `cargo run --release --example embed`.
//!
//! One may reach a server until its policy is replaced, one may not, one asks a callback, and one computes for ever, which
//! keeps nobody waiting, until it is killed. `cargo xtask build` makes the interpreter that runs them, which is compiled once.
#![expect(clippy::disallowed_methods, reason = "the example is the server as well")]

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context as _, Result, ensure};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasocket_host::cache::Cache;
use wasocket_host::policy::{Attempt, Network, Policy, Rule};
use wasocket_host::program::{Main, Settings};
use wasocket_host::{Grants, Host, Output, Program};

/// Connects twice, and says what came of it.
const CLIENT: &str = "
import socket, sys
for _ in range(2):
    try:
        with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as sock:
            print(sock.makefile().read(), end='; ')
    except PermissionError as error:
        print(error.strerror, end='; ')
";

fn main() -> Result<()> {
    let interpreter = std::env::args_os().nth(1).map_or_else(built_interpreter, PathBuf::from);
    let host = Host::builder().build()?;
    let component = Cache::of_user().load(host.engine(), &interpreter, &|_| ())?;
    let python = host.link("python", &component)?;

    // The policy of the first program, which the server replaces as soon as someone has come.
    let (listener, address) = listen()?;
    let replaced = Network::new(policy(&address)?, |_| ());
    let network = replaced.clone();
    thread::spawn(move || serve(&listener, &network));
    let refused = Network::builder(Policy::new()).report(|denial| println!("the host hears of: {denial}")).build();
    let (listener, asking) = listen()?;
    thread::spawn(move || serve(&listener, &Network::new(Policy::new(), |_| ())));
    let asked = Network::builder(Policy::new()).ask(move |attempt| Some(*attempt == Attempt::Connect(asking))).build();

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (first, second, third) = runtime.block_on(async {
        let busy = run(&host, &python, "while True: pass", address, Network::new(Policy::new(), |_| ()));
        let others = async {
            tokio::try_join!(
                run(&host, &python, CLIENT, address, replaced),
                run(&host, &python, CLIENT, address, refused),
                run(&host, &python, CLIENT, asking, asked),
            )
        };
        tokio::select! {
            others = others => others,
            never = busy => never.and(Err(anyhow::anyhow!("what computes for ever has ended"))),
        }
        // The busy one is dropped here, which kills it.
    })?;
    println!("until it was replaced: {first}\nwithout a rule:        {second}\nby a callback:         {third}");
    ensure!(first.starts_with("welcome; ") && first.matches("welcome").count() == 1, "{first}");
    ensure!(second.matches("--allow-outbound tcp://127.0.0.1").count() == 2, "{second}");
    ensure!(third == "welcome; welcome; ", "{third}");
    Ok(())
}

/// Runs Python code under a policy; what it prints.
async fn run(host: &Host, python: &Program, code: &str, server: SocketAddr, network: Network) -> Result<String> {
    let output = MemoryOutputPipe::new(1 << 16);
    let mut grants = Grants::new(network);
    grants.settings = Some(Settings {
        main: Main::Code(code.to_owned()),
        arguments: vec!["-c".to_owned(), server.port().to_string()],
        python_path: Vec::new(),
        gather: true,
    });
    grants.output = Output::Pipe(output.clone());
    let status = host.run(python, grants).await?;
    ensure!(status == 0, "exit status {status}");
    Ok(String::from_utf8(output.contents().to_vec())?)
}

fn policy(server: &SocketAddr) -> Result<Policy> {
    let mut policy = Policy::new();
    policy.allow_outbound(Rule::parse(&format!("tcp://{server}"))?);
    Ok(policy)
}

fn listen() -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind("127.0.0.1:0").context("there is no loopback")?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Greets whoever comes; the guest of this network may not come again.
fn serve(listener: &TcpListener, network: &Network) {
    for stream in listener.incoming() {
        network.replace(Policy::new());
        // Who does not wait for the greeting misses it.
        let _ = stream.and_then(|mut stream| stream.write_all(b"welcome"));
    }
}

fn built_interpreter() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/wasocket-python-host.wasm")
}
