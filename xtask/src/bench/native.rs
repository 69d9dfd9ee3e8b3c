//! The CPython of this machine.

use anyhow::{Context, Result};
use std::process::Command;

use crate::command;

/// A command to call it by, and its version.
pub(super) struct Native {
    pub(super) program: &'static str,
    pub(super) version: String,
}

/// The one whose version the interpreter component has, or else the newest.
pub(super) fn find() -> Result<Native> {
    let found = CANDIDATES.iter().find_map(|program| {
        let version = command::text_of(Command::new(program).args(["-c", VERSION]))?;
        Some(Native { program, version })
    });
    found.context("no native Python was found as `python3`; please install it")
}

const CANDIDATES: [&str; 6] = ["python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3"];
const VERSION: &str = "import platform; print(platform.python_implementation(), platform.python_version())";
