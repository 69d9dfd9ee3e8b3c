//! The book: the pages of docs/ and the reference made from wit/, built by mdBook into target/.

mod contract;
mod links;
mod outside;
mod picture;

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

use crate::progress::{self, Step};
use crate::setup::mdbook;
use crate::workspace::Workspace;
use crate::{command, files};

/// Builds the book; a link that leads nowhere is an error.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let tool = mdbook::find_or_install(workspace)?;
    let (source, html) = (workspace.artefact("book/source"), workspace.artefact("book/html"));
    let mut step = Step::start("book");
    assemble(workspace, &source)?;
    files::remove_folder(&html)?;
    command::run_quietly(&mut step, Command::new(tool).arg("build").arg(&source).arg("--dest-dir").arg(&html))?;
    let pages = links::check(&html)?;
    step.finish("");
    progress::already("book", &format!("{pages} pages in {}", html.display()));
    Ok(())
}

/// The folder that mdBook reads: docs/ as it stands, but for what leads out of it, and the reference.
fn assemble(workspace: &Workspace, source: &Path) -> Result<()> {
    files::remove_folder(source)?;
    let docs = workspace.path("docs");
    files::copy_folder(&docs, source)?;
    for path in files::walk(source)? {
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = String::from_utf8(files::read(&path)?)?;
            let text = outside::included(&text, workspace.root())?;
            let text = picture::shown(&text, &workspace.artefact(""), source)?;
            let page = Path::new("docs").join(path.strip_prefix(source)?);
            let text = outside::as_text(&text, workspace.root(), page.parent().unwrap_or(&page))
                .with_context(|| page.display().to_string())?;
            files::write(&path, text)?;
        }
    }
    let pages = contract::pages(&workspace.path("wit"))?;
    let mut entries = String::new();
    for page in &pages {
        files::write(&source.join(&page.path), &page.text)?;
        entries.push_str(&format!("  - [{}]({})\n", page.title, page.path));
    }
    let summary = source.join("SUMMARY.md");
    let text = String::from_utf8(files::read(&summary)?)?;
    let Some((before, after)) = text.split_once(PLACE) else { bail!("docs/SUMMARY.md has no line {PLACE:?}") };
    files::write(&summary, format!("{before}{PLACE}{entries}{after}"))
}

/// What the pages of the reference come after.
const PLACE: &str = "- [The contract in WIT](contract.md)\n";
