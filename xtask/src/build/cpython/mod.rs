//! CPython for WebAssembly, from upstream's source: one object file with the interpreter, its built-in modules and the C libraries
//! that they need.

mod libraries;
pub(crate) mod materials;
mod native;
mod objects;
mod source;

use anyhow::Result;
use std::path::PathBuf;

use crate::setup::Tools;
use crate::workspace::Workspace;

pub(crate) use source::{Source, find_or_fetch as source};

/// What an interpreter is made of.
pub(crate) struct Python {
    /// The interpreter, optimised as a whole, with undefined symbols of the C library alone.
    pub(crate) object: PathBuf,
    /// The same version for this machine.
    pub(crate) native: PathBuf,
    /// The standard library.
    pub(crate) library: PathBuf,
    /// What `sysconfig` says of the build.
    pub(crate) configuration: PathBuf,
}

/// Builds what has changed.
pub(crate) fn build(workspace: &Workspace, tools: &Tools) -> Result<Python> {
    let source = source::find_or_fetch(workspace)?;
    let native = native::build(workspace, &source)?;
    let libraries = libraries::build(workspace, tools)?;
    let objects = objects::build(workspace, tools, &source, &native, &libraries)?;
    Ok(Python {
        object: objects.linked,
        native,
        library: source.folder.join("Lib"),
        configuration: objects.configuration,
    })
}
