//! JavaScript: componentize-js, from npm.

use anyhow::Result;
use std::process::Command;

use super::{Make, Maker, Task};
use crate::build::Built;
use crate::command;
use crate::progress::Step;
use crate::setup::node;
use crate::workspace::Workspace;

pub(super) const MAKER: Maker = Maker { version: node::COMPONENTIZE_JS, prepare };

fn prepare(_step: &mut Step, workspace: &Workspace, _built: &Built) -> Result<Make> {
    let tool = node::componentize_js(workspace)?;
    let contract = workspace.path("wit");
    Ok(Box::new(move |step: &mut Step, task: Task<'_>| {
        let mut componentize = Command::new(&tool);
        componentize.arg(task.sources.join(format!("{}.js", task.program)));
        componentize.arg("--wit").arg(&contract).args(["--world-name", "command"]);
        // What is not used would have to be imported, and not every host has it.
        componentize.args(["--disable", "http", "fetch-event", "--out"]).arg(task.output);
        command::run_quietly(step, &mut componentize)
    }))
}
