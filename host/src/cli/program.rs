//! What PROGRAM is: a script, a component, `-c CODE` or `-m MODULE`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wasocket_host::Directory;
use wasocket_host::program::Main;

use super::directories::{absolute_text, read_only};
use super::reason;

/// What is to be run.
pub(super) enum Program {
    /// A component that is a command.
    Component(PathBuf),
    /// Python code, with the folder it needs to see.
    Python { main: Main, folder: Option<Directory> },
}

/// Finds out what a file is: WebAssembly by its first bytes or its name, else a script.
pub(super) fn of_file(typed: &str) -> Result<Program> {
    let path = Path::new(typed);
    if let Some(option) = typed.strip_prefix('-') {
        bail!("\"-{option}\" is neither an option nor a program");
    }
    if path.is_dir() {
        return of_folder(path);
    }
    let start = first_bytes(path).with_context(|| {
        format!("cannot open the program {typed} (it is a Python script, a component, -c CODE or -m MODULE)")
    })?;
    if start == *b"\0asm" || path.extension().is_some_and(|extension| extension == "wasm") {
        return Ok(Program::Component(path.to_owned()));
    }
    let (script, folder) = script(path)?;
    Ok(Program::Python { main: Main::Script(script), folder: Some(folder) })
}

/// A folder is run as its `__main__.py`, as native Python does.
fn of_folder(path: &Path) -> Result<Program> {
    if !path.join("__main__.py").is_file() {
        bail!("cannot run the folder {}: it has no __main__.py", path.display());
    }
    let folder = read_only(path)?;
    Ok(Program::Python { main: Main::Script(folder.guest.clone()), folder: Some(folder) })
}

/// The guest's path of a script, and its folder.
///
/// A script that is a symbolic link counts as what it points to, which is where native Python looks for its modules.
pub(super) fn script(path: &Path) -> Result<(String, Directory)> {
    let path = if path.is_symlink() { path.canonicalize()? } else { path.to_owned() };
    let script = absolute_text(&path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((script, read_only(folder)?))
}

fn first_bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => bail!(reason(&error)),
    }
}
