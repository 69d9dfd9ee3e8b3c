//! `wasocket build`: one component out of a Python program.

use std::path::PathBuf;

use anyhow::Result;

/// Make a component of a Python script and the modules it imports
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The script
    script: PathBuf,
    /// Where to write the component
    #[arg(short, long, value_name = "APP.wasm")]
    output: PathBuf,
    /// Embed this folder too, whole, and look for modules in it
    #[arg(long, value_name = "DIR")]
    python_path: Vec<PathBuf>,
}

pub(super) fn main(_arguments: &Arguments) -> Result<i32> {
    anyhow::bail!("later")
}
