//! The README's program and commands, run as they stand, but against a server on a free port.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::server::{self, Server};
use crate::workspace::Workspace;
use crate::{files, progress};

/// Runs what the README shows, in a folder of its own.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let readme = String::from_utf8(files::read(&workspace.path("README.md"))?)?;
    let folder = workspace.artefact("readme");
    files::remove_folder(&folder)?;
    let [program] = blocks(&readme, "python")[..] else { bail!("README.md should show one Python program") };
    files::write(&folder.join(PROGRAM), program)?;

    let server = Server::start()?;
    let shown = blocks(&readme, "sh").into_iter().filter(|block| block.contains(ADDRESS));
    let commands: Vec<String> = shown.map(|block| block.replace(ADDRESS, &server.address())).collect();
    if commands.is_empty() {
        bail!("README.md shows no command that fetches from {ADDRESS}");
    }
    for command in &commands {
        expect_page(command, &shell(workspace, &folder, command)?)?;
    }
    expect_denial(workspace, &folder, &readme, &server)?;
    progress::already("README.md", &format!("{} blocks of commands and the message of a denial", commands.len()));
    Ok(())
}

/// The message that the README quotes is the one that a run without a rule gives.
fn expect_denial(workspace: &Workspace, folder: &Path, readme: &str, server: &Server) -> Result<()> {
    let quoted = blocks(readme, "text").into_iter().find(|block| block.starts_with("wasocket: "));
    let quoted = quoted.context("README.md should quote the message of a denial")?.replace(ADDRESS, &server.address());
    let output = shell(workspace, folder, &format!("wasocket run {PROGRAM} {}", server.url()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || !errors.lines().any(|line| line == quoted.trim_end()) {
        bail!("README.md quotes\n{quoted}but a run without a rule says\n{errors}");
    }
    Ok(())
}

fn expect_page(command: &str, output: &Output) -> Result<()> {
    let text = String::from_utf8_lossy(&output.stdout);
    let page = format!("200 {}", server::PAGE);
    if !output.status.success() || text.lines().filter(|line| !line.is_empty()).ne([page.as_str()]) {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!(
            "README.md's\n{command}should print `{page}`, but ended with {} and printed\n{text}{errors}",
            output.status
        );
    }
    Ok(())
}

/// Runs lines of a shell with the built commands first on `PATH`.
fn shell(workspace: &Workspace, folder: &Path, lines: &str) -> Result<Output> {
    let found = std::env::var_os("PATH").unwrap_or_default();
    let built = [workspace.target().join("release"), workspace.artefacts()];
    let path = std::env::join_paths(built.into_iter().chain(std::env::split_paths(&found)))?;
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", lines]).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    shell.output().context("cannot start sh")
}

/// The fenced blocks of one language.
fn blocks<'text>(markdown: &'text str, language: &str) -> Vec<&'text str> {
    let fence = format!("```{language}\n");
    let blocks = markdown.split(&fence).skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).collect()
}

/// The file name that the README gives its program.
const PROGRAM: &str = "fetch.py";
/// The server of the README's commands.
const ADDRESS: &str = "127.0.0.1:8000";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_told_by_their_language() {
        let markdown = "a\n```sh\none\n```\nb\n```python\ntwo\n```\n```sh\nthree\n```\n";
        assert_eq!(blocks(markdown, "sh"), ["one\n", "three\n"]);
        assert_eq!(blocks(markdown, "python"), ["two\n"]);
        assert!(blocks(markdown, "rust").is_empty());
    }
}
