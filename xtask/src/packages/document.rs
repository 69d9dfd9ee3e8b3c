//! `docs/packages.md`, made from the recorded results.

use anyhow::Result;
use std::fmt::Write;

use super::record::Record;
use super::session;
use crate::files;
use crate::workspace::Workspace;

/// Writes the document.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    files::write(&workspace.path(FILE), render(workspace, &Record::load(workspace)?)?)
}

fn render(workspace: &Workspace, record: &Record) -> Result<String> {
    let mut text = include_str!("introduction.md").to_owned();
    let same = record.sessions.values().filter(|cause| cause.is_none()).count();
    write!(text, "\n## Sessions\n\n{same} of {} sessions are the same.\n\n", record.sessions.len())?;
    text.push_str("| session | releases | outcome |\n|---|---|---|\n");
    for session in session::find_all(&workspace.path(session::FOLDER))? {
        let Some(cause) = record.sessions.get(&session.name) else { continue };
        let outcome = cause.as_ref().map_or_else(|| "the same".to_owned(), |cause| format!("differs: {cause}"));
        writeln!(text, "| {} | {} | {outcome} |", session.name, session.needs.asked())?;
    }
    if !record.suites.is_empty() {
        text.push_str("\n## Suites\n\n| suite | passed natively | passed on wasocket | why the rest does not |\n|---|---:|---:|---|\n");
    }
    for suite in record.suites.values() {
        let causes: Vec<String> = suite.causes.iter().map(|(cause, number)| format!("{cause}: {number}")).collect();
        writeln!(text, "| {} | {} | {} | {} |", suite.release, suite.native, suite.guest, causes.join("<br>"))?;
    }
    Ok(text)
}

const FILE: &str = "docs/packages.md";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_of_the_recorded_results() -> Result<()> {
        let workspace = Workspace::find()?;
        let written = String::from_utf8(files::read(&workspace.path(FILE))?)?;
        assert_eq!(written, render(&workspace, &Record::load(&workspace)?)?);
        Ok(())
    }

    #[test]
    fn every_session_has_a_result() -> Result<()> {
        let workspace = Workspace::find()?;
        let sessions = session::find_all(&workspace.path(session::FOLDER))?;
        let record = Record::load(&workspace)?;
        let mut names: Vec<String> = sessions.into_iter().map(|session| session.name).collect();
        names.sort_unstable();
        assert_eq!(names, record.sessions.into_keys().collect::<Vec<_>>());
        Ok(())
    }
}
