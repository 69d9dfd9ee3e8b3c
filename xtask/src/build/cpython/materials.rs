//! What an interpreter is linked with besides crates, with licences and where their texts are.

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

use super::libraries::{LIBRARIES, Software, Sources};
use super::source;
use crate::files;
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
    let text = Some(python.folder.join("LICENSE"));
    let mut found = vec![Material { name: "CPython", version: python.version, license: "Python-2.0.1", text }];
    for Part { software, header, license, text } in &PARTS {
        let version = confirmed(software, &python.folder, &[header])?;
        found.push(Material { name: software.name, version, license, text: Some(python.folder.join(text)) });
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
        let version = confirmed(&library.software, &root, library.headers())?;
        found.push(Material { name: library.software.name, version, license: library.license.name, text });
    }
    Ok(found)
}

/// The version, which a header confirms: so none is left behind by an upgrade.
fn confirmed(software: &Software, root: &Path, headers: &[&str]) -> Result<String> {
    for header in headers {
        for file in files::walk(&root.join(header))? {
            if String::from_utf8_lossy(&files::read(&file)?).contains(software.line) {
                return Ok(software.version.to_owned());
            }
        }
    }
    bail!("{} is not version {}: no header has {:?}", software.name, software.version, software.line)
}

/// A part of CPython's archive.
struct Part {
    software: Software,
    /// Where its version stands.
    header: &'static str,
    license: &'static str,
    /// The file with the text.
    text: &'static str,
}

/// What CPython's archive brings along.
const PARTS: [Part; 3] = [
    Part {
        software: Software { name: "expat", version: "2.8.2", line: "#  define XML_MICRO_VERSION 2" },
        header: "Modules/expat/expat.h",
        license: "MIT",
        text: "Modules/expat/COPYING",
    },
    Part {
        software: Software { name: "mpdecimal", version: "2.5.1", line: "#define MPD_VERSION \"2.5.1\"" },
        header: "Modules/_decimal/libmpdec/mpdecimal.h",
        license: "BSD-2-Clause",
        text: "Doc/license.rst",
    },
    Part {
        software: Software { name: "HACL*", version: "as in CPython", line: "HACL" },
        header: "Modules/_hacl/Hacl_Hash_MD5.h",
        license: "MIT",
        text: "Modules/_hacl/Hacl_Hash_MD5.c",
    },
];
