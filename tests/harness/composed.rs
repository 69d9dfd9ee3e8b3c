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
const WAYS: [Way; 3] =
    [("wasmtime", with_wasmtime), ("run", with_wasocket), ("compose", |context| composed_by_command(context, "wasi"))];

/// What it says, whosever the sockets are.
const LINES: &str = "\
tcp echo: ok
tcp end of stream: ok
tcp refused: ok
udp: ok
pairs: ok
names of local sockets: ok
rights: ok
ancillary data: ok
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
        trial(format!("composed::{way}"), move || all_subjects(command(&context)?, "the guest's own"))
    });
    let context = Arc::clone(context);
    let (mistaken, ours) = (Arc::clone(&context), Arc::clone(&context));
    ways.chain([
        trial("composed::without_rights".to_owned(), move || without_rights(&context)),
        trial("composed::for_our_host".to_owned(), move || for_our_host(&ours)),
        trial("composed::mistakes".to_owned(), move || mistakes(&mistaken)),
    ])
    .collect()
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

/// The same, put together by `wasocket compose`.
fn composed_by_command(context: &Context, backend: &str) -> Result<Command> {
    let whole = context.scratch()?.join(format!("composed-{backend}.wasm"));
    let mut compose = Command::new(context.wasocket()?);
    compose.arg("compose").arg(context.alone()?).args(["--backend", backend, "-o"]).arg(&whole);
    let finished = process::run(compose, b"", PATIENCE)?;
    ensure!(finished.code() == 0, "{finished:?}");
    let mut command = Command::new(context.wasocket()?);
    command.args(["run", "--allow-net"]).arg(whole);
    Ok(command)
}

/// What is put together for our own host does the same with the sockets of the operating system.
fn for_our_host(context: &Context) -> Result<()> {
    all_subjects(composed_by_command(context, "host")?, "the system's")
}

fn all_subjects(command: Command, whose: &str) -> Result<()> {
    let finished = process::run(command, b"", PATIENCE)?;
    let difference = difference(&format!("sockets are {whose}\n{LINES}"), &finished.stdout);
    if !difference.is_empty() || finished.code() != 0 {
        bail!("exit status {} (-wanted +got):\n{difference}{}", finished.code(), finished.stderr);
    }
    Ok(())
}

/// What does not fit together, or is left, is said in one line.
fn mistakes(context: &Context) -> Result<()> {
    let (alone, whole) = (context.alone()?, context.composed()?);
    let output = context.scratch()?.join("composed-wrongly.wasm");
    let texts = [alone, whole, output.clone()].map(|path| path.display().to_string());
    let [alone, whole, out] = texts.each_ref().map(String::as_str);
    for (arguments, words) in [
        (&["compose", alone, "--with", whole, "-o", out][..], "exports nothing that"),
        (&["compose", "absent.wasm", "-o", out], "cannot read absent.wasm: No such file or directory"),
        (&["compose", alone, "-o", "/no/such/folder/out.wasm"], "cannot write /no/such/folder/out.wasm"),
        (&["run", alone], "needs what this host does not provide: wasocket:socket/"),
    ] {
        let mut command = Command::new(context.wasocket()?);
        command.args(arguments);
        let finished = process::run(command, b"", PATIENCE)?;
        // A slow machine is told that something is compiled first.
        let said: Vec<&str> = finished.stderr.lines().filter(|line| !line.ends_with("(once)")).collect();
        let is_one_line =
            said.len() == 1 && said.iter().all(|line| line.starts_with("wasocket: ") && line.contains(words));
        ensure!(finished.code() == 2 && is_one_line, "{arguments:?}: {finished:?}");
    }
    ensure!(!output.exists(), "something was written all the same");
    Ok(())
}

/// Without any rights what needs the network is refused, what needs none works, and nothing traps.
fn without_rights(context: &Context) -> Result<()> {
    let mut command = Command::new(context.wasocket()?);
    command.arg("run").arg(context.composed()?);
    let finished = process::run(command, b"", PATIENCE)?;
    ensure!(finished.code() == 1, "{finished:?}");
    let lines: Vec<&str> = finished.stdout.lines().skip(1).collect();
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
