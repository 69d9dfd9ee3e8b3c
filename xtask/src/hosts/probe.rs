//! One component on every host: what it says of each subject becomes the table of docs/hosts.md.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{node, wasmtime_py};
use crate::build::Probes;
use crate::progress::Step;
use crate::setup::{Tools, python};
use crate::workspace::Workspace;
use crate::{command, files};

/// Runs the probe everywhere, and compares what it says with the document, or writes it with `accept`.
pub(crate) fn check(workspace: &Workspace, tools: &Tools, probes: &Probes, accept: bool) -> Result<()> {
    let mut step = Step::start("one component on each host");
    let columns = commands(&mut step, workspace, tools, probes)?
        .into_iter()
        .map(|(host, command)| Ok((host, subjects(host, &command)?)))
        .collect::<Result<Vec<_>>>()?;
    let table = render(&columns)?;
    let path = workspace.path(DOCUMENT);
    let document = String::from_utf8(files::read(&path)?)?;
    let (before, rest) = document.split_once(BEGIN).context("docs/hosts.md has no table")?;
    let (_, after) = rest.split_once(END).context("the table of docs/hosts.md has no end")?;
    let wanted = format!("{before}{BEGIN}\n{table}{END}{after}");
    if accept {
        files::write(&path, wanted)?;
    } else if wanted != document {
        bail!("{DOCUMENT} says otherwise than the hosts do now; `cargo xtask hosts --accept` writes\n{table}");
    }
    step.finish(&format!("{} hosts, as {DOCUMENT} has it", columns.len()));
    Ok(())
}

/// Each host with the command that runs the probe there.
fn commands(
    step: &mut Step,
    workspace: &Workspace,
    tools: &Tools,
    probes: &Probes,
) -> Result<Vec<(&'static str, Command)>> {
    let portable = &probes.portable;
    let mut wasmtime = Command::new(&tools.wasmtime);
    wasmtime.args(["run", "-S", "inherit-network", "-S", "allow-ip-name-lookup"]).arg(portable);
    let mut ours = Command::new(&probes.wasocket);
    ours.args(["run", "--allow-net"]).arg(portable);
    let node = node::command(step, workspace, portable)?;
    let python = python::wasmtime_py(workspace)?;
    let for_host = for_host(step, workspace, probes)?;
    wasmtime_py::check_errors(step, workspace, &python, &for_host)?;
    wasmtime_py::check_application(step, workspace, &python, &probes.wasocket)?;
    let own_wasmtime = own_wasmtime(step, workspace, portable)?;
    check_refusals(tools, portable, &own_wasmtime)?;
    Ok(vec![
        ("wasmtime", wasmtime),
        ("wasocket run", ours),
        ("your own wasmtime", own_wasmtime),
        ("Node.js", node),
        ("wasmtime-py", wasmtime_py::run(workspace, &python, portable)?),
        ("wasmtime-py, `host` in Python", wasmtime_py::run(workspace, &python, &for_host)?),
    ])
}

/// Hosts that give no network answer what needs one with an error, and carry the rest.
fn check_refusals(tools: &Tools, portable: &Path, own_wasmtime: &Command) -> Result<()> {
    let mut wasmtime = Command::new(&tools.wasmtime);
    wasmtime.arg("run").arg(portable);
    let mut own = Command::new(own_wasmtime.get_program());
    own.args(own_wasmtime.get_args()).arg("tcp://192.0.2.1:443");
    for (host, command) in [("wasmtime without switches", wasmtime), ("an embedding with one rule", own)] {
        let said = subjects(host, &command)?;
        let carries = |subject: &str| said.iter().any(|(name, passed)| name == subject && *passed);
        if carries("tcp echo") || !carries("pairs") || said.last().is_none_or(|(name, _)| name != "draining") {
            bail!("{host} was to refuse the network and nothing else, but: {said:?}");
        }
    }
    Ok(())
}

/// The same checks, in a component that asks for the interface `host` instead of `wasi:sockets`.
fn for_host(step: &mut Step, workspace: &Workspace, probes: &Probes) -> Result<PathBuf> {
    let composed = workspace.artefact("component-test-host.wasm");
    let mut compose = Command::new(&probes.wasocket);
    compose.args(["compose", "--backend", "host"]).arg(workspace.artefact("component-test-alone.wasm"));
    command::run_quietly(step, compose.arg("-o").arg(&composed))?;
    Ok(composed)
}

/// The command that runs a component in the example of an embedding that is not ours.
fn own_wasmtime(step: &mut Step, workspace: &Workspace, component: &Path) -> Result<Command> {
    let mut build = Command::new("cargo");
    build.args(["build", "--locked", "--release", "--package", "wasocket-host", "--example", "own_wasmtime"]);
    command::run_quietly(step, build.current_dir(workspace.root()))?;
    let mut embedder = Command::new(workspace.target().join("release/examples/own_wasmtime"));
    embedder.arg(component);
    Ok(embedder)
}

/// What the probe says, line by line; a trap would leave lines out.
fn subjects(host: &str, command: &Command) -> Result<Vec<(String, bool)>> {
    let output = bounded(command).output().with_context(|| format!("cannot run {host}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = text.lines().filter_map(line).collect();
    let passed = lines.iter().all(|(_, passed)| *passed);
    if output.status.success() != passed || lines.is_empty() {
        bail!("{host} ended with {}\n{text}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(lines)
}

/// The same, which ends after two minutes even if the host hangs.
fn bounded(command: &Command) -> Command {
    let mut bounded = Command::new("timeout");
    bounded.args(["--kill-after=5", "120"]).arg(command.get_program()).args(command.get_args());
    bounded.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    bounded.current_dir(command.get_current_dir().unwrap_or(Path::new(".")));
    bounded
}

/// `udp: ok`; the name of a subject may have a colon, too.
fn line(line: &str) -> Option<(String, bool)> {
    if let Some(name) = line.strip_suffix(": ok") {
        return Some((name.to_owned(), true));
    }
    let end = line.find(": ")?;
    let end = if line.starts_with("poller: ") { end + 2 + line.get(end + 2..)?.find(": ")? } else { end };
    Some((line.get(..end)?.to_owned(), false))
}

fn render(columns: &[(&str, Vec<(String, bool)>)]) -> Result<String> {
    let [(_, first), ..] = columns else { bail!("no host") };
    let names: Vec<&str> = columns.iter().map(|(host, _)| *host).collect();
    let mut table = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for (row, (subject, _)) in first.iter().enumerate() {
        let cells = columns.iter().map(|(host, said)| match said.get(row) {
            Some((name, passed)) if name == subject => Ok(cell(host, subject, *passed)),
            other => bail!("{host} says {other:?} where another host says {subject:?}"),
        });
        table.push_str(&format!("| {subject} | {} |\n", cells.collect::<Result<Vec<_>>>()?.join(" | ")));
    }
    Ok(table)
}

/// Whether a subject works on a host. One run is not enough to say so for those in [`NOT_ALWAYS`].
fn cell(host: &str, subject: &str, passed: bool) -> &'static str {
    if NOT_ALWAYS.contains(&(host, subject)) {
        "not always"
    } else if passed {
        "yes"
    } else {
        "no"
    }
}

/// Subjects that pass in one run and fail in another, without any change; docs/hosts.md explains them.
const NOT_ALWAYS: [(&str, &str); 1] = [("Node.js", "udp")];

const DOCUMENT: &str = "docs/hosts.md";
const BEGIN: &str = "<!-- what the probe says: written by `cargo xtask hosts --accept` -->";
const END: &str = "<!-- end -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_probe_are_read() {
        assert_eq!(line("udp: ok"), Some(("udp".to_owned(), true)));
        assert_eq!(line("poller: level, edge: ok"), Some(("poller: level, edge".to_owned(), true)));
        assert_eq!(line("poller: closed: wait: 3"), Some(("poller: closed".to_owned(), false)));
        assert_eq!(line("udp: recv-from: Timeout"), Some(("udp".to_owned(), false)));
        assert_eq!(line("trap"), None);
    }

    #[test]
    fn what_is_not_always_so_is_not_told_by_one_run() -> Result<()> {
        let said = |passed| vec![("udp".to_owned(), passed), ("poll".to_owned(), passed)];
        let table = render(&[("wasmtime", said(false)), ("Node.js", said(true))])?;
        assert!(table.contains("| udp | no | not always |") && table.contains("| poll | no | yes |"), "{table}");
        Ok(())
    }
}
