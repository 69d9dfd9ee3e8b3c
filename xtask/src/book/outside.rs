//! Links from docs/ to other files of the repository: on a page of the book they are text that names the file.

use anyhow::{Result, bail};
use std::path::Path;

use crate::files;

/// The Markdown of a page in `folder` with every `[label](../file)` that leaves docs/ as its label and the file's name. The
/// file has to be there.
pub(super) fn as_text(markdown: &str, root: &Path, folder: &Path) -> Result<String> {
    let mut text = String::new();
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once("](../") {
        let (Some((lead, label)), Some((target, behind))) = (before.rsplit_once('['), after.split_once(')')) else {
            bail!("`](../` is not in a link of one line");
        };
        let mut place = folder.parent().unwrap_or(folder);
        let mut path = target.split('#').next().unwrap_or(target);
        while let Some(up) = path.strip_prefix("../") {
            (place, path) = (place.parent().unwrap_or(place), up);
        }
        let place = place.join(path);
        text.push_str(lead);
        if place.starts_with("docs") {
            text.push_str(&format!("[{label}](../{target})"));
        } else if !root.join(&place).exists() {
            bail!("it leads to ../{target}, which is not there");
        } else if Path::new(label.trim_matches('`')) == place {
            text.push_str(&format!("`{}`", place.display()));
        } else {
            text.push_str(&format!("{label} (`{}`)", place.display()));
        }
        rest = behind;
    }
    text.push_str(rest);
    Ok(text)
}

/// The Markdown with every line `{{#include ../file}}` as the file's text.
pub(super) fn included(markdown: &str, root: &Path) -> Result<String> {
    let mut text = String::new();
    for line in markdown.split_inclusive('\n') {
        let path = line.trim().strip_prefix("{{#include ").and_then(|rest| rest.strip_suffix("}}"));
        match path {
            Some(path) => {
                text.push_str(&String::from_utf8(files::read(&root.join(path.trim_start_matches("../")))?)?);
            }
            None => text.push_str(line),
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_repository_are_named() -> Result<()> {
        let root = tempfile::tempdir()?;
        files::write(&root.path().join("a/b.rs"), "")?;
        let page = "See [b](../a/b.rs#x), [a/b.rs](../a/b.rs) and [c](c.md).";
        let text = as_text(page, root.path(), Path::new("docs"))?;
        assert_eq!(text, "See b (`a/b.rs`), `a/b.rs` and [c](c.md).");
        let text = as_text("[a](../../a/b.rs), [c](../c.md)", root.path(), Path::new("docs/start"))?;
        assert_eq!(text, "a (`a/b.rs`), [c](../c.md)");
        let error = as_text("[b](../a/c.rs)", root.path(), Path::new("docs")).expect_err("no such file").to_string();
        assert!(error.contains("../a/c.rs"), "{error}");
        Ok(())
    }
}
