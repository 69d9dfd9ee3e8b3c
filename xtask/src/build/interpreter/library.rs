//! The standard library in one file: sources and compiled code, each compressed by itself with a dictionary, and an index.
//!
//! `python/runner/compile_library.py` compiles it, with the interpreter for this machine; `python/runner/archive.py` reads the file.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use zstd::bulk::Compressor;

use crate::build::cpython::Python;
use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The file's path.
pub(super) fn build(workspace: &Workspace, python: &Python) -> Result<PathBuf> {
    let archive = workspace.artefact("cpython/library/archive");
    let inputs = Inputs::new(workspace).file(&python.native)?.file(&python.configuration)?;
    let inputs =
        inputs.files("xtask/src/build/interpreter/library.rs")?.files("python/wasocket")?.files("python/library")?;
    let stamp = Stamp::new(workspace, "library", inputs.files(COMPILER)?);
    if stamp.is_current(&[&archive]) {
        progress::already("standard library", "up to date");
        return Ok(archive);
    }
    let mut step = Step::start("standard library");
    let entries = compile(&mut step, workspace, python)?;
    let contents = pack(&entries)?;
    files::write(&archive, &contents)?;
    stamp.set()?;
    step.finish(&format!("{} files, {}", entries.len(), files::size_text(contents.len() as u64)));
    Ok(archive)
}

/// A file of the library.
struct Entry {
    name: String,
    content: Vec<u8>,
    /// What `marshal.dumps()` makes of a module's code; empty for a file that is none.
    code: Vec<u8>,
}

/// Has the interpreter read and compile everything.
fn compile(step: &mut Step, workspace: &Workspace, python: &Python) -> Result<Vec<Entry>> {
    step.note("compiling");
    let mut compiler = Command::new(&python.native);
    compiler.args(["-I", "-S", "-B"]).arg(workspace.path(COMPILER));
    compiler.arg(&python.library).arg("");
    compiler.arg(workspace.path("python/library")).arg("");
    compiler.arg(workspace.path("python/wasocket")).arg("wasocket/");
    let folder = python.configuration.parent().context("the configuration is in a folder")?;
    compiler.arg(&python.configuration).arg("");
    let output = command::output_of(compiler.current_dir(folder))?;
    let mut rest = output.stdout.as_slice();
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let name = String::from_utf8(take(&mut rest)?.to_vec())?;
        entries.push(Entry { name, content: take(&mut rest)?.to_vec(), code: take(&mut rest)?.to_vec() });
    }
    Ok(entries)
}

/// The next part: its length in four bytes, and the bytes.
fn take<'input>(rest: &mut &'input [u8]) -> Result<&'input [u8]> {
    let (length, after) = rest.split_first_chunk().context("a length is cut off")?;
    let length = usize::try_from(u32::from_le_bytes(*length))?;
    let (part, after) = after.split_at_checked(length).context("a part is cut off")?;
    *rest = after;
    Ok(part)
}

/// The archive: the length of the index in eight bytes, the index in JSON, and what it points to.
fn pack(entries: &[Entry]) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    let mut index = Index { dictionaries: [Span::default(); 2], files: BTreeMap::new() };
    let dictionaries =
        [dictionary(entries.iter().map(|entry| &entry.content))?, dictionary(entries.iter().map(|entry| &entry.code))?];
    for (span, dictionary) in index.dictionaries.iter_mut().zip(&dictionaries) {
        *span = append(&mut data, dictionary);
    }
    let [mut contents, mut codes] = [Compressor::new(LEVEL)?, Compressor::new(LEVEL)?];
    contents.set_dictionary(LEVEL, &dictionaries[0])?;
    codes.set_dictionary(LEVEL, &dictionaries[1])?;
    for entry in entries {
        let content = append(&mut data, &contents.compress(&entry.content)?);
        let code =
            if entry.code.is_empty() { Span::default() } else { append(&mut data, &codes.compress(&entry.code)?) };
        index.files.insert(&entry.name, [content, code]);
    }
    let index = serde_json::to_vec(&index)?;
    let length = u64::try_from(index.len())?.to_le_bytes();
    Ok([length.as_slice(), &index, &data].concat())
}

/// What many files have in common.
fn dictionary<'entry>(samples: impl Iterator<Item = &'entry Vec<u8>>) -> Result<Vec<u8>> {
    let samples: Vec<_> = samples.filter(|sample| !sample.is_empty()).collect();
    zstd::dict::from_samples(&samples, DICTIONARY).context("no dictionary can be made of the library")
}

/// Where a part begins, and how long it is.
type Span = (usize, usize);

fn append(data: &mut Vec<u8>, part: &[u8]) -> Span {
    let start = data.len();
    data.extend_from_slice(part);
    (start, part.len())
}

#[derive(serde::Serialize)]
struct Index<'entry> {
    /// Of the contents, and of the code.
    dictionaries: [Span; 2],
    /// The content of each, and its code.
    files: BTreeMap<&'entry str, [Span; 2]>,
}

const COMPILER: &str = "python/runner/compile_library.py";
/// The most that zstd knows: packing takes seconds, and the archive is in every component.
const LEVEL: i32 = 22;
/// Bytes; a larger one gains less than it takes in memory, where it is twice.
const DICTIONARY: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_is_an_error() -> Result<()> {
        let whole = [3, 0, 0, 0, b'a', b'b', b'c', 0];
        let mut rest = whole.as_slice();
        assert_eq!(take(&mut rest)?, b"abc");
        assert!(take(&mut rest).is_err());
        let mut short = &whole[..6];
        assert!(take(&mut short).is_err());
        Ok(())
    }
}
