//! CPython's test suite: from an installed Python, or from Debian's package, unpacked below `target/`.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::progress::Step;
use crate::workspace::Workspace;
use crate::{command, files};

/// A folder that holds the package `test` and nothing else of the standard library.
pub(crate) fn find(workspace: &Workspace, python: &Path) -> Result<PathBuf> {
    let folder = workspace.target().join("conformance/suite");
    if !folder.join(PROBE).exists() {
        match installed(python) {
            Some(package) => copy_package(&package, &folder.join("test"))?,
            None => fetch(workspace, &folder)?,
        }
    }
    Ok(folder)
}

/// The package `test` of an installed Python 3.14.
fn installed(python: &Path) -> Option<PathBuf> {
    let code = "import sys, test.test_socket; assert sys.version_info[:2] == (3, 14); print(test.__path__[0])";
    command::text_of(Command::new(python).args(["-c", code])).map(PathBuf::from)
}

fn copy_package(from: &Path, to: &Path) -> Result<()> {
    for file in files::walk(from)? {
        files::copy(&file, &to.join(file.strip_prefix(from)?))?;
    }
    Ok(())
}

/// Debian's package, by lists of its own: nothing of the system changes.
fn fetch(workspace: &Workspace, folder: &Path) -> Result<()> {
    let mut step = Step::start(PACKAGES[0]);
    let apt = workspace.target().join("conformance/apt");
    for name in ["lists/partial", "cache/archives/partial", "packages"] {
        files::create_folder(&apt.join(name))?;
    }
    let source = format!("deb [signed-by={KEYRING}] {} unstable main\n", mirror()?);
    files::write(&apt.join("sources.list"), source)?;
    let need = || {
        format!("Python 3.14 with its package `test` was not found, and {} could not be had from Debian", PACKAGES[0])
    };
    command::run_quietly(&mut step, apt_get(&apt).arg("update")).with_context(need)?;
    command::run_quietly(&mut step, apt_get(&apt).arg("download").args(PACKAGES).current_dir(apt.join("packages")))
        .with_context(need)?;
    unpack(&mut step, &apt, folder)?;
    step.finish("");
    Ok(())
}

fn unpack(step: &mut Step, apt: &Path, folder: &Path) -> Result<()> {
    let root = apt.join("root");
    for package in files::walk(&apt.join("packages"))? {
        command::run_quietly(step, Command::new("dpkg-deb").arg("-x").arg(package).arg(&root))?;
    }
    copy_package(&root.join("usr/lib/python3.14/test"), &folder.join("test"))
}

fn apt_get(apt: &Path) -> Command {
    let mut command = Command::new("apt-get");
    let settings = [
        ("Dir::Etc::sourcelist", apt.join("sources.list")),
        ("Dir::Etc::sourceparts", PathBuf::from("-")),
        ("Dir::State::lists", apt.join("lists")),
        ("Dir::Cache", apt.join("cache")),
        ("APT::Sandbox::User", PathBuf::from("root")),
    ];
    for (name, value) in settings {
        command.arg("-o").arg(format!("{name}={}", value.display()));
    }
    command.arg("-qq");
    command
}

/// Where this system has its Debian packages from.
fn mirror() -> Result<String> {
    let texts = SOURCES.iter().filter_map(|path| std::fs::read_to_string(path).ok());
    let words: Vec<String> =
        texts.flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
    let found =
        words.into_iter().find(|word| word.starts_with("http") && word.trim_end_matches('/').ends_with("/debian"));
    found.with_context(|| format!("no Debian mirror is named in {}", SOURCES.join(" or ")))
}

/// The tests, and the package that holds `test.support`.
const PACKAGES: [&str; 2] = ["libpython3.14-testsuite", "libpython3.14-stdlib"];
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const SOURCES: [&str; 2] = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];
/// A file that is there once the suite is.
const PROBE: &str = "test/test_socket.py";
