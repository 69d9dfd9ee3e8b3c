//! Ten thousand idle connections in one guest: what they cost the host in memory, and that nothing is left of them.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::context::Context;
use crate::process::Running;
use crate::{peers, trial};

const CONNECTIONS: u64 = 10_000;
/// What all of them together may cost the host, the guest's own memory among it.
const KILOBYTES: u64 = 100 * 1024;
/// Descriptors that a process has beside those that it was made to open here.
const OTHERS: u64 = 200;
/// The set of sockets that our host keeps for a guest once it has waited for many at a time.
const POLL_SET: u64 = 1;
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let one = |backend: &'static str| {
        let context = Arc::clone(context);
        trial(format!("idle::connections::{backend}"), move || hold(&context, backend))
    };
    ["host", "wasi"].into_iter().map(one).collect()
}

fn hold(context: &Context, backend: &str) -> Result<()> {
    allow_descriptors(CONNECTIONS + OTHERS)?;
    let holder = peers::start("python:holder.py", &context.python)?;
    let overseer = TcpListener::bind("127.0.0.1:0")?;
    let mut command = Command::new(context.wasocket()?);
    command.args(["run", "--backend", backend, "--allow-outbound", "tcp://127.0.0.1:*"]);
    command.arg(context.tests.join("harness/idle_connections.py"));
    command.args([
        CONNECTIONS.to_string(),
        holder.address.port().to_string(),
        overseer.local_addr()?.port().to_string(),
    ]);
    let guest = Running::start(command, b"")?;
    guest.expect_line("started", PATIENCE)?;
    let (mut control, _) = overseer.accept()?;
    let before = Usage::of(&guest)?;
    go_on(&mut control)?;

    let line = guest.expect_line("holds", PATIENCE)?;
    ensure!(line.trim_end() == format!("holds {CONNECTIONS} of which 0 have something"), "{line:?}");
    let holding = Usage::of(&guest)?;
    let grown = holding.kilobytes.saturating_sub(before.kilobytes);
    ensure!(grown < KILOBYTES, "{CONNECTIONS} connections cost {grown} kB, more than {KILOBYTES} kB");
    ensure!(holding.descriptors >= before.descriptors + CONNECTIONS, "{holding:?}, before {before:?}");
    go_on(&mut control)?;

    guest.expect_line(&format!("answered {CONNECTIONS}"), PATIENCE)?;
    let after = Usage::of(&guest)?;
    ensure!(after.descriptors <= before.descriptors + POLL_SET, "{after:?} once all are closed, before {before:?}");
    go_on(&mut control)?;
    let finished = guest.finish(PATIENCE)?;
    ensure!(finished.status.success(), "{finished:?}");
    Ok(())
}

fn go_on(control: &mut TcpStream) -> Result<()> {
    control.write_all(b"!").context("the guest is gone")
}

/// Raises what this process and those it starts may have open, as `ulimit -n` does.
fn allow_descriptors(number: u64) -> Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| current < number) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(number), maximum })
            .with_context(|| format!("{number} descriptors are needed, and {maximum:?} are allowed"))?;
    }
    Ok(())
}

/// What a process uses.
#[derive(Debug)]
struct Usage {
    kilobytes: u64,
    descriptors: u64,
}

impl Usage {
    fn of(process: &Running) -> Result<Self> {
        let folder = process.in_proc();
        let status = std::fs::read_to_string(folder.join("status"))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes = resident.trim().trim_end_matches("kB").trim().parse()?;
        let descriptors = std::fs::read_dir(folder.join("fd"))?.count().try_into()?;
        Ok(Self { kilobytes, descriptors })
    }
}
