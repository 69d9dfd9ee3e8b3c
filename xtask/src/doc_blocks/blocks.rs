//! The fenced blocks of a page, and what each kind of them promises.

use anyhow::{Context, Result, bail};

/// A block of a page; the text behind its fence says its kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block<'text> {
    pub(crate) kind: Kind,
    /// Of its fence, from one.
    pub(crate) line: usize,
    pub(crate) text: &'text str,
}

/// What a test does with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `sh`: commands that succeed.
    Commands,
    /// `sh,fails`: commands of which the last fails.
    Refused,
    /// `python`: a program whose first line says its file's name; a command runs it.
    Python,
    /// `toml`: a policy, kept as `policy.toml`.
    Policy,
    /// `rust`: compiled with the documentation of a crate.
    Rust,
    /// `rust,ignore`: a file of the examples, which are built and run.
    Example,
    /// `wit`: a world over the contract.
    World,
    /// `text` behind commands: all that they print.
    Output,
    /// `text,error` behind commands: among the lines that they print on standard error.
    Errors,
    /// `text,picture`: nothing to run.
    Picture,
}

impl Kind {
    fn of(info: &str) -> Option<Self> {
        Some(match info {
            "sh" => Self::Commands,
            "sh,fails" => Self::Refused,
            "python" => Self::Python,
            "toml" => Self::Policy,
            "rust" => Self::Rust,
            "rust,ignore" => Self::Example,
            "wit" => Self::World,
            "text" => Self::Output,
            "text,error" => Self::Errors,
            "text,picture" => Self::Picture,
            _ => return None,
        })
    }
}

/// All blocks of a page. One of a kind that no test knows is an error, and so is output that nothing printed.
pub(crate) fn of(page: &str) -> Result<Vec<Block<'_>>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let (mut start, mut open) = (0, None);
    for (index, line) in page.split_inclusive('\n').enumerate() {
        let end = start + line.len();
        match (open, line.trim_end().strip_prefix("```")) {
            (None, Some(info)) => {
                let kind = Kind::of(info)
                    .with_context(|| format!("line {}: no test runs a block of the kind `{info}`", index + 1))?;
                open = Some((kind, index + 1, end));
            }
            (Some((kind, line, from)), Some("")) => {
                let text = page.get(from..start).unwrap_or_default();
                blocks.push(Block { kind, line, text });
                open = None;
            }
            (None | Some(_), None) | (Some(_), Some(_)) => {}
        }
        start = end;
    }
    if let Some((_, line, _)) = open {
        bail!("line {line}: the block has no end");
    }
    check(&blocks)?;
    Ok(blocks)
}

fn check(blocks: &[Block<'_>]) -> Result<()> {
    let runs = |block: &Block<'_>| matches!(block.kind, Kind::Commands | Kind::Refused);
    for (index, block) in blocks.iter().enumerate() {
        let (before, after) = blocks.split_at(index);
        match block.kind {
            Kind::Output | Kind::Errors if !before.last().is_some_and(runs) => {
                bail!("line {}: output stands behind the commands that print it", block.line);
            }
            Kind::Python => {
                let name = program_name(block)?;
                if !after.iter().any(|later| runs(later) && later.text.contains(name)) {
                    bail!("line {}: no command runs {name}", block.line);
                }
            }
            Kind::Example => {
                let path = block.text.trim().strip_prefix("{{#include ").map(|path| path.trim_start_matches("../"));
                if !path.is_some_and(|path| path.starts_with("examples/") && path.ends_with(".rs}}")) {
                    bail!("line {}: Rust that the page does not compile includes a file of examples/", block.line);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The name that a program's first line gives it: `# NAME.py`.
pub(crate) fn program_name<'text>(block: &Block<'text>) -> Result<&'text str> {
    let name = block.text.lines().next().and_then(|line| line.strip_prefix("# "));
    let name = name.filter(|name| name.ends_with(".py") && !name.contains(['/', ' ']));
    name.with_context(|| format!("line {}: a program begins with `# NAME.py`", block.line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(page: &str) -> String {
        of(page).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn blocks_are_told_by_their_fence() -> Result<()> {
        let page = "a\n```sh\nrun x.py\n```\n\n```text\nshown\n```\n```text,picture\n->\n```\n";
        let kinds: Vec<_> = of(page)?.iter().map(|block| (block.kind, block.line, block.text)).collect();
        assert_eq!(
            kinds,
            [(Kind::Commands, 2, "run x.py\n"), (Kind::Output, 6, "shown\n"), (Kind::Picture, 9, "->\n")]
        );
        Ok(())
    }

    #[test]
    fn a_block_that_no_test_runs_is_an_error() {
        assert!(error("```js\nlet a;\n```\n").contains("line 1: no test runs a block of the kind `js`"));
        assert!(error("```\na\n```\n").contains("no test"));
        assert!(error("```sh\na\n").contains("no end"));
        assert!(error("```text\na\n```\n").contains("behind the commands"));
        assert!(error("```rust,ignore\nfn a() {}\n```\n").contains("includes a file"));
        assert!(error("```python\nprint()\n```\n").contains("begins with"));
        assert!(error("```python\n# a.py\n```\n```sh\nwasocket run b.py\n```\n").contains("no command runs a.py"));
    }
}
