//! The names of `_socket`, `select` and their types, and the values of constants, compared with CPython's on Linux.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde::Deserialize;

use crate::context::Context;
use crate::{process, trial};

/// How long the run may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// `tests/introspection.toml` and `tests/stubtest.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    difference: Vec<Difference>,
}

/// Names that are missing, are ours alone, or have another value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Difference {
    reason: String,
    names: Vec<String>,
}

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let [first, second, third] = [(); 3].map(|()| Arc::clone(context));
    vec![
        trial("introspection::names_and_values".to_owned(), move || names_and_values(&first)),
        trial("introspection::stubs".to_owned(), move || stubs(&second)),
        trial("introspection::surroundings".to_owned(), move || surroundings(&third)),
    ]
}

/// Each difference is declared, and each declaration is a difference.
fn names_and_values(context: &Context) -> Result<()> {
    let last = |name: &str| name.rsplit('|').next().unwrap_or_default().to_owned();
    compare(context, ("facts.py", "cpython-3.14.txt"), "introspection.toml", last).map(drop)
}

/// Each module that is missing, and each function of `os`, `signal` and `time`, is declared, and stands in the documents.
fn surroundings(context: &Context) -> Result<()> {
    let scripts = ("surroundings.py", "surroundings-3.14.txt");
    let names = compare(context, scripts, "surroundings.toml", python_name)?;
    let page = read(context, "../docs/compatibility.md")?;
    let untold: Vec<_> = names.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    ensure!(untold.is_empty(), "docs/compatibility.md does not have {untold:?}");
    Ok(())
}

/// What a script prints in a guest differs from what it prints natively in just what `declarations` has; the names of that.
fn compare(
    context: &Context,
    (script, native): (&str, &str),
    declarations: &str,
    name_of: impl Fn(&str) -> String,
) -> Result<BTreeSet<String>> {
    let declared = Declared::read(context, declarations)?;
    let native = read(context, &format!("introspection/{native}"))?;
    let mut command = std::process::Command::new(context.wasocket()?);
    command.arg("run").arg(context.tests.join("introspection").join(script));
    let finished = process::run(command, b"", PATIENCE)?;
    ensure!(finished.status.success(), "cannot list the names: {finished:?}");
    let (native, ours) = (facts(&native), facts(&finished.stdout));
    let differing = native.keys().chain(ours.keys()).filter(|name| native.get(*name) != ours.get(*name));
    let differing: BTreeSet<String> = differing.map(|name| name_of(name)).collect();
    let names: BTreeSet<String> = declared.names().into_iter().map(str::to_owned).collect();
    let undeclared: Vec<_> = differing.difference(&names).collect();
    let stale: Vec<_> = names.difference(&differing).collect();
    ensure!(undeclared.is_empty(), "differ from CPython, and {declarations} does not say why: {undeclared:?}");
    ensure!(stale.is_empty(), "{declarations} says that these differ, and they do not: {stale:?}");
    Ok(names)
}

/// `os|getuid` is `os.getuid`, `module|fcntl` is `fcntl`.
fn python_name(name: &str) -> String {
    name.strip_prefix("module|").map_or_else(|| name.replace('|', "."), str::to_owned)
}

/// What mypy's stubtest finds, run where the modules are, is declared; what only typeshed finds is found.
fn stubs(context: &Context) -> Result<()> {
    let absent = Declared::read(context, "introspection.toml")?;
    let declared = Declared::read(context, "stubtest.toml")?;
    let temporary = tempfile::tempdir()?;
    let mut command = std::process::Command::new(context.wasocket()?);
    command.args(["run", "--dir"]).arg(format!("{}::/tmp", temporary.path().display()));
    command.arg("--python-path").arg(context.checkers()?);
    command.arg(context.tests.join("introspection/stubs.py")).args(["_socket", "select", "socket", "--concise"]);
    command.arg("--mypy-config-file").arg(context.tests.join("introspection/mypy.ini"));
    let finished = process::run(command, b"", PATIENCE)?;
    let found: BTreeSet<&str> = finished.stdout.lines().filter_map(|line| line.split(' ').next()).collect();
    ensure!(found.contains("socket.__all__"), "stubtest did not do its work: {finished:?}");
    let (absent, declared) = (absent.names(), declared.names());
    let is_absent = |name: &&str| name.rsplit('.').next().is_some_and(|name| absent.contains(name));
    let undeclared: Vec<_> = found.difference(&declared).filter(|name| !is_absent(name)).collect();
    let stale: Vec<_> = declared.difference(&found).collect();
    ensure!(undeclared.is_empty(), "{undeclared:?} differ from typeshed, and no file says why:\n{}", finished.stdout);
    ensure!(stale.is_empty(), "stubtest.toml says that these differ, and they do not: {stale:?}");
    Ok(())
}

fn read(context: &Context, name: &str) -> Result<String> {
    let path = context.tests.join(name);
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

impl Declared {
    fn read(context: &Context, name: &str) -> Result<Self> {
        let declared: Self = toml::from_str(&read(context, name)?).with_context(|| name.to_owned())?;
        let unexplained = declared.difference.iter().find(|difference| difference.reason.trim().is_empty());
        ensure!(unexplained.is_none(), "{name} gives no reason: {unexplained:?}");
        Ok(declared)
    }

    fn names(&self) -> BTreeSet<&str> {
        self.difference.iter().flat_map(|difference| &difference.names).map(String::as_str).collect()
    }
}

/// Values by `section|name`.
fn facts(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.rsplit_once('|')).collect()
}
