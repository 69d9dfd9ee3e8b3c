//! The examples of each language, on any WASI 0.2 host, on ours, and on the one in Python that `examples/wasmtime-py` has.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use socket2::{Domain, Socket, Type};

use crate::context::Context;
use crate::{peers, process, trial};

/// How long a run may take, compiling included.
const PATIENCE: Duration = Duration::from_secs(300);

/// The folders of `examples/` that have all of the programs.
const LANGUAGES: [&str; 4] = ["rust", "javascript", "c", "python-bindings"];

/// A program's name, and what it does, whatever language it is written in.
type Program = (&'static str, fn(&Example<'_>) -> Result<()>);

const PROGRAMS: [Program; 3] = [("http_client", http_client), ("echo_server", echo_server), ("dns_client", dns_client)];

/// A program in one language, in one way of running.
struct Example<'trial> {
    context: &'trial Context,
    language: &'static str,
    name: &'static str,
    way: &'static str,
}

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for language in LANGUAGES {
        for (name, check) in PROGRAMS {
            // The crate for Rust is no component of its own, which could be composed for another host.
            let ways: &[_] =
                if language == "rust" { &["wasmtime", "run"] } else { &["wasmtime", "run", "wasmtime-py"] };
            for &way in ways {
                let context = Arc::clone(context);
                let run = move || check(&Example { context: &context, language, name, way });
                trials.push(trial(format!("examples::{language}::{name}::{way}"), run));
            }
        }
    }
    trials
}

impl Example<'_> {
    /// The command, which may do on our host what `rule` says.
    fn command(&self, rule: &[&str]) -> Result<Command> {
        let folder = self.context.tests.join("../target/wasocket/examples").join(self.language);
        let component = folder.join(format!("{}.wasm", self.name));
        ensure!(component.exists(), "{} is missing: run `cargo xtask examples` first", component.display());
        let mut command = match self.way {
            "run" => {
                let mut command = Command::new(self.context.wasocket()?);
                command.arg("run").args(rule);
                command
            }
            "wasmtime-py" => return self.in_python(&folder.join("alone").join(format!("{}.wasm", self.name))),
            _ => {
                let mut command = Command::new(self.context.wasmtime()?);
                command.args(["run", "-S", "inherit-network"]);
                command
            }
        };
        command.arg(component);
        Ok(command)
    }

    /// The command that runs it in a Python program, with the sockets of that; there are no rules.
    fn in_python(&self, alone: &Path) -> Result<Command> {
        let component = self.context.scratch()?.join(format!("{}-{}-host.wasm", self.language, self.name));
        let mut compose = Command::new(self.context.wasocket()?);
        compose.args(["compose", "--backend", "host"]).arg(alone).arg("-o").arg(&component);
        let composed = process::run(compose, b"", PATIENCE)?;
        ensure!(composed.status.success(), "{composed:?}");
        let mut command = Command::new(&self.context.python);
        command.arg("-B").arg(self.context.tests.join("../examples/wasmtime-py/run.py")).arg(component);
        command.env("PYTHONPATH", self.context.wasmtime_py()?);
        Ok(command)
    }
}

fn http_client(example: &Example<'_>) -> Result<()> {
    let server = peers::start("python:http_server.py", &example.context.python)?;
    let port = server.address.port().to_string();
    let rule = format!("tcp://127.0.0.1:{port}");
    let mut command = example.command(&["--allow-outbound", &rule])?;
    command.args(["127.0.0.1", &port, "/page"]);
    let said = process::run(command, b"", PATIENCE)?;
    ensure!(said.status.success() && said.stdout == "HTTP/1.1 200 OK\nyou asked for /page with None\n", "{said:?}");
    // Nobody listens here.
    let bound = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    bound.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())?;
    let port = bound.local_addr()?.as_socket().context("no port")?.port();
    refusal(example, port, &["--allow-outbound", "tcp://127.0.0.1:*"], "refused")?;
    if example.way == "run" {
        refusal(example, server.address.port(), &[], "denied")?;
    }
    Ok(())
}

/// A connection that is not to be had: the program says why in its last line, and fails.
fn refusal(example: &Example<'_>, port: u16, rules: &[&str], word: &str) -> Result<()> {
    let mut command = example.command(rules)?;
    command.args(["127.0.0.1", &port.to_string(), "/page"]);
    let said = process::run(command, b"", PATIENCE)?;
    let last = said.stderr.lines().last().unwrap_or_default().to_lowercase();
    ensure!(said.status.code() == Some(1) && said.stdout.is_empty() && last.contains(word), "{said:?}");
    Ok(())
}

fn dns_client(example: &Example<'_>) -> Result<()> {
    let server = peers::start("debian:dnsmasq", &example.context.python)?;
    let port = server.address.port().to_string();
    let rule = format!("udp://127.0.0.1:{port}");
    let mut command = example.command(&["--allow-outbound", &rule])?;
    command.args(["127.0.0.1", &port, "www.test"]);
    let said = process::run(command, b"", PATIENCE)?;
    ensure!(said.status.success() && said.stdout == "192.0.2.1\n", "{said:?}");
    Ok(())
}

fn echo_server(example: &Example<'_>) -> Result<()> {
    let mut command = example.command(&["--allow-inbound", "tcp://127.0.0.1:*"])?;
    command.arg("2");
    let server = process::Running::start(command, b"")?;
    let line = server.expect_line("listening", PATIENCE)?;
    let address = line.split_once("127.0.0.1:").and_then(|(_, rest)| rest.split(')').next()).context(line.clone())?;
    let address = SocketAddr::from(([127, 0, 0, 1], address.trim().parse().context(line)?));
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
