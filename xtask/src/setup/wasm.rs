//! The Rust toolchain for WebAssembly: the active one if it has the targets, else Debian's packages.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command;
use crate::progress::{self, Step};

/// A cargo that can build for WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WasmToolchain {
    /// The toolchain that runs this task, with the two targets and the standard library's source.
    Active,
    /// Debian's own packages in `/usr/bin`; the standard library is built from source.
    Debian,
}

/// The toolchain that is there, or that could be installed.
pub(crate) fn find_or_install() -> Result<WasmToolchain> {
    match find() {
        Some(found) => {
            progress::already("Rust for WebAssembly", found.description());
            Ok(found)
        }
        None => install(),
    }
}

fn find() -> Option<WasmToolchain> {
    if is_active_complete() {
        Some(WasmToolchain::Active)
    } else if is_debian_complete() {
        Some(WasmToolchain::Debian)
    } else {
        None
    }
}

fn install() -> Result<WasmToolchain> {
    let mut reasons = Vec::new();
    for (toolchain, possible, install) in [
        (WasmToolchain::Active, may_rustup_download(), add_targets as fn() -> Result<()>),
        (WasmToolchain::Debian, may_apt_install(), install_packages),
    ] {
        match possible.and_then(|()| install()) {
            Ok(()) if find() == Some(toolchain) => return Ok(toolchain),
            Ok(()) => reasons.push(format!("{}: installed, but still incomplete", toolchain.description())),
            Err(error) => reasons.push(format!("{}: {error:#}", toolchain.description())),
        }
    }
    bail!(
        "Rust cannot build for WebAssembly here. Run\n    rustup target add {}\n    rustup component add rust-src\n\
         or, on Debian, apt-get install {}\n{}",
        TARGETS.join(" "),
        PACKAGES.join(" "),
        reasons.join("\n")
    )
}

fn is_active_complete() -> bool {
    let Some(sysroot) = sysroot(Command::new("rustc").arg("--print").arg("sysroot")) else { return false };
    let library = sysroot.join("lib/rustlib");
    TARGETS.iter().all(|target| library.join(target).join("lib").is_dir()) && has_source(&sysroot)
}

fn is_debian_complete() -> bool {
    let mut rustc = Command::new("/usr/bin/rustc");
    clear_environment(&mut rustc);
    let sysroot = sysroot(rustc.args(["--print", "sysroot"]));
    [DEBIAN_CARGO, DEBIAN_LINKER].iter().all(|tool| Path::new(tool).exists())
        && sysroot.is_some_and(|sysroot| has_source(&sysroot))
}

fn sysroot(rustc: &mut Command) -> Option<PathBuf> {
    command::text_of(rustc).map(PathBuf::from)
}

fn has_source(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib/src/rust/library/Cargo.toml").exists()
}

fn may_rustup_download() -> Result<()> {
    if std::env::var_os("RUSTUP_AUTO_INSTALL").is_some_and(|value| value == "0") {
        bail!("RUSTUP_AUTO_INSTALL=0 forbids rustup to download");
    }
    command::text_of(Command::new("rustup").arg("--version")).map(drop).context("there is no rustup")
}

/// Whether packages can be installed here: an error says why not.
pub(crate) fn may_apt_install() -> Result<()> {
    let user = command::text_of(Command::new("id").arg("-u"));
    if user.as_deref() != Some("0") {
        bail!("apt-get needs root");
    }
    command::text_of(Command::new("apt-get").arg("--version")).map(drop).context("there is no apt-get")
}

fn add_targets() -> Result<()> {
    let mut step = Step::start("rustup: targets for WebAssembly");
    command::run_quietly(&mut step, Command::new("rustup").args(["target", "add"]).args(TARGETS))?;
    command::run_quietly(&mut step, Command::new("rustup").args(["component", "add", "rust-src"]))?;
    step.finish("");
    Ok(())
}

fn install_packages() -> Result<()> {
    apt_install("Debian's Rust for WebAssembly", &PACKAGES)
}

fn install_clippy() -> Result<()> {
    may_apt_install()?;
    apt_install("Debian's clippy", &[CLIPPY_PACKAGE])
}

/// Installs Debian packages, as the step `name`.
pub(crate) fn apt_install(name: &str, packages: &[&str]) -> Result<()> {
    let mut step = Step::start(name);
    command::run_quietly(&mut step, Command::new("apt-get").args(["update", "-q"]))
        .context("cannot reach the package lists; is there a network?")?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-q", "-y", "--no-install-recommends"]).args(packages);
    command::run_quietly(&mut step, install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    step.finish("");
    Ok(())
}

impl WasmToolchain {
    /// `cargo` of this toolchain.
    pub(crate) fn cargo(self) -> Command {
        self.command(match self {
            Self::Active => "cargo",
            Self::Debian => DEBIAN_CARGO,
        })
    }

    /// `cargo clippy`; Debian's by its place, since cargo itself would take rustup's, which lies in its home.
    pub(crate) fn clippy(self) -> Command {
        match self {
            Self::Active => self.cargo(),
            Self::Debian => {
                let mut clippy = self.command(DEBIAN_CLIPPY);
                clippy.env("CARGO", DEBIAN_CARGO);
                clippy
            }
        }
    }

    /// A command free of what the cargo that runs this task has put into the environment.
    fn command(self, program: &str) -> Command {
        let mut command = Command::new(program);
        clear_environment(&mut command);
        // The standard library's own build and hidden visibility are unstable flags.
        command.env("RUSTC_BOOTSTRAP", "1");
        match self {
            Self::Active => forward(&mut command, "RUSTUP_TOOLCHAIN"),
            Self::Debian => {
                let path = std::env::var("PATH").unwrap_or_default();
                command.env("PATH", format!("/usr/bin:{path}"));
            }
        }
        command
    }

    /// The linker for WebAssembly.
    pub(crate) fn linker(self) -> &'static str {
        match self {
            Self::Active => "rust-lld",
            Self::Debian => DEBIAN_LINKER,
        }
    }

    /// What identifies the compiler: a new one makes new artefacts.
    pub(crate) fn version(self) -> String {
        let mut rustc = Command::new(if self == Self::Debian { "/usr/bin/rustc" } else { "rustc" });
        clear_environment(&mut rustc);
        let version = command::text_of(rustc.arg("--version")).unwrap_or_default();
        format!("{self:?} {version}")
    }

    /// Whether this toolchain has clippy, after an attempt to install it where that is easy.
    pub(crate) fn has_clippy(self) -> bool {
        let has = || match self {
            Self::Active => command::text_of(self.clippy().args(["clippy", "--version"])).is_some(),
            Self::Debian => Path::new(DEBIAN_CLIPPY).exists(),
        };
        has() || (self == Self::Debian && install_clippy().is_ok() && has())
    }

    fn description(self) -> &'static str {
        match self {
            Self::Active => "the active toolchain",
            Self::Debian => "Debian's packages in /usr/bin",
        }
    }
}

/// Removes what cargo, rustup and their wrappers set for their children.
fn clear_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if is_of_outer_cargo(&name) {
            command.env_remove(&name);
        }
    }
}

fn is_of_outer_cargo(name: &str) -> bool {
    let kept = ["CARGO_HOME", "CARGO_BUILD_JOBS", "CARGO_TARGET_DIR"].contains(&name)
        || ["CARGO_NET_", "CARGO_HTTP_", "CARGO_TERM_", "CARGO_REGISTR"].iter().any(|prefix| name.starts_with(prefix));
    let foreign = ["CARGO", "RUSTC", "RUSTDOC", "RUSTFLAGS", "RUSTDOCFLAGS", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"];
    !kept
        && (foreign.contains(&name)
            || ["CARGO_", "RUSTC_", "RUST_RECURSION"].iter().any(|prefix| name.starts_with(prefix)))
}

fn forward(command: &mut Command, name: &str) {
    if let Some(value) = std::env::var_os(name) {
        command.env(name, value);
    }
}

const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip2"];
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const CLIPPY_PACKAGE: &str = "rust-web-clippy";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_CLIPPY: &str = "/usr/bin/cargo-clippy";
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-22";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_set_stays() {
        for name in ["CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_HTTP_CAINFO", "PATH", "RUSTUP_HOME", "CARGO_TERM_COLOR"]
        {
            assert!(!is_of_outer_cargo(name), "{name}");
        }
    }

    #[test]
    fn what_the_outer_cargo_set_goes() {
        for name in
            ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "RUSTC", "RUSTC_WRAPPER", "RUSTUP_TOOLCHAIN", "RUSTFLAGS"]
        {
            assert!(is_of_outer_cargo(name), "{name}");
        }
    }
}
