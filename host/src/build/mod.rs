//! Makes one component of a Python program: the interpreter, with the program's files plugged in.
//!
//! The result imports what the interpreter imports from WASI and nothing else, so any host of WASI 0.2 runs it.

pub(crate) mod compose;
mod layout;
mod listing;
mod module;
mod sources;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wasmtime::component::Component;

use crate::error::{Error, Result};
use crate::runtime::directory::Directory;
use sources::{Limits, Sources};

/// A Python program and its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The name of the script among the files.
    pub main: String,
    /// The files by name, `package/module.py`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Whether small writes on sockets with `TCP_NODELAY` may be coalesced.
    pub coalesce: bool,
    /// Modules that are imported somewhere and were found nowhere; often they are optional.
    pub missing: Vec<String>,
}

impl Application {
    /// Collects a program's files with the interpreter in the file `path`: the script, what it imports from its own folder,
    /// and the folders of `python_path` whole.
    ///
    /// Only regular files below `folders` are read, and no link is followed out of them ([`Error::NotEmbedded`]).
    ///
    /// `script` and `python_path` are absolute. Must be called on a tokio runtime.
    ///
    /// # Ambient Authority
    ///
    /// Reads `folders`, which must appear to the interpreter under the paths they have here.
    pub async fn collect(
        interpreter: &Component,
        path: &Path,
        script: &str,
        python_path: &[String],
        folders: Vec<Directory>,
    ) -> Result<Self> {
        let sources = Sources::open(&folders, Limits::default())?;
        let listing = listing::ask(interpreter, path, script, python_path, folders).await?;
        let files = listing.read(sources)?;
        Ok(Self { main: listing.main, files, coalesce: true, missing: listing.missing })
    }

    /// The component that provides the interpreter's `wasocket:runner/program`.
    pub fn program(&self) -> Result<Vec<u8>> {
        compose::componentize(module::encode(self)?, WORLD)
    }

    /// The whole: the interpreter in the file `path` that runs this program.
    pub fn plug_into(&self, path: &Path) -> Result<Vec<u8>> {
        let interpreter = fs::read(path).map_err(Error::file("read", path))?;
        compose::compose(interpreter, self.program()?)
    }
}

/// The world of the generated component: it passes the arguments of the command on to the interpreter.
const WORLD: &str = "
package wasocket:build;
world application {
  import wasi:cli/environment@0.2.12;
  export wasocket:runner/program@0.1.0;
}
";
