//! The contract and its implementation, as registries of components keep them: what `wkg publish` takes.

use anyhow::{Context, Result};
use std::path::Path;
use wasm_metadata::{AddMetadata, AddMetadataField, Description, Licenses, Version};
use wit_parser::Resolve;

use crate::files;
use crate::workspace::Workspace;

/// The WIT package, encoded as `wkg wit build` does.
pub(super) fn package(workspace: &Workspace, release: &Path) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(workspace.path("wit")).context("the contract's WIT cannot be read")?;
    let bytes = wit_component::encode(&resolve, package, false)?;
    let described = describe(&bytes, "Python's socket and select for components of any language")?;
    files::write(&release.join("wit/wasocket-socket.wasm"), described)
}

/// A component, which says what it is: a registry reads it from there.
pub(super) fn component(from: &Path, release: &Path) -> Result<()> {
    let name = from.file_name().context("the component has no name")?;
    let described = describe(&files::read(from)?, "The implementation of wasocket:socket")?;
    files::write(&release.join("component").join(name), described)
}

fn describe(bytes: &[u8], description: &str) -> Result<Vec<u8>> {
    let mut metadata = AddMetadata::default();
    metadata.description = AddMetadataField::Set(Description::new(description.to_owned()));
    metadata.licenses = AddMetadataField::Set(Licenses::new(LICENSE)?);
    metadata.version = AddMetadataField::Set(Version::new(env!("CARGO_PKG_VERSION").to_owned()));
    metadata.to_wasm(bytes)
}

const LICENSE: &str = "Apache-2.0 WITH LLVM-exception";
