//! Links inside the book: each leads to an existing page and heading.

use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::files;

/// Checks all pages of a folder; how many there are.
pub(super) fn check(folder: &Path) -> Result<usize> {
    let mut pages = BTreeMap::new();
    for path in files::walk(folder)? {
        if path.extension().is_some_and(|extension| extension == "html") && !path.ends_with("404.html") {
            pages.insert(path.clone(), String::from_utf8(files::read(&path)?)?);
        }
    }
    let anchors: BTreeMap<&Path, BTreeSet<&str>> =
        pages.iter().map(|(path, text)| (path.as_path(), values(text, "id").collect())).collect();
    let mut broken = Vec::new();
    for (path, text) in &pages {
        for link in values(text, "href").chain(values(text, "src")).filter(|link| is_inside(link)) {
            if !leads_somewhere(path, link, &anchors) {
                broken.push(format!("{}: {link}", path.strip_prefix(folder).unwrap_or(path).display()));
            }
        }
    }
    if !broken.is_empty() {
        bail!("{} links of the book lead nowhere:\n{}", broken.len(), broken.join("\n"));
    }
    Ok(pages.len())
}

fn leads_somewhere(page: &Path, link: &str, anchors: &BTreeMap<&Path, BTreeSet<&str>>) -> bool {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { page.to_path_buf() } else { beside(page, file) };
    match anchors.get(target.as_path()) {
        Some(known) => anchor.is_empty() || known.contains(anchor),
        None => target.is_file(),
    }
}

/// A relative path from a page, without its `..`.
fn beside(page: &Path, file: &str) -> PathBuf {
    let mut path = page.parent().unwrap_or(page).to_path_buf();
    for part in Path::new(file).components() {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path
}

/// The values of one attribute, as mdBook writes it: in double quotes.
fn values<'text>(html: &'text str, attribute: &str) -> impl Iterator<Item = &'text str> {
    let start = format!(" {attribute}=\"");
    let pieces: Vec<&str> = html.split(start.as_str()).skip(1).collect();
    pieces.into_iter().filter_map(|rest| rest.split('"').next())
}

fn is_inside(link: &str) -> bool {
    !link.contains(':') && !link.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lead_nowhere_are_found() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let page = r##"<a href="b/c.html#x"></a> <a href="#here" id="here"></a> <a href="https://a.test/"></a>"##;
        files::write(&folder.path().join("a.html"), page)?;
        files::write(&folder.path().join("b/c.html"), r#"<p id="x"><a href="../a.html">"#)?;
        assert_eq!(check(folder.path())?, 2);
        files::write(&folder.path().join("b/d.html"), r##"<a href="../e.html"> <a href="c.html#y">"##)?;
        let error = check(folder.path()).expect_err("two links").to_string();
        assert!(error.contains("b/d.html: ../e.html") && error.contains("b/d.html: c.html#y"), "{error}");
        Ok(())
    }
}
