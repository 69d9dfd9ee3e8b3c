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

/// `tests/introspection.toml`.
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
    /// A name that ends with `*` stands for all that begin so.
    names: Vec<String>,
}

pub(crate) fn trials(context: &Arc<Context>) -> Vec<Trial> {
    let context = Arc::clone(context);
    vec![trial("introspection::names_and_values".to_owned(), move || names_and_values(&context))]
}

/// Each difference is declared, and each declaration is a difference.
fn names_and_values(context: &Context) -> Result<()> {
    let read = |name: &str| {
        let path = context.tests.join(name);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let declared: Declared = toml::from_str(&read("introspection.toml")?)?;
    let native = read("introspection/cpython-3.14.txt")?;
    let mut command = std::process::Command::new(context.wasocket()?);
    command.arg("run").arg(context.tests.join("introspection/facts.py"));
    let finished = process::run(command, b"", PATIENCE)?;
    ensure!(finished.status.success(), "cannot list the names: {finished:?}");
    let (native, ours) = (facts(&native), facts(&finished.stdout));
    let differing: BTreeSet<&str> = native
        .keys()
        .chain(ours.keys())
        .filter(|name| native.get(*name) != ours.get(*name))
        .filter_map(|name| name.rsplit('|').next())
        .collect();
    let patterns: Vec<&String> = declared.difference.iter().flat_map(|difference| &difference.names).collect();
    let undeclared: Vec<_> =
        differing.iter().filter(|name| !patterns.iter().any(|pattern| fits(pattern, name))).collect();
    let stale: Vec<_> = patterns.iter().filter(|pattern| !differing.iter().any(|name| fits(pattern, name))).collect();
    let unexplained = declared.difference.iter().find(|difference| difference.reason.trim().is_empty());
    ensure!(undeclared.is_empty(), "differ from CPython, and introspection.toml does not say why: {undeclared:?}");
    ensure!(stale.is_empty(), "introspection.toml says that these differ, and they do not: {stale:?}");
    ensure!(unexplained.is_none(), "no reason: {unexplained:?}");
    Ok(())
}

/// Values by `section|name`.
fn facts(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.rsplit_once('|')).collect()
}

fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}
