//! Which files a program needs: the interpreter knows, in its module `wasocket.bundle`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use wasmtime::component::Component;

use super::sources::Sources;
use crate::error::{Error, Result};
use crate::policy::{Network, Policy};
use crate::runtime::directory::Directory;
use crate::runtime::guest::Grants;
use crate::runtime::program::{Main, Settings};
use crate::runtime::run::run_for_output;

/// What `wasocket.bundle` prints.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    /// The name of the script among the files.
    pub(super) main: String,
    files: Vec<File>,
    /// Modules that are imported somewhere and found nowhere.
    pub(super) missing: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct File {
    name: String,
    path: String,
}

/// Asks the interpreter, which sees these folders and no network. If the program is wrong, it says so on standard error.
pub(super) async fn ask(
    interpreter: &Component,
    path: &Path,
    script: &str,
    python_path: &[String],
    directories: Vec<Directory>,
) -> Result<Listing> {
    let options = python_path.iter().flat_map(|folder| ["--python-path", folder]);
    let arguments: Vec<_> = ["-m"].into_iter().chain(options).chain(["--", script]).map(str::to_owned).collect();
    let main = Main::Module("wasocket.bundle".to_owned());
    let settings = Settings { main, arguments: arguments.clone(), python_path: Vec::new(), coalesce: false };
    let grants =
        Grants { arguments, directories, settings: Some(settings), ..Grants::new(Network::new(Policy::new(), |_| ())) };
    let (status, output) = run_for_output(interpreter, path, "wasocket.bundle", grants).await?;
    if status != 0 {
        return Err(Error::Listing { path: script.into() });
    }
    serde_json::from_slice(&output).map_err(Error::internal("cannot read what wasocket.bundle printed"))
}

impl Listing {
    /// Reads the files.
    pub(super) fn read(&self, mut sources: Sources) -> Result<BTreeMap<String, Vec<u8>>> {
        self.files.iter().map(|File { name, path }| Ok((name.clone(), sources.read(Path::new(path))?))).collect()
    }
}
