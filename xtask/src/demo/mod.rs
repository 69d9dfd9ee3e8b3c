//! `cargo xtask demo`: a stock Python program fetches a page from a real server, in WebAssembly.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use crate::build::{self, Built};
use crate::command;
use crate::server::{self, Server};
use crate::workspace::Workspace;

/// Builds what is missing, then shows and checks three runs.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let built = build::run(workspace)?;
    let server = Server::start()?;
    eprintln!("\nA real HTTP server listens on {}", server.url());
    allowed(workspace, &built, &server)?;
    denied(workspace, &built, &server)?;
    plain_wasmtime(workspace, &built, &server)?;
    println!("\nAll three went as they should.");
    Ok(())
}

/// Our host, with a rule that allows just this server.
fn allowed(workspace: &Workspace, built: &Built, server: &Server) -> Result<()> {
    println!("\n1. Under wasocket's own host, with a rule for this one server:");
    let mut wasocket = typed(workspace, &built.wasocket);
    wasocket.args(["run", "--allow-outbound", &server.rule(), PROGRAM, &server.url()]);
    expect_page(&show(&mut wasocket)?)
}

/// Our host, without a rule: Python sees a `PermissionError`, its user the flag to add.
fn denied(workspace: &Workspace, built: &Built, server: &Server) -> Result<()> {
    println!("\n2. The same without the rule: Python sees a PermissionError, and wasocket says what would allow it:");
    let mut wasocket = typed(workspace, &built.wasocket);
    let output = show(wasocket.args(["run", PROGRAM, &server.url()]))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || !errors.contains("PermissionError") {
        bail!("without a rule this should have ended in a PermissionError");
    }
    let advice = format!("--allow-outbound {}", server.rule());
    let advised = |line: &str| line.starts_with("wasocket:") && line.contains(&advice);
    if errors.lines().filter(|line| advised(line)).count() != 1 {
        bail!("wasocket should have said once, on a line of its own, that `{advice}` would allow it");
    }
    Ok(())
}

/// Another host: the program and Python in one component that imports only WASI.
fn plain_wasmtime(workspace: &Workspace, built: &Built, server: &Server) -> Result<()> {
    println!("\n3. As one component, under plain wasmtime:");
    let component = relative(workspace, &workspace.artefact("fetch.wasm"));
    let mut build = typed(workspace, &built.wasocket);
    let output = show(build.args(["build", PROGRAM, "-o"]).arg(&component))?;
    if !output.status.success() {
        bail!("`wasocket build` failed with {}", output.status);
    }
    let mut wasmtime = typed(workspace, &built.tools.wasmtime);
    wasmtime.args(["run", "-S", "inherit-network", "-S", "allow-ip-name-lookup"]);
    expect_page(&show(wasmtime.arg(&component).arg(server.url()))?)
}

fn expect_page(output: &Output) -> Result<()> {
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || text.lines().ne(["200 OK", server::PAGE]) {
        bail!("this should have printed `200 OK` and the page `{}`", server::PAGE);
    }
    Ok(())
}

/// A command in the repository's root, named as one would type it there.
fn typed(workspace: &Workspace, program: &Path) -> Command {
    let mut command = Command::new(relative(workspace, program));
    command.current_dir(workspace.root());
    command
}

fn relative(workspace: &Workspace, path: &Path) -> PathBuf {
    path.strip_prefix(workspace.root()).unwrap_or(path).to_path_buf()
}

/// Prints a command line, runs it, and prints what it printed.
fn show(command: &mut Command) -> Result<Output> {
    println!("\n$ {}", command::line(command));
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    print!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("[{}, {:.1} s]", output.status, started.elapsed().as_secs_f32());
    Ok(output)
}

const PROGRAM: &str = "examples/fetch.py";
