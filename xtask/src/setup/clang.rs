//! A C compiler for WebAssembly: *ring*, which TLS is built on, has some C in it.

use anyhow::{Result, anyhow, bail};
use std::path::Path;
use std::process::Command;

use super::wasm::{apt_install, may_apt_install};
use crate::command;

/// Programs, by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clang {
    pub(crate) compiler: &'static str,
    pub(crate) archiver: &'static str,
    /// Debian's packages with what programs in C are linked with.
    library: &'static [&'static str],
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

/// The compiler, with a C library for WASI and the compiler's own functions beside it.
pub(crate) fn with_libc() -> Result<&'static str> {
    let clang = find_or_install()?;
    let attempt = match has_libc(clang) {
        true => Ok(()),
        false => may_apt_install().and_then(|()| apt_install("wasi-libc", clang.library)),
    };
    if !has_libc(clang) {
        let hint = format!("{} has no C library for WASI. On Debian, apt-get install", clang.compiler);
        bail!(
            "{hint} {}\n{:#}",
            clang.library.join(" "),
            attempt.err().unwrap_or_else(|| anyhow!("they do not suffice"))
        );
    }
    Ok(clang.compiler)
}

/// Whether a program can be linked.
fn has_libc(clang: Clang) -> bool {
    let places = [format!("{LIBRARY}/libc.a"), command::text_of(&mut builtins(clang)).unwrap_or_default()];
    places.iter().all(|place| Path::new(place).is_file())
}

fn builtins(clang: Clang) -> Command {
    let mut command = Command::new(clang.compiler);
    command.args(["--target=wasm32-wasi", "-Wno-deprecated", "--print-libgcc-file-name"]);
    command
}

fn find() -> Option<Clang> {
    CANDIDATES.into_iter().find(|candidate| {
        let targets = command::text_of(Command::new(candidate.compiler).arg("--print-targets"));
        let archiver = command::text_of(Command::new(candidate.archiver).arg("--version"));
        archiver.is_some() && targets.is_some_and(|targets| targets.contains("wasm32"))
    })
}

const PACKAGES: [&str; 2] = ["clang-22", "llvm-22"];
/// Where Debian puts it.
const LIBRARY: &str = "/usr/lib/wasm32-wasi";
const CANDIDATES: [Clang; 3] = [
    Clang {
        compiler: "clang-22",
        archiver: "llvm-ar-22",
        library: &["wasi-libc", "libclang-rt-22-dev-wasm32", "lld-22"],
    },
    Clang { compiler: "clang", archiver: "llvm-ar", library: &["wasi-libc", "libclang-rt-dev-wasm32", "lld"] },
    Clang {
        compiler: "clang-19",
        archiver: "llvm-ar-19",
        library: &["wasi-libc", "libclang-rt-19-dev-wasm32", "lld-19"],
    },
];
