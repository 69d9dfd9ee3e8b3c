//! Files from the network, each with the SHA-256 that it must have.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

use super::python;
use crate::progress::Step;
use crate::{command, files};

/// Fetches a file from the first of `addresses` that has it.
pub(crate) fn fetch(step: &mut Step, addresses: &[String], sha256: &str, to: &Path) -> Result<()> {
    let mut reasons = Vec::new();
    for address in addresses {
        match attempt(step, address, to).and_then(|()| check(to, sha256)) {
            Ok(()) => return Ok(()),
            Err(error) => reasons.push(format!("{address}: {}", last_line(&format!("{error:#}")))),
        }
    }
    bail!("none of these could be had:\n{}", reasons.join("\n"))
}

/// Fails unless the file is the one that was meant.
pub(crate) fn check(file: &Path, sha256: &str) -> Result<()> {
    let found = files::sha256(file)?;
    if found != sha256 {
        bail!("{} has the SHA-256 {found}, not {sha256}", file.display());
    }
    Ok(())
}

/// Python is there in any case, and knows the system's proxies and authorities.
fn attempt(step: &mut Step, address: &str, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        files::create_folder(folder)?;
    }
    let mut fetch = Command::new(python::interpreter()?);
    fetch.args(["-c", FETCH, address]).arg(to);
    command::run_quietly(step, &mut fetch)
}

/// Unpacks a tar archive, of any compression, into an empty folder.
pub(crate) fn unpack(step: &mut Step, archive: &Path, folder: &Path) -> Result<()> {
    files::remove_folder(folder)?;
    files::create_folder(folder)?;
    let mut unpack = Command::new(python::interpreter()?);
    unpack.args(["-c", UNPACK]).arg(archive).arg(folder);
    command::run_quietly(step, &mut unpack).with_context(|| format!("cannot unpack {}", archive.display()))
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}

const FETCH: &str = "import shutil, sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=60) as answer, open(sys.argv[2], 'wb') as file:
    shutil.copyfileobj(answer, file)";
const UNPACK: &str = "import sys, tarfile
with tarfile.open(sys.argv[1]) as archive:
    archive.extractall(sys.argv[2], **({'filter': 'data'} if hasattr(tarfile, 'data_filter') else {}))";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_is_refused() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("file");
        files::write(&file, "abc")?;
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        check(&file, abc)?;
        let error = check(&file, &abc.replace('b', "c")).expect_err("not its sum").to_string();
        assert!(error.contains(abc), "{error}");
        Ok(())
    }

    #[test]
    fn every_address_is_named_that_failed() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let missing = format!("file://{}/missing", folder.path().display());
        let error = fetch(&mut Step::start("test"), std::slice::from_ref(&missing), "", &folder.path().join("file"));
        let error = error.expect_err("there is no such file").to_string();
        assert!(error.contains(&missing), "{error}");
        Ok(())
    }
}
