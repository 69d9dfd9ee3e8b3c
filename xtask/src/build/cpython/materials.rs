//! What an interpreter is linked with besides crates, with licences and where their texts are.

use anyhow::Result;
use std::path::PathBuf;

use super::libraries::{LIBRARIES, Sources};
use super::source;
use crate::setup::zig;
use crate::workspace::Workspace;

/// A piece of software in C.
pub(crate) struct Material {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    /// As SPDX writes it.
    pub(crate) license: &'static str,
    /// The text, unless the software is in the public domain.
    pub(crate) text: Option<PathBuf>,
}

/// All of it.
pub(crate) fn all(workspace: &Workspace) -> Result<Vec<Material>> {
    let python = source::find_or_fetch(workspace)?;
    let mut found = Vec::new();
    for (name, version, license, text) in PARTS {
        let version = version.unwrap_or(source::VERSION).to_owned();
        found.push(Material { name, version, license, text: Some(python.folder.join(text)) });
    }
    let library = zig::c_library(workspace);
    found.push(Material {
        name: "wasi-libc",
        version: library.version,
        license: library.license,
        text: Some(library.text),
    });
    let sources = Sources::find(workspace)?;
    for library in &LIBRARIES {
        let root = sources.of(library)?;
        let text = library.license.text.map(|text| root.join(text));
        let (name, ..) = library.software;
        found.push(Material { name, version: library.version(&root)?, license: library.license.name, text });
    }
    Ok(found)
}

/// CPython, and what its archive brings along: name, version if it is not CPython's, licence, text.
const PARTS: [(&str, Option<&str>, &str, &str); 4] = [
    ("CPython", None, "Python-2.0.1", "LICENSE"),
    ("expat", Some("2.8.2"), "MIT", "Modules/expat/COPYING"),
    ("mpdecimal", Some("2.5.1"), "BSD-2-Clause", "Doc/license.rst"),
    ("HACL*", Some("as in CPython"), "MIT", "Modules/_hacl/Hacl_Hash_MD5.c"),
];
