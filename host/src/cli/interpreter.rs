//! Where the Python interpreter component is.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// The interpreter: `$WASOCKET_INTERPRETER`, else `wasocket-python.wasm` beside this program.
pub(super) fn path() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("WASOCKET_INTERPRETER") {
        let path = PathBuf::from(path);
        if !path.is_file() {
            bail!(
                "WASOCKET_INTERPRETER names {}, which is no file; it should name wasocket-python.wasm",
                path.display()
            );
        }
        return Ok(path);
    }
    let program = std::env::current_exe().context("cannot find the folder of this program")?;
    let path = program.with_file_name("wasocket-python.wasm");
    if !path.is_file() {
        bail!(
            "there is no Python interpreter: {} is missing and WASOCKET_INTERPRETER is not set (\"cargo xtask build\" makes it)",
            path.display()
        );
    }
    Ok(path)
}
