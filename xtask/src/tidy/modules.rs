//! Every module says what it is for, and is short enough to be read in one go.

use super::source::Source;

/// Rust modules begin with `//!`.
pub(crate) fn documented(sources: &[Source]) -> Vec<String> {
    let rust = sources.iter().filter(|source| source.has_extension("rs"));
    let silent = rust.filter(|source| !source.text.trim_start().starts_with("//!"));
    silent.map(|source| format!("{}: begins without a `//!` line that says what it is for", source.path)).collect()
}

/// Code files have a few hundred lines; a table may be longer and says so on a line of its own.
pub(crate) fn short(sources: &[Source]) -> Vec<String> {
    let code = sources.iter().filter(|source| source.has_extension("rs") || source.has_extension("py"));
    let long = code.filter(|source| !source.text.contains(TABLE)).filter_map(|source| {
        let lines = source.text.lines().count();
        (lines > LONGEST).then(|| format!("{}: {lines} lines, more than {LONGEST}", source.path))
    });
    long.collect()
}

const LONGEST: usize = 600;
/// Marks a file that is one table.
const TABLE: &str = "tidy: table";

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Vec<Source> {
        vec![Source { path: path.to_owned(), text: text.to_owned() }]
    }

    #[test]
    fn a_silent_module_is_found() {
        assert_eq!(documented(&source("a.rs", "fn main() {}")).len(), 1);
        assert!(documented(&source("a.rs", "//! What it is.\nfn main() {}")).is_empty());
        assert!(documented(&source("a.py", "x = 1")).is_empty());
    }

    #[test]
    fn a_long_file_is_found_unless_it_is_a_table() {
        assert_eq!(short(&source("a.rs", &"\n".repeat(601))).len(), 1);
        assert!(short(&source("a.rs", &"\n".repeat(600))).is_empty());
        assert!(short(&source("a.rs", &format!("//! {TABLE}{}", "\n".repeat(601)))).is_empty());
        assert!(short(&source("a.txt", &"\n".repeat(601))).is_empty());
    }
}
