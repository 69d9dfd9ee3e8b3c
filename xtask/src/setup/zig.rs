//! The C compiler for WebAssembly: Zig's, which is clang with WASI's C library, for any system, from the Python package index.

use anyhow::{Context, Result};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::python;
use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;
use crate::{command, files};

/// The compiler and what belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Zig {
    folder: PathBuf,
}

/// Installs it if it is not there.
pub(crate) fn find_or_install(workspace: &Workspace) -> Result<Zig> {
    let folder = workspace.artefact("zig");
    let zig = Zig { folder };
    let inputs = Inputs::new(workspace).text(ZIG).text(COMPILER).text(&zig.folder.to_string_lossy());
    let stamp = Stamp::new(workspace, "zig", inputs);
    if stamp.is_current(&[&zig.program()]) {
        progress::already(ZIG, "installed");
        return Ok(zig);
    }
    let mut step = Step::start(ZIG);
    files::remove_folder(&zig.folder)?;
    let place = zig.folder.to_string_lossy().into_owned();
    let wanted = ["--no-deps", "--only-binary=:all:", "--target", &place, ZIG];
    python::install(workspace, &mut step, &wanted).context("no C compiler for WebAssembly")?;
    executable(&zig.program())?;
    for (name, script) in [("cc", COMPILER), ("ar", ARCHIVER), ("ranlib", RANLIB)] {
        let path = zig.script(name);
        files::write(&path, script)?;
        executable(&path)?;
    }
    let version = command::text_of(Command::new(zig.program()).arg("version"));
    let version = version.with_context(|| format!("{ZIG} does not run on this machine"))?;
    stamp.set()?;
    step.finish(&version);
    Ok(zig)
}

impl Zig {
    /// `cc`, whose target is WASI, whatever its caller says of one.
    pub(crate) fn compiler(&self) -> PathBuf {
        self.script("cc")
    }

    /// `ar`.
    pub(crate) fn archiver(&self) -> PathBuf {
        self.script("ar")
    }

    /// `ranlib`.
    pub(crate) fn ranlib(&self) -> PathBuf {
        self.script("ranlib")
    }

    /// `wasm-ld`.
    pub(crate) fn linker(&self) -> Command {
        let mut linker = Command::new(self.program());
        linker.arg("wasm-ld");
        linker
    }

    fn program(&self) -> PathBuf {
        self.folder.join("ziglang/zig")
    }

    fn script(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }
}

/// WASI's C library, as Zig brings it along.
pub(crate) struct CLibrary {
    pub(crate) version: String,
    /// As SPDX writes it.
    pub(crate) license: &'static str,
    /// The file with the text.
    pub(crate) text: PathBuf,
}

/// What programs in C are linked with.
pub(crate) fn c_library(workspace: &Workspace) -> CLibrary {
    CLibrary {
        version: format!("as in {ZIG}"),
        license: "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        text: workspace.artefact("zig/ziglang/lib/libc/wasi/LICENSE"),
    }
}

fn executable(path: &Path) -> Result<()> {
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755))
        .with_context(|| format!("{} cannot be made executable", path.display()))
}

/// The exact release.
const ZIG: &str = "ziglang==0.17.1";

/// Compiled parts of the C library lie beside the compiler. Zig knows the target by another name than crates call it.
const COMPILER: &str = r#"#!/bin/sh
here=$(dirname "$0")
export ZIG_GLOBAL_CACHE_DIR="$here/../cache" ZIG_LOCAL_CACHE_DIR="$here/../cache"
left=$#
while [ "$left" -gt 0 ]; do
    argument=$1
    shift
    left=$((left - 1))
    case "$argument" in
        --target=*) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "$here/../ziglang/zig" cc -target wasm32-wasi "$@"
"#;
const ARCHIVER: &str = "#!/bin/sh\nexec \"$(dirname \"$0\")/../ziglang/zig\" ar \"$@\"\n";
const RANLIB: &str = "#!/bin/sh\nexec \"$(dirname \"$0\")/../ziglang/zig\" ranlib \"$@\"\n";
