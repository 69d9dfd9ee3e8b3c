//! `wasocket.wasm` inside a component that uses the contract: `tests/component`, which says a line for each of its subjects.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use libtest_mimic::Trial;

use crate::compare::difference;
use crate::context::Context;
use crate::{process, trial};

/// How long a run may take, compiling included.
const PATIENCE: Duration = Duration::from_secs(120);

/// A way of running: its name, and the command up to the program's own arguments.
type Way = (&'static str, fn(&Context) -> Result<Command>);

/// What each way of running starts with.
const WAYS: [Way; 2] = [("wasmtime", with_wasmtime), ("run", with_wasocket)];

/// What it says.
const LINES: &str = "\
tcp echo: ok
tcp end of stream: ok
tcp refused: ok
udp: ok
pairs: ok
names of local sockets: ok
rights: ok
wide bytes: ok
timeouts: ok
background connect: ok
poll: ok
poller: level, edge, one-shot: ok
poller: closed sockets: ok
waits without an end: ok
lookups: ok
tables: ok
options: ok
descriptors: ok
bad arguments: ok
dropping in any order: ok
draining: ok
";

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let ways = WAYS.into_iter().map(|(way, command)| {
        let context = Arc::clone(context);
        trial(format!("composed::{way}"), move || all_subjects(command(&context)?))
    });
    let context = Arc::clone(context);
    ways.chain([trial("composed::without_rights".to_owned(), move || without_rights(&context))]).collect()
}

fn with_wasmtime(context: &Context) -> Result<Command> {
    let mut command = Command::new(context.wasmtime()?);
    command.args(["run", "-S", "inherit-network", "-S", "allow-ip-name-lookup"]).arg(context.composed()?);
    Ok(command)
}

fn with_wasocket(context: &Context) -> Result<Command> {
    let mut command = Command::new(context.wasocket()?);
    command.args(["run", "--allow-net"]).arg(context.composed()?);
    Ok(command)
}

fn all_subjects(command: Command) -> Result<()> {
    let finished = process::run(command, b"", PATIENCE)?;
    let difference = difference(LINES, &finished.stdout);
    if !difference.is_empty() || finished.code() != 0 {
        bail!("exit status {} (-wanted +got):\n{difference}{}", finished.code(), finished.stderr);
    }
    Ok(())
}

/// Without any rights what needs the network is refused, what needs none works, and nothing traps.
fn without_rights(context: &Context) -> Result<()> {
    let mut command = Command::new(context.wasocket()?);
    command.arg("run").arg(context.composed()?);
    let finished = process::run(command, b"", PATIENCE)?;
    ensure!(finished.code() == 1, "{finished:?}");
    let lines: Vec<&str> = finished.stdout.lines().collect();
    ensure!(lines.len() == LINES.lines().count(), "it did not come to its end: {finished:?}");
    for (line, wanted) in lines.iter().zip(LINES.lines()) {
        let refused = line.contains("Errno::AccessDenied");
        ensure!(refused || *line == wanted, "neither done nor refused: {line}");
    }
    for line in ["pairs: ok", "names of local sockets: ok", "rights: ok", "tables: ok", "descriptors: ok"] {
        ensure!(lines.contains(&line), "{line} needs no rights: {}", finished.stdout);
    }
    ensure!(lines.first().is_some_and(|line| *line != "tcp echo: ok"), "TCP without rights");
    Ok(())
}
