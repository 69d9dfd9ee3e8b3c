//! Runs the blocks of the README and of the book: programs and commands against a server on a free port, policies through the
//! parser. Compares the output that a page shows.

pub(crate) mod blocks;

use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::server::Server;
use crate::workspace::Workspace;
use crate::{files, progress};
use blocks::{Block, Kind, program_name};

/// Runs all blocks of all pages.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let server = Server::start()?;
    let mut pages = 0;
    let mut count = 0;
    for name in names(workspace)? {
        let text = String::from_utf8(files::read(&workspace.path(&name))?)?;
        let text = on_port(text, server.port());
        let blocks = blocks::of(&text).with_context(|| name.clone())?;
        if blocks.is_empty() {
            continue;
        }
        let folder = workspace.artefact("doc-blocks").join(name.replace('/', "-"));
        files::remove_folder(&folder)?;
        files::create_folder(&folder)?;
        let mut page = Page { workspace, folder, shown: None };
        for block in &blocks {
            page.run(block).with_context(|| format!("{name}, line {}", block.line))?;
        }
        pages += 1;
        count += blocks.len();
        files::remove_folder(&page.folder)?;
    }
    progress::already("doc-blocks", &format!("{count} blocks of {pages} pages"));
    Ok(())
}

/// The README and all pages of the book.
fn names(workspace: &Workspace) -> Result<Vec<String>> {
    let mut names = vec!["README.md".to_owned()];
    for path in files::walk(&workspace.path("docs"))? {
        if path.extension().is_some_and(|extension| extension == "md") {
            names.push(path.strip_prefix(workspace.root())?.to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// A page whose blocks are run, in a folder of its own.
struct Page<'workspace> {
    workspace: &'workspace Workspace,
    folder: PathBuf,
    /// What the last commands printed.
    shown: Option<Output>,
}

impl Page<'_> {
    fn run(&mut self, block: &Block<'_>) -> Result<()> {
        match block.kind {
            Kind::Commands | Kind::Refused => self.commands(block),
            Kind::Python => files::write(&self.folder.join(program_name(block)?), block.text),
            Kind::Policy => {
                files::write(&self.folder.join("policy.toml"), block.text)?;
                let output = self.shell("wasocket policy check policy.toml")?;
                ensure!(output.status.success(), "this is no policy: {}", String::from_utf8_lossy(&output.stderr));
                Ok(())
            }
            Kind::World => self.world(block.text),
            Kind::Output => self.output(block.text),
            Kind::Errors => self.errors(block.text),
            // The rule `blocks` of tidy sees to it that rustdoc compiles it.
            Kind::Rust | Kind::Example | Kind::Picture => Ok(()),
        }
    }

    fn commands(&mut self, block: &Block<'_>) -> Result<()> {
        self.shown = None;
        let mut lines = String::new();
        for line in block.text.lines() {
            if !elsewhere(line)? {
                lines.push_str(line);
                lines.push('\n');
            }
        }
        if lines.is_empty() {
            return Ok(());
        }
        let output = self.shell(&lines)?;
        if output.status.success() != (block.kind == Kind::Commands) {
            bail!("{lines}ended with {} and printed\n{}", output.status, both(&output));
        }
        self.shown = Some(output);
        Ok(())
    }

    fn output(&self, expected: &str) -> Result<()> {
        let output = self.shown.as_ref().context("nothing was run before")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let lines =
            |text: &str| text.lines().map(|line| line.trim_end().to_owned()).filter(|l| !l.is_empty()).collect();
        let (expected, found): (Vec<String>, Vec<String>) = (lines(expected), lines(&text));
        ensure!(expected == found, "the page shows {expected:?}, but the commands printed {}", both(output));
        Ok(())
    }

    fn errors(&self, expected: &str) -> Result<()> {
        let output = self.shown.as_ref().context("nothing was run before")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        for wanted in expected.lines() {
            let found = errors.lines().any(|line| line == wanted || line.starts_with(&format!("{wanted}: ")));
            ensure!(found, "the page shows {wanted:?}, but the commands printed {}", both(output));
        }
        Ok(())
    }

    /// A world is one that the WIT of the contract makes sense of.
    fn world(&self, text: &str) -> Result<()> {
        let mut resolve = wit_parser::Resolve::default();
        resolve.push_dir(self.workspace.path("wit"))?;
        resolve.push_str("page.wit", &format!("package test:page;\n{text}"))?;
        Ok(())
    }

    /// Runs lines of a shell with the built commands first on `PATH`.
    fn shell(&self, lines: &str) -> Result<Output> {
        let found = std::env::var_os("PATH").unwrap_or_default();
        let built = [self.workspace.target().join("release"), self.workspace.artefacts()];
        let path = std::env::join_paths(built.into_iter().chain(std::env::split_paths(&found)))?;
        let mut shell = Command::new("sh");
        shell.args(["-e", "-c", lines]).current_dir(&self.folder).env("PATH", path).stdin(Stdio::null());
        shell.env("EXAMPLES", self.workspace.artefact("examples/rust"));
        shell.env("COMPONENT", self.workspace.artefact("component-test-alone.wasm"));
        shell.output().context("cannot start sh")
    }
}

/// A page about a server on another port than the one that is written there.
fn on_port(mut text: String, port: u16) -> String {
    for host in ["127.0.0.1:", "127.0.0.1\", ", "127.0.0.1 ", "localhost:"] {
        text = text.replace(&format!("{host}8000"), &format!("{host}{port}"));
    }
    text
}

/// Whether another step runs this line: a task of this repository, which has to exist.
fn elsewhere(line: &str) -> Result<bool> {
    if line.starts_with("cargo run ") {
        ensure!(line.ends_with(" --example embed"), "no step runs `{line}`");
        return Ok(true);
    }
    let words = line.split('#').next().unwrap_or(line).split_whitespace();
    if !line.starts_with("cargo xtask ") {
        return Ok(false);
    }
    crate::is_task(words.skip(1)).with_context(|| format!("`{line}` is no task"))?;
    Ok(true)
}

fn both(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
