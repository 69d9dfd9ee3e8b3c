//! An example is read in one go.

use super::source::Source;

pub(crate) fn short(sources: &[Source]) -> Vec<String> {
    let examples = sources.iter().filter(|source| source.path.starts_with("examples/"));
    examples.filter_map(finding).collect()
}

fn finding(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    (lines > LONGEST).then(|| format!("{}: {lines} lines, more than {LONGEST}", source.path))
}

const LONGEST: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_stay_short() {
        let source = |path: &str, lines| Source { path: path.to_owned(), text: "a\n".repeat(lines) };
        let sources =
            [source("examples/c/a.c", LONGEST), source("examples/b.rs", LONGEST + 1), source("host/c.rs", 99)];
        assert_eq!(short(&sources), ["examples/b.rs: 61 lines, more than 60"]);
    }
}
