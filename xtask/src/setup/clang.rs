//! A C compiler for WebAssembly: *ring*, which TLS is built on, has some C in it.

use anyhow::{Result, bail};
use std::process::Command;

use super::wasm::{apt_install, may_apt_install};
use crate::command;

/// Programs, by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clang {
    pub(crate) compiler: &'static str,
    pub(crate) archiver: &'static str,
}

/// The first that is there and knows WebAssembly, after an attempt to install one.
pub(crate) fn find_or_install() -> Result<Clang> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let attempt = may_apt_install().and_then(|()| apt_install("clang for WebAssembly", &PACKAGES));
    match (find(), attempt) {
        (Some(found), _) => Ok(found),
        (None, Ok(())) => bail!("clang is installed, but cannot compile for WebAssembly"),
        (None, Err(error)) => bail!(
            "There is no clang that can compile for WebAssembly, with llvm-ar beside it. On Debian, apt-get install {}\n\
             {error:#}",
            PACKAGES.join(" ")
        ),
    }
}

fn find() -> Option<Clang> {
    CANDIDATES.into_iter().find(|candidate| {
        let targets = command::text_of(Command::new(candidate.compiler).arg("--print-targets"));
        let archiver = command::text_of(Command::new(candidate.archiver).arg("--version"));
        archiver.is_some() && targets.is_some_and(|targets| targets.contains("wasm32"))
    })
}

const PACKAGES: [&str; 2] = ["clang-22", "llvm-22"];
const CANDIDATES: [Clang; 3] = [
    Clang { compiler: "clang-22", archiver: "llvm-ar-22" },
    Clang { compiler: "clang", archiver: "llvm-ar" },
    Clang { compiler: "clang-19", archiver: "llvm-ar-19" },
];
