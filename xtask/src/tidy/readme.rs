//! The README is read in one go.

use super::source::Source;

pub(crate) fn short(sources: &[Source]) -> Vec<String> {
    let readme = sources.iter().find(|source| source.path == "README.md");
    let lines = readme.map_or(0, |readme| readme.text.lines().count());
    if lines > LONGEST { vec![format!("README.md: {lines} lines, more than {LONGEST}")] } else { Vec::new() }
}

const LONGEST: usize = 150;
