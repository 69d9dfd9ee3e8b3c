//! The contract keeps what its last version promised: a breaking change is a finding, by its name.

mod changes;
mod items;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use wit_parser::Resolve;

use super::source::{self, Source};
use super::wit::{ROOTS, resolved};
use crate::workspace::Workspace;
use crate::{files, progress};
use items::Item;

/// Compares both packages with their last versions.
pub(crate) fn kept(sources: &[Source]) -> Vec<String> {
    let compared =
        ROOTS.iter().map(|root| Contract::read(root, sources)?.map_or(Ok(Vec::new()), |it| it.findings(sources)));
    compared.flat_map(|found: Result<_>| found.unwrap_or_else(|error| vec![format!("wit: {error:#}")])).collect()
}

/// `cargo xtask freeze-wit`: records what the packages promise now, and prints the breaking changes that this accepts.
pub(crate) fn freeze(workspace: &Workspace) -> Result<()> {
    let sources = source::read_all(workspace)?;
    for root in ROOTS {
        let contract = Contract::read(root, &sources)?.with_context(|| format!("{root} has no package"))?;
        let accepted = contract.last(&sources)?.map(|(_, last)| changes::breaking(&last, &contract.items));
        for change in accepted.iter().flatten() {
            progress::already(&contract.name, &format!("accepted: {change}"));
        }
        files::write(&workspace.path(&contract.path()), contract.text())?;
        progress::already(&contract.name, &contract.path());
    }
    Ok(())
}

/// A package as it is now.
struct Contract {
    /// Without `wasocket:`.
    name: String,
    version: String,
    items: Vec<Item>,
}

impl Contract {
    fn read(root: &str, sources: &[Source]) -> Result<Option<Self>> {
        let Some((resolve, package)) = resolved(Resolve::default(), root, sources)? else { return Ok(None) };
        let name = &resolve.packages[package].name;
        let version = name.version.as_ref().with_context(|| format!("{name} has no version"))?.to_string();
        Ok(Some(Self { name: name.name.clone(), version, items: items::of_package(&resolve, package) }))
    }

    fn path(&self) -> String {
        format!("{FOLDER}{}@{}.txt", self.name, self.version)
    }

    fn text(&self) -> String {
        let lines: Vec<String> = self.items.iter().map(Item::line).collect();
        format!("# wasocket:{}@{}, by `cargo xtask freeze-wit`.\n{}\n", self.name, self.version, lines.join("\n"))
    }

    /// The last version that this one must be compatible with, and the path of its record.
    fn last<'sources>(&self, sources: &'sources [Source]) -> Result<Option<(&'sources str, Vec<Item>)>> {
        let prefix = format!("{FOLDER}{}@", self.name);
        let version = |source: &Source| Some(source.path.strip_prefix(&prefix)?.strip_suffix(".txt")?.to_owned());
        let is_older =
            |source: &&Source| version(source).is_some_and(|old| compatibility(&old) == compatibility(&self.version));
        let Some(last) = sources.iter().filter(is_older).max_by_key(|source| version(source).map(|old| numbers(&old)))
        else {
            return Ok(None);
        };
        let lines = last.text.lines().filter(|line| !line.starts_with('#'));
        let items = lines.map(|line| Item::parse(line).with_context(|| format!("{}: what is {line:?}?", last.path)));
        Ok(Some((&last.path, items.collect::<Result<_>>()?)))
    }

    fn findings(&self, sources: &[Source]) -> Result<Vec<String>> {
        let Some((path, last)) = self.last(sources)? else {
            return Ok(vec![format!("{} is missing: `cargo xtask freeze-wit` writes it", self.path())]);
        };
        let changes = changes::breaking(&last, &self.items);
        Ok(changes.iter().map(|change| format!("{path} says otherwise: {change}: {ADVICE}")).collect())
    }
}

/// The numbers of a version.
fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).filter_map(|number| number.parse().ok()).collect()
}

/// What two versions share that are compatible: the numbers up to the first that is not 0.
fn compatibility(version: &str) -> Vec<u64> {
    let numbers = numbers(version);
    let first = numbers.iter().position(|number| *number != 0).map_or(numbers.len(), |first| first + 1);
    numbers.into_iter().take(first).collect()
}

/// The folder of the records.
const FOLDER: &str = "wit/frozen/";
const ADVICE: &str = "a breaking change takes a new version; see CONTRIBUTING.md";
