//! `tests/front-ends`: the same calls through each front end, on each backend, have the same answers.

mod table;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use libtest_mimic::Trial;

use crate::context::Context;
use crate::{process, trial};
use table::{Column, Table};

/// How long a run may take, compiling included.
const PATIENCE: Duration = Duration::from_secs(300);

/// What `HOSTNAME` is in a run that has one.
const HOST_NAME: &str = "named-by-its-environment";

/// What programs may do: everything on the loopback, and bind to an address that no machine has.
const RIGHTS: [&str; 9] = [
    "--allow-outbound=tcp://127.0.0.1:*",
    "--allow-outbound=udp://127.0.0.1:*",
    "--allow-outbound=tcp://[::1]:*",
    "--allow-outbound=udp://[::1]:*",
    "--allow-inbound=tcp://127.0.0.1:*",
    "--allow-inbound=udp://127.0.0.1:*",
    "--allow-inbound=tcp://[::1]:*",
    "--allow-inbound=udp://[::1]:*",
    "--allow-inbound=tcp://192.0.2.1:*",
];

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let (with, without, control) = (Arc::clone(context), Arc::clone(context), Arc::clone(context));
    let same_answers = trial("front_ends::same_answers".to_owned(), move || compare(&with, "calls.txt", &rights()));
    vec![
        same_answers.with_ignored_flag(!context.ipv6),
        trial("front_ends::same_answers_without_rights".to_owned(), move || {
            compare(&without, "without_rights.txt", &[])
        }),
        trial("front_ends::a_difference_is_found".to_owned(), move || difference_is_found(&control)),
    ]
}

fn rights() -> Vec<String> {
    RIGHTS.map(str::to_owned).into_iter().chain(["--env".to_owned(), format!("HOSTNAME={HOST_NAME}")]).collect()
}

/// Makes all calls of a table in all ways, and compares each answer.
fn compare(context: &Context, name: &str, options: &[String]) -> Result<()> {
    let findings = findings(context, &read(context, name)?, &Column::all(), options)?;
    ensure!(findings.is_empty(), "{name}: {} answers are others:\n{}", findings.len(), findings.join("\n"));
    Ok(())
}

/// The control: without rights, what needs them answers otherwise, and what needs none does not.
fn difference_is_found(context: &Context) -> Result<()> {
    // The others would wait for what never comes.
    let table = read(context, "calls.txt")?.sections(&["denied", "binding"]);
    for column in Column::all() {
        let findings = findings(context, &table, &[column], &[])?;
        let finds = |call: &str| findings.iter().any(|finding| finding.contains(&format!("`{call}`")));
        ensure!(finds("bind server 127.0.0.1:0"), "{column}: a bind without rights passes: {findings:?}");
        ensure!(!finds("connect denied 203.0.113.1:9"), "{column}: what is denied either way differs: {findings:?}");
    }
    Ok(())
}

/// What differs in these columns from what the table says, one line each.
fn findings(context: &Context, table: &Table, columns: &[Column], options: &[String]) -> Result<Vec<String>> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let mut findings = Vec::new();
    for &column in columns {
        let mut command = command(context, column, folder.path(), options)?;
        command.arg(table.calls().join("\n"));
        let finished = process::run(command, b"", PATIENCE).with_context(|| column.to_string())?;
        std::fs::write(context.scratch()?.join(format!("front-ends.{column}.txt")), &finished.stdout)?;
        let answers: Vec<&str> = finished.stdout.lines().collect();
        if finished.code() != 0 || answers.len() != table.calls().len() {
            bail!("{column}: {} answers to {} calls: {finished:?}", answers.len(), table.calls().len());
        }
        findings.extend(table.findings(column, &answers));
    }
    Ok(findings)
}

fn read(context: &Context, name: &str) -> Result<Table> {
    let path = context.tests.join("front-ends").join(name);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = text.replace("$HOSTNAME", HOST_NAME);
    Table::parse(&text.replace("$INTERFACES", &interfaces()?)).with_context(|| path.display().to_string())
}

/// The interfaces of this machine, as `if_nameindex` lists them.
fn interfaces() -> Result<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir("/sys/class/net").context("no interfaces")? {
        let entry = entry?;
        if let Ok(index) = std::fs::read_to_string(entry.path().join("ifindex")) {
            all.push((index.trim().parse::<u32>()?, entry.file_name().to_string_lossy().into_owned()));
        }
    }
    all.sort();
    Ok(all.iter().map(|(index, name)| format!("{index}:{name}")).collect::<Vec<_>>().join(" "))
}

/// The command that makes the calls that its argument has.
fn command(context: &Context, column: Column, folder: &Path, options: &[String]) -> Result<Command> {
    let mut command = Command::new(context.wasocket()?);
    command.arg("run").args(options);
    match column.front_end {
        "python" => command.args(["--backend", column.backend]).arg(context.tests.join("front-ends/calls.py")),
        "rust" => command.arg(context.front_end(&format!("rust-{}.wasm", column.backend))?),
        _ => command.arg(composed(context, column.backend, folder)?),
    };
    Ok(command)
}

/// The program that uses the contract, with the component inside.
fn composed(context: &Context, backend: &str, folder: &Path) -> Result<PathBuf> {
    let (alone, whole) = (context.front_end("contract.wasm")?, folder.join(format!("{backend}.wasm")));
    let mut compose = Command::new(context.wasocket()?);
    compose.arg("compose").arg(alone).args(["--backend", backend, "-o"]).arg(&whole);
    let finished = process::run(compose, b"", PATIENCE)?;
    ensure!(finished.code() == 0, "{finished:?}");
    Ok(whole)
}

/// Self test: what a table of calls finds, and what it refuses.
pub(crate) fn tables() -> Result<()> {
    let [python, rust] = ["python", "rust"].map(|front_end| Column { front_end, backend: "wasi" });
    let table = Table::parse("# Words.\n== one ==\na = b -> ok\nc d -> 7\n    rust -> 8 # because\n")?;
    ensure!(table.calls() == ["a = b", "c d"], "{:?}", table.calls());
    for (column, answers, wanted) in [
        (python, ["ok", "7"], 0),
        (rust, ["ok", "8"], 0),
        (python, ["ok", "8"], 1),
        (rust, ["ok", "7"], 1),
        (rust, ["no", "9"], 2),
    ] {
        let findings = table.findings(column, &answers);
        ensure!(findings.len() == wanted, "{column} {answers:?}: {findings:?}");
    }
    let stale = table.findings(rust, &["ok", "7"]).join("");
    ensure!(stale.contains("no longer") && stale.contains("because"), "{stale}");
    for mistaken in [
        "a -> ok\n    rust -> ok # the same\n",
        "a -> ok\n    rust -> no\n",
        "a -> ok\n    rust -> no #\n",
        "a -> ok\n    cobol -> no # no such front end\n",
        "    rust -> no # before all\n",
        "a\n",
        "a -> ok\n    rust -> no # one\n    wasi -> no # two of the same column\n",
    ] {
        ensure!(Table::parse(mistaken).is_err(), "{mistaken:?} passes");
    }
    Ok(())
}
