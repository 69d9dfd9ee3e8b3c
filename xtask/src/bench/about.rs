//! What a reader of the numbers should know: the day, the machine and the versions.

use anyhow::Result;
use std::process::Command;

use super::native;
use crate::build::Built;
use crate::command::text_of;
use crate::setup::python::COMPONENTIZE_PY;

/// A line each.
pub(super) fn lines(built: &Built) -> Result<Vec<String>> {
    let of = |program: &str, arguments: &[&str]| {
        text_of(Command::new(program).args(arguments)).unwrap_or_else(|| "unknown".to_owned())
    };
    let cores = std::thread::available_parallelism()?;
    let version_of = |path: &std::path::Path| text_of(Command::new(path).arg("--version")).unwrap_or_default();
    Ok(vec![
        format!("date: {}", of("date", &["-u", "+%Y-%m-%d"])),
        format!("machine: {}, {cores} cores, {} {}", processor(), of("uname", &["-s"]), of("uname", &["-r"])),
        format!("other work on it: a load of {} when it began", load()),
        format!("native: {}", native::find()?.version),
        format!(
            "builtin and portable: {}, under {}",
            COMPONENTIZE_PY.replace("==", " "),
            version_of(&built.tools.wasmtime)
        ),
        format!("host: {}, on wasmtime {}", version_of(&built.wasocket), wasmtime_of_the_host()?),
    ])
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

/// What the machine had to do in the last minute, in processes.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// As Cargo.lock has it.
fn wasmtime_of_the_host() -> Result<String> {
    let lock = include_str!("../../../Cargo.lock");
    let version = lock.split("[[package]]").find_map(|package| {
        let mut lines = package.trim().lines();
        (lines.next()? == "name = \"wasmtime\"").then_some(())?;
        Some(lines.next()?.strip_prefix("version = ")?.trim_matches('"').to_owned())
    });
    anyhow::Context::context(version, "Cargo.lock names no wasmtime")
}
