//! Every fenced block of the README and of the book is one that a test runs.

use super::source::Source;
use crate::doc_blocks::blocks::{self, Kind};

pub(crate) fn tested(sources: &[Source]) -> Vec<String> {
    let crates = ["host/src/lib.rs", "guest/src/lib.rs"];
    let crates = sources.iter().filter(|source| crates.contains(&source.path.as_str()));
    let crates: Vec<&str> = crates.map(|source| source.text.as_str()).collect();
    let is_page = |path: &str| path == "README.md" || (path.starts_with("docs/") && path.ends_with(".md"));
    sources.iter().filter(|source| is_page(&source.path)).flat_map(|page| check(page, &crates)).collect()
}

fn check(page: &Source, crates: &[&str]) -> Vec<String> {
    match blocks::of(&page.text) {
        Err(error) => vec![format!("{}: {error}", page.path)],
        Ok(blocks) => {
            let included = format!("include_str!(\"../../{}\")", page.path);
            let rust = blocks.iter().filter(|block| block.kind == Kind::Rust);
            let forgotten = rust.filter(|_| !crates.iter().any(|text| text.contains(&included)));
            forgotten.map(|block| format!("{}:{}: nothing compiles this Rust", page.path, block.line)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(page: &str, text: &str) -> Vec<String> {
        let library = Source {
            path: "host/src/lib.rs".to_owned(),
            text: "#[doc = include_str!(\"../../docs/known.md\")]".to_owned(),
        };
        tested(&[Source { path: page.to_owned(), text: text.to_owned() }, library])
    }

    #[test]
    fn what_no_test_runs_is_found() {
        let rust = "```rust\nfn a() {}\n```\n";
        assert_eq!(findings("docs/known.md", rust), [""; 0]);
        assert_eq!(findings("docs/other.md", rust), ["docs/other.md:1: nothing compiles this Rust"]);
        assert_eq!(findings("docs/other.md", "```rust,ignore\n{{#include ../examples/embed/many.rs}}\n```\n"), [""; 0]);
        let unknown = findings("README.md", "```js\n```\n");
        assert_eq!(unknown, ["README.md: line 1: no test runs a block of the kind `js`"]);
        assert_eq!(findings("host/notes.md", "```js\n```\n"), [""; 0]);
    }
}
