//! A stock `http.server` in a guest, with and without threads, under the load of `wrk`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use libtest_mimic::Trial;

use crate::component::Component;
use crate::context::Context;
use crate::{peers, process, trial};

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let names = ["run", "single", "wasmtime", "wasmtime-threads"];
    let one = |way: &'static str| {
        let context = Arc::clone(context);
        trial(format!("load::http_server::{way}"), move || serve_under_load(&context, way))
    };
    names.into_iter().map(one).collect()
}

fn serve_under_load(context: &Context, way: &str) -> Result<()> {
    let server = process::Running::start(command(context, way)?, b"")?;
    let line = server.expect_line("port ", PATIENCE)?;
    let port: u16 = line.trim().trim_start_matches("port ").parse().with_context(|| format!("{line:?} is no port"))?;
    let report = load(port)?;
    stop(port)?;
    let finished = server.finish(PATIENCE)?;
    if !finished.status.success() || !finished.stdout.contains("stopped") {
        bail!("the server ended with {}: {}", finished.code(), finished.stderr);
    }
    judge(&report)
}

/// Has it stop. Where a thread answers, the server waits for the next connection before it looks; where none does, there may be
/// nobody any more who takes it.
fn stop(port: u16) -> Result<()> {
    let mut connection = TcpStream::connect(("127.0.0.1", port))?;
    connection.write_all(b"GET /stop HTTP/1.0\r\n\r\n")?;
    connection.read_to_end(&mut Vec::new())?;
    drop(TcpStream::connect(("127.0.0.1", port)));
    Ok(())
}

fn command(context: &Context, way: &str) -> Result<Command> {
    match way {
        "run" => script(context, &[]),
        "single" => script(context, &["--no-threads"]),
        "wasmtime" => built(context, &context.component),
        "wasmtime-threads" => built(context, &context.component_with_threads),
        _ => bail!("no way of running is called `{way}`"),
    }
}

fn script(context: &Context, options: &[&str]) -> Result<Command> {
    let mut command = Command::new(context.wasocket()?);
    command.args(["run", "--allow-inbound", "tcp://127.0.0.1:*"]).args(options);
    command.arg(context.tests.join("clients/http_server_load.py"));
    Ok(command)
}

fn built(context: &Context, component: &Component) -> Result<Command> {
    let mut command = Command::new(context.wasmtime()?);
    command.args(["run", "--allow-precompiled", "-S", "inherit-network"]).args(component.flags);
    command.arg(component.path(context)?).arg("http_server_load");
    Ok(command)
}

/// What `wrk` reports of two seconds with a hundred connections.
fn load(port: u16) -> Result<String> {
    let mut wrk = peers::debian::executable("wrk")?;
    wrk.args(["--threads", "1", "--connections", "100", "--duration", "2s", "--timeout", "10s"]);
    wrk.arg(format!("http://127.0.0.1:{port}/"));
    let finished = process::run(wrk, b"", PATIENCE)?;
    if !finished.status.success() {
        bail!("wrk ended with {}: {}{}", finished.code(), finished.stdout, finished.stderr);
    }
    Ok(finished.stdout)
}

/// Every answer was whole and right, and there were some.
fn judge(report: &str) -> Result<()> {
    let total = report.lines().find_map(|line| line.split_once(" requests in ")).context("wrk counted nothing")?;
    let requests: u32 = total.0.trim().parse()?;
    if requests == 0 || report.contains("Socket errors") || report.contains("Non-2xx") {
        bail!("wrk saw failures:\n{report}");
    }
    Ok(())
}
