//! Python on generated bindings: componentize-py with our WIT, and nothing else of ours.

use anyhow::Result;
use std::process::Command;

use super::{Make, Maker, Task};
use crate::build::Built;
use crate::command;
use crate::progress::Step;
use crate::setup::python::{self, COMPONENTIZE_PY};
use crate::workspace::Workspace;

pub(super) const MAKER: Maker = Maker { version: COMPONENTIZE_PY, prepare };

fn prepare(_step: &mut Step, workspace: &Workspace, _built: &Built) -> Result<Make> {
    let tool = python::componentize_py(workspace)?;
    let contract = workspace.path("wit");
    Ok(Box::new(move |step: &mut Step, task: Task<'_>| {
        let mut componentize = Command::new(&tool);
        componentize.arg("-d").arg(&contract).args(["-w", "wasocket:socket/command", "componentize", "-p"]);
        componentize.arg(task.sources).arg(task.program).arg("-o").arg(task.output);
        command::run_quietly(step, &mut componentize)
    }))
}
