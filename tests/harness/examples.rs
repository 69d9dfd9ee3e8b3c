//! The Rust examples, on any WASI 0.2 host and on ours.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;

use crate::context::Context;
use crate::{peers, process, trial};

const PATIENCE: Duration = Duration::from_secs(60);

/// An example's name, and what it does in a way of running.
type Example = (&'static str, fn(&Context, &str) -> Result<()>);

const EXAMPLES: [Example; 3] = [("http_client", http_client), ("echo_server", echo_server), ("dns_client", dns_client)];

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, example) in EXAMPLES {
        for way in ["wasmtime", "run"] {
            let context = Arc::clone(context);
            trials.push(trial(format!("examples::rust::{name}::{way}"), move || example(&context, way)));
        }
    }
    trials
}

/// The command for an example, which may do on our host what `rule` says.
fn command(context: &Context, way: &str, name: &str, rule: [&str; 2]) -> Result<Command> {
    let component = context.tests.join("../target/wasocket/examples").join(format!("{name}.wasm"));
    let mut command = if way == "run" {
        let mut command = Command::new(context.wasocket()?);
        command.arg("run").args(rule);
        command
    } else {
        let mut command = Command::new(context.wasmtime()?);
        command.args(["run", "-S", "inherit-network"]);
        command
    };
    command.arg(component);
    Ok(command)
}

fn http_client(context: &Context, way: &str) -> Result<()> {
    let server = peers::start("python:http_server.py", &context.python)?;
    let port = server.address.port().to_string();
    let rule = format!("tcp://127.0.0.1:{port}");
    let mut command = command(context, way, "http_client", ["--allow-outbound", &rule])?;
    command.args(["127.0.0.1", &port, "/page"]);
    let said = process::run(command, b"", PATIENCE)?;
    ensure!(said.status.success() && said.stdout == "HTTP/1.1 200 OK\nyou asked for /page with None\n", "{said:?}");
    Ok(())
}

fn dns_client(context: &Context, way: &str) -> Result<()> {
    let server = peers::start("debian:dnsmasq", &context.python)?;
    let port = server.address.port().to_string();
    let rule = format!("udp://127.0.0.1:{port}");
    let mut command = command(context, way, "dns_client", ["--allow-outbound", &rule])?;
    command.args(["127.0.0.1", &port, "www.test"]);
    let said = process::run(command, b"", PATIENCE)?;
    ensure!(said.status.success() && said.stdout == "192.0.2.1\n", "{said:?}");
    Ok(())
}

fn echo_server(context: &Context, way: &str) -> Result<()> {
    let mut command = command(context, way, "echo_server", ["--allow-inbound", "tcp://127.0.0.1:*"])?;
    command.arg("2");
    let server = process::Running::start(command, b"")?;
    let line = server.expect_line("listening", PATIENCE)?;
    let address = line.split_once("127.0.0.1:").and_then(|(_, rest)| rest.split(')').next()).context(line.clone())?;
    let address = SocketAddr::from(([127, 0, 0, 1], address.parse().context(line)?));
    let mut clients = [TcpStream::connect(address)?, TcpStream::connect(address)?];
    // The second one is answered while the first has not said anything.
    for client in clients.iter_mut().rev() {
        client.write_all(b"hello")?;
        let mut answer = [0; 5];
        client.read_exact(&mut answer)?;
        ensure!(&answer == b"hello", "{answer:?}");
    }
    for client in &mut clients {
        client.shutdown(Shutdown::Write)?;
        ensure!(client.read(&mut [0; 9])? == 0, "more than was sent");
    }
    let said = server.finish(PATIENCE)?;
    ensure!(said.status.success() && said.stdout.matches("connected").count() == 2, "{said:?}");
    Ok(())
}
