//! What the tests of real clients need: packages from the Python package index, servers from Debian's packages.
//!
//! Nothing of the system changes: packages go to a folder of their own, servers that are not on the `PATH` are unpacked
//! into one, and none is ever started as a service.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

use super::{debian, python};
use crate::files;
use crate::progress::{self, Step};
use crate::stamp::{Inputs, Stamp};
use crate::workspace::Workspace;

/// Installs what is missing.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    packages_of_tests(workspace)?;
    packages(workspace, "checkers", &CHECKERS)?;
    servers(workspace)
}

/// `target/wasocket/packages`: what programs of the tests and of the benchmark import.
pub(crate) fn packages_of_tests(workspace: &Workspace) -> Result<()> {
    packages(workspace, PACKAGES, &WANTED)
}

/// The name of that folder.
pub(crate) const PACKAGES: &str = "packages";

/// `target/wasocket/packages-of/NAME`: what a session or a suite imports. The second ones have wheels with extension modules
/// only, which are removed.
pub(crate) fn packages_of(workspace: &Workspace, name: &str, pure: &[&str], stripped: &[&str]) -> Result<PathBuf> {
    let folder = workspace.artefact("packages-of").join(name);
    install_all(workspace, &format!("packages of {name}"), &folder, pure, stripped)?;
    Ok(folder)
}

/// A folder in `target/wasocket` of packages in pure Python, so that any interpreter can use them.
fn packages(workspace: &Workspace, name: &str, wanted: &[&str]) -> Result<()> {
    install_all(workspace, &format!("{name} that tests use"), &workspace.artefact(name), wanted, &[])
}

/// Fills a folder with packages, unless these are in it already.
fn install_all(workspace: &Workspace, title: &str, folder: &Path, pure: &[&str], stripped: &[&str]) -> Result<()> {
    let inputs = Inputs::new(workspace).text(&pure.join(" ")).text(&stripped.join(" ")).text(&folder.to_string_lossy());
    let stamp = Stamp::new(workspace, &title.replace(' ', "-"), inputs);
    if stamp.is_current(&[folder]) {
        progress::already(title, "installed");
        return Ok(());
    }
    let mut step = Step::start(title);
    files::remove_folder(folder)?;
    let place = folder.to_string_lossy();
    install(workspace, &mut step, &place, &PURE, pure)?;
    if !stripped.is_empty() {
        install(workspace, &mut step, &place, &COMPILED, stripped)?;
    }
    for file in files::walk(folder)?.iter().filter(|file| file.extension().is_some_and(|extension| extension == "so")) {
        std::fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
    }
    stamp.set()?;
    step.finish("");
    Ok(())
}

/// Installs wheels of one kind for 3.14 into a folder.
fn install(workspace: &Workspace, step: &mut Step, place: &str, kind: &[&str], wanted: &[&str]) -> Result<()> {
    let mut arguments = vec!["--target", place, "--only-binary=:all:", "--no-deps", "--python-version", "3.14"];
    arguments.extend(kind.iter().chain(wanted));
    python::install(workspace, step, &arguments)
}

/// Wheels in pure Python, so that any interpreter can use them.
const PURE: [&str; 6] = ["--platform", "any", "--implementation", "py", "--abi", "none"];

/// Wheels with extension modules.
const COMPILED: [&str; 10] = [
    "--platform",
    "manylinux2014_x86_64",
    "--platform",
    "manylinux_2_28_x86_64",
    "--implementation",
    "cp",
    "--abi",
    "cp314",
    "--abi",
    "abi3",
];

/// `target/wasocket/servers/root`: those that are not on the `PATH`, with the libraries that this system lacks.
fn servers(workspace: &Workspace) -> Result<()> {
    let folder = workspace.artefact("servers");
    let missing: Vec<_> = SERVERS.iter().filter(|server| !is_there(&folder, server.0)).map(|server| server.1).collect();
    if missing.is_empty() {
        progress::already("servers that tests use", "there");
        return Ok(());
    }
    let mut step = Step::start("servers that tests use");
    debian::unpack(&mut step, &folder, &missing)?;
    step.finish(&missing.join(", "));
    Ok(())
}

fn is_there(folder: &Path, name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = ["root/usr/sbin", "root/usr/bin"].map(|place| folder.join(place));
    let system = ["/usr/sbin", "/usr/bin"].map(PathBuf::from);
    std::env::split_paths(&path).chain(system).chain(own).any(|place| place.join(name).exists())
}

/// Exact releases: a new one may behave otherwise.
const WANTED: [&str; 14] = [
    "anyio==4.16.0",
    "certifi==2026.10.18",
    "charset-normalizer==3.5.2",
    "dnspython==2.9.2",
    "h11==0.16.0",
    "httpcore==1.0.9",
    "httpx==0.28.1",
    "idna==3.20",
    "redis==8.1.0",
    "requests==2.34.2",
    "sniffio==1.3.1",
    "typing_extensions==4.16.0",
    "urllib3==2.8.0",
    "websockets==17.4",
];

/// mypy's stubtest, the last release without compiled parts, and pytest.
const CHECKERS: [&str; 9] = [
    "iniconfig==2.3.1",
    "mypy==1.18.2",
    "mypy_extensions==1.2.0",
    "packaging==26.4",
    "pathspec==1.1.1",
    "pluggy==1.7.0",
    "pygments==2.21.0",
    "pytest==9.2.0",
    "typing_extensions==4.16.0",
];

/// Executables and the packages that hold them.
const SERVERS: [(&str, &str); 6] = [
    ("dnsmasq", "dnsmasq-base"),
    ("ip", "iproute2"),
    ("nginx", "nginx-light"),
    ("openssl", "openssl"),
    ("redis-server", "redis-server"),
    ("wrk", "wrk"),
];
