//! Bad input: one line that says what was wrong and what would be right, and status 2.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use anyhow::{Context as _, Result, ensure};

use super::{Case, PATIENCE, Workshop};
use crate::process::{self, Finished};

pub(super) const CASES: &[Case] = &[
    ("missing_script", missing_script),
    ("missing_component", missing_component),
    ("a_folder_for_a_script", a_folder_for_a_script),
    ("not_a_component", not_a_component),
    ("a_core_module", a_core_module),
    ("a_component_that_is_no_command", a_component_that_is_no_command),
    ("imports_that_nobody_provides", imports_that_nobody_provides),
    ("options_of_python_for_a_component", options_of_python_for_a_component),
    ("malformed_rules", malformed_rules),
    ("unknown_option", unknown_option),
    ("no_program", no_program),
    ("missing_folders", missing_folders),
    ("malformed_environment", malformed_environment),
    ("build_of_nothing", build_of_nothing),
    ("build_to_nowhere", build_to_nowhere),
    ("build_of_a_strangers_package", build_of_a_strangers_package),
    ("a_cache_that_others_can_write", a_cache_that_others_can_write),
];

/// A core module without anything in it.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A component without anything in it.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// Sections that import the instance `nobody:knows/this@1.0.0`, which has one function `f`.
const UNKNOWN_IMPORT: &[u8] =
    b"\x07\x0e\x01\x42\x02\x01\x40\0\x01\0\x04\0\x01f\x01\0\x0a\x1c\x01\0\x17nobody:knows/this@1.0.0\x05\0";

fn missing_script(workshop: &Workshop) -> Result<()> {
    workshop.refused(&["run", "missing.py"], &["missing.py"])
}

fn missing_component(workshop: &Workshop) -> Result<()> {
    workshop.refused(&["run", "missing.wasm"], &["missing.wasm"])
}

fn a_folder_for_a_script(workshop: &Workshop) -> Result<()> {
    workshop.write("folder.py/inside", "")?;
    workshop.refused(&["run", "folder.py"], &["folder.py"])
}

fn not_a_component(workshop: &Workshop) -> Result<()> {
    workshop.write("text.wasm", "this is text")?;
    workshop.refused(&["run", "text.wasm"], &["text.wasm", "component"])
}

fn a_core_module(workshop: &Workshop) -> Result<()> {
    workshop.write("module.wasm", MODULE)?;
    workshop.refused(&["run", "module.wasm"], &["module.wasm", "module"])
}

fn a_component_that_is_no_command(workshop: &Workshop) -> Result<()> {
    workshop.write("library.wasm", COMPONENT)?;
    workshop.refused(&["run", "library.wasm"], &["library.wasm", "wasi:cli/run"])
}

fn imports_that_nobody_provides(workshop: &Workshop) -> Result<()> {
    workshop.write("importer.wasm", [COMPONENT, UNKNOWN_IMPORT].concat())?;
    workshop.refused(&["run", "importer.wasm"], &["importer.wasm", "nobody:knows/this@1.0.0"])
}

fn options_of_python_for_a_component(workshop: &Workshop) -> Result<()> {
    workshop.write("library.wasm", COMPONENT)?;
    workshop.refused(&["run", "--python-path", ".", "library.wasm"], &["--python-path", "library.wasm"])?;
    workshop.refused(&["run", "--no-coalesce", "library.wasm"], &["--no-coalesce", "library.wasm"])
}

fn malformed_rules(workshop: &Workshop) -> Result<()> {
    workshop.write("program.py", "print('ran')")?;
    for rule in
        ["nonsense", "tcp://", "http://127.0.0.1:80", "tcp://127.0.0.1", "tcp://127.0.0.1:99999", "tcp://::1:80"]
    {
        workshop.refused(&["run", "--allow-outbound", rule, "program.py"], &[rule])?;
        workshop.refused(&["run", "--allow-inbound", rule, "program.py"], &[rule])?;
    }
    Ok(())
}

fn unknown_option(workshop: &Workshop) -> Result<()> {
    workshop.refused(&["run", "--alow-net", "program.py"], &["--alow-net", "--allow-net"])
}

fn no_program(workshop: &Workshop) -> Result<()> {
    workshop.refused(&["run"], &["program"])
}

fn missing_folders(workshop: &Workshop) -> Result<()> {
    workshop.write("program.py", "print('ran')")?;
    workshop.refused(&["run", "--dir", "missing::/data", "program.py"], &["missing"])?;
    workshop.refused(&["run", "--python-path", "missing", "program.py"], &["missing"])
}

fn malformed_environment(workshop: &Workshop) -> Result<()> {
    workshop.write("program.py", "print('ran')")?;
    workshop.refused(&["run", "--env", "=value", "program.py"], &["=value"])?;
    workshop.refused(&["run", "--env", "NOT_SET_ANYWHERE", "program.py"], &["NOT_SET_ANYWHERE"])
}

fn build_of_nothing(workshop: &Workshop) -> Result<()> {
    workshop.refused(&["build", "missing.py", "-o", "out.wasm"], &["missing.py"])
}

/// A package may contain a link to a secret of the user who builds, or an endless file: neither is read.
fn build_of_a_strangers_package(workshop: &Workshop) -> Result<()> {
    workshop.write("outside/secret", "a secret of this machine")?;
    workshop.write("app/main.py", "import vendored")?;
    workshop.write("app/vendored/__init__.py", "")?;
    workshop.write("app/vendored/data.txt", "data of the package")?;
    workshop.write("app/real/linked.txt", "data behind a link")?;
    let item = workshop.path("app/vendored/item.json");
    let build = ["build", "app/main.py", "-o", "out.wasm"];
    let refused = |words: &[&str]| {
        workshop.refused(&build, &[&["vendored/item.json"], words].concat())?;
        ensure!(!workshop.path("out.wasm").exists(), "a component was written");
        Ok(std::fs::remove_file(&item)?)
    };
    for target in ["../../outside/secret", "/proc/self/environ"] {
        symlink(target, &item)?;
        std::fs::read(&item).context("the link leads nowhere")?;
        refused(&["out of the folders"])?;
    }
    symlink(workshop.path("outside/secret"), &item)?;
    refused(&["out of the folders"])?;
    rustix::fs::mknodat(rustix::fs::CWD, &item, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)?;
    refused(&["a FIFO", "regular file"])?;
    let _listener = std::os::unix::net::UnixListener::bind(&item)?;
    refused(&["a socket", "regular file"])?;
    std::fs::File::create(&item)?.set_len(1 << 40)?;
    refused(&["1099511627776", "268435456"])?;
    // And the control: what stays inside is read as natively.
    symlink("../real", workshop.path("app/vendored/folder"))?;
    symlink("data.txt", workshop.path("app/vendored/again.txt"))?;
    workshop.output(&build)?;
    let component = std::fs::read(workshop.path("out.wasm"))?;
    let holds = |text: &str| component.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
    ensure!(holds("data of the package") == 2, "the file, and what a link to it names");
    ensure!(holds("data behind a link") == 1, "what is behind a link to a folder");
    ensure!(holds("a secret of this machine") == 0);
    Ok(())
}

/// It is left alone, with one line; what was to be run is run, or is no command, as here.
fn a_cache_that_others_can_write(workshop: &Workshop) -> Result<()> {
    workshop.write("library.wasm", COMPONENT)?;
    let cache = workshop.path("cache");
    std::fs::create_dir(&cache)?;
    let warnings = |mode| {
        std::fs::set_permissions(&cache, std::fs::Permissions::from_mode(mode))?;
        let mut command = workshop.command(&["run", "library.wasm"]);
        command.env("WASOCKET_CACHE", &cache);
        let Finished { stderr, .. } = process::run(command, b"", PATIENCE)?;
        ensure!(stderr.contains("wasi:cli/run"), "{stderr}");
        let lines = stderr.lines().filter(|line| line.contains("cannot use the cache"));
        let entries = std::fs::read_dir(&cache)?.count();
        Ok((lines.map(str::to_owned).collect::<Vec<_>>(), entries))
    };
    let (lines, entries) = warnings(0o777)?;
    ensure!(lines.len() == 1 && lines.iter().all(|line| line.contains("others can write")), "{lines:?}");
    ensure!(entries == 0, "{entries} files were written");
    let (lines, entries) = warnings(0o700)?;
    ensure!(lines.is_empty() && entries > 0, "{lines:?}, {entries} files");
    Ok(())
}

fn build_to_nowhere(workshop: &Workshop) -> Result<()> {
    workshop.write("program.py", "print('ran')")?;
    workshop.refused(&["build", "program.py", "-o", "no/such/folder/out.wasm"], &["no/such/folder/out.wasm"])
}
