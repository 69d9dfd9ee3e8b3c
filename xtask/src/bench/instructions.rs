//! The instructions of the core's hot paths, counted in wasmtime's fuel: a count repeats, so that it can be kept.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::build::paths;
use crate::progress;
use crate::setup::{self, Tools};
use crate::workspace::Workspace;
use crate::{command, files};

/// For one operation of each path.
type Counts = BTreeMap<String, u64>;

/// Compares with what is kept. A compiler's version may matter by some percent; more is a change of ours.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let kept: Counts = serde_json::from_slice(&files::read(&kept(workspace))?)
        .with_context(|| format!("{} is no table of counts", kept(workspace).display()))?;
    let counted = count(workspace)?;
    let differences: Vec<String> = counted
        .iter()
        .map(|(path, count)| (path, *count, kept.get(path).copied().unwrap_or_default()))
        .filter(|(_, count, kept)| !is_near(*count, *kept))
        .map(|(path, count, kept)| format!("{path}: {count} instructions, and {kept} are kept"))
        .collect();
    if !differences.is_empty() || kept.len() != counted.len() {
        bail!(
            "instructions of the core's hot paths have changed by more than {MARGIN} %; if that is right, \
             `cargo xtask bench --instructions` keeps the new ones\n{}",
            differences.join("\n")
        );
    }
    Ok(())
}

/// Keeps what is counted now.
pub(super) fn keep(workspace: &Workspace) -> Result<()> {
    let text = serde_json::to_string_pretty(&count(workspace)?).context("counts are no JSON")?;
    files::write(&kept(workspace), text + "\n")
}

fn kept(workspace: &Workspace) -> PathBuf {
    workspace.path("benches/instructions.json")
}

fn count(workspace: &Workspace) -> Result<Counts> {
    let tools = setup::run(workspace)?;
    let module = paths::build(workspace, &tools)?;
    let mut counts = Counts::new();
    for path in PATHS {
        // What the start costs is in both.
        let (few, many) = (fuel(&tools, &module, path, OPERATIONS)?, fuel(&tools, &module, path, 2 * OPERATIONS)?);
        let count = many.saturating_sub(few) / u64::from(OPERATIONS);
        progress::already(path, &format!("{count} instructions"));
        counts.insert(path.to_owned(), count);
    }
    Ok(counts)
}

/// The least fuel that is enough, within one instruction for each operation.
fn fuel(tools: &Tools, module: &Path, path: &str, operations: u32) -> Result<u64> {
    let suffices = |fuel: u64| {
        let mut command = Command::new(&tools.wasmtime);
        command.args(["run", "-W", &format!("fuel={fuel}"), "--invoke", path]).arg(module);
        command.arg(operations.to_string()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().with_context(|| format!("cannot start {}", command::line(&command)))?;
        anyhow::Ok(status.success())
    };
    let (mut below, mut enough) = (0, MOST);
    if !suffices(enough)? {
        bail!("{path} fails, or needs more than {MOST} instructions for {operations} operations");
    }
    while enough - below > u64::from(operations) {
        let middle = below + (enough - below) / 2;
        if suffices(middle)? { enough = middle } else { below = middle }
    }
    Ok(enough)
}

fn is_near(count: u64, kept: u64) -> bool {
    count.abs_diff(kept) * 100 <= kept * MARGIN
}

/// The functions of benches/paths.
const PATHS: [&str; 3] = ["round_trip", "datagram", "poll_100"];
const OPERATIONS: u32 = 200;
const MOST: u64 = 1 << 28;
const MARGIN: u64 = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_has_two_sides() {
        assert!(is_near(115, 100) && is_near(85, 100));
        assert!(!is_near(116, 100) && !is_near(84, 100));
    }
}
