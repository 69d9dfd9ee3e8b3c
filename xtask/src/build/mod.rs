//! `cargo xtask build`: everything that users and tests run, each piece only if its inputs changed.

pub(crate) mod bench_composed;
pub(crate) mod bench_rust;
mod component;
mod component_test;
pub(crate) mod cpython;
mod examples;
mod extension;
mod front_ends;
mod guest;
mod host;
pub(crate) mod interpreter;
pub(crate) mod paths;
mod raw;
mod sections;

use anyhow::Result;
use clap::ValueEnum;
use std::path::PathBuf;

use crate::parallel::beside;
use crate::setup::{self, Tools};
use crate::workspace::Workspace;

pub(crate) use component::encode_adapted;
pub(crate) use examples::NAMES as EXAMPLES;
pub(crate) use guest::{Call, Guest, cargo_for};
pub(crate) use interpreter::Interpreter;

/// What the build leaves behind.
pub(crate) struct Built {
    pub(crate) tools: Tools,
    /// The `wasocket` command; its interpreters lie beside it.
    pub(crate) wasocket: PathBuf,
}

/// A piece to build, with those it is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Piece {
    /// `wasocket.wasm`, for components in any language
    Component,
    /// The same over our host's network
    ComponentHost,
    /// A command that uses `wasocket.wasm` and checks it
    ComponentTest,
    /// A command that executes scripts of calls on plain `wasi:sockets`
    RawGuest,
    /// A command that executes scripts of calls on the contract's interface `host`
    RawHostGuest,
    /// Commands that make the calls of a table, each through one front end
    FrontEnds,
    /// The Rust examples
    Examples,
    /// The benchmark's contenders in Rust, but for the native one
    BenchRust,
    /// The CPython extension, for componentize-py
    Extension,
    /// Python as a component, with the sockets inside
    Interpreter,
    /// The same with threads, for `wasocket build --threads`
    InterpreterThreads,
    /// The first over our host's network
    InterpreterHost,
    /// The same with threads, which `wasocket run` uses
    InterpreterHostThreads,
}

/// Which network a guest reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// `wasi:sockets`, of any host.
    Wasi,
    /// Our host's own.
    Host,
}

/// What shows what a host can do, and what is made from it.
pub(crate) struct Probes {
    /// `wasocket.wasm`.
    pub(crate) component: PathBuf,
    /// A command that checks all of the contract, with `wasocket.wasm` inside.
    pub(crate) portable: PathBuf,
    /// The `wasocket` command.
    pub(crate) wasocket: PathBuf,
}

/// The probes; the `wasocket` command is what the step `build` has left.
pub(crate) fn probes(workspace: &Workspace, tools: &Tools) -> Result<Probes> {
    Ok(Probes {
        component: component::build(workspace, tools, Backend::Wasi)?,
        portable: component_test::build(workspace, tools)?,
        wasocket: workspace.target().join("release/wasocket"),
    })
}

/// `wasocket.wasm`, over WASI and over our host's network.
pub(crate) fn components(workspace: &Workspace, tools: &Tools) -> Result<[PathBuf; 2]> {
    Ok([component::build(workspace, tools, Backend::Wasi)?, component::build(workspace, tools, Backend::Host)?])
}

/// The extension that needs nothing but WASI 0.2.
pub(crate) fn portable_extension(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    extension::build(workspace, tools, Backend::Wasi)
}

/// Sets up what is missing and builds all that a user runs.
pub(crate) fn run(workspace: &Workspace) -> Result<Built> {
    let tools = setup::run(workspace)?;
    eprintln!("Building");
    let (interpreters, others) = beside(
        || interpreter::build(workspace, &tools, &Interpreter::ALL),
        || anyhow::Ok((components(workspace, &tools)?, host::compile(workspace)?)),
    );
    let (interpreters, (components, wasocket)) = (interpreters?, others?);
    host::complete(workspace, &wasocket, &components, &interpreters)?;
    Ok(Built { tools, wasocket })
}

/// Sets up what is missing and builds all, and what only tests run.
pub(crate) fn run_with_tests(workspace: &Workspace) -> Result<Built> {
    let built = run(workspace)?;
    setup::clients::run(workspace)?;
    component_test::build(workspace, &built.tools)?;
    raw::build(workspace, &built.tools, Backend::Wasi)?;
    raw::build(workspace, &built.tools, Backend::Host)?;
    front_ends::build(workspace, &built.tools)?;
    examples::build(workspace, &built.tools)?;
    Ok(built)
}

/// Sets up what is missing and builds one piece.
pub(crate) fn run_one(workspace: &Workspace, piece: Piece) -> Result<()> {
    let tools = setup::run(workspace)?;
    eprintln!("Building");
    match piece {
        Piece::Component => component::build(workspace, &tools, Backend::Wasi).map(drop),
        Piece::ComponentHost => component::build(workspace, &tools, Backend::Host).map(drop),
        Piece::ComponentTest => component_test::build(workspace, &tools).map(drop),
        Piece::RawGuest => raw::build(workspace, &tools, Backend::Wasi).map(drop),
        Piece::RawHostGuest => raw::build(workspace, &tools, Backend::Host).map(drop),
        Piece::FrontEnds => front_ends::build(workspace, &tools).map(drop),
        Piece::Examples => examples::build(workspace, &tools).map(drop),
        Piece::BenchRust => {
            bench_rust::build(workspace, &tools, Backend::Wasi)?;
            bench_rust::build(workspace, &tools, Backend::Host)?;
            bench_composed::build(workspace, &tools).map(drop)
        }
        Piece::Extension => extension::build(workspace, &tools, Backend::Wasi).map(drop),
        Piece::Interpreter => interpreter::build(workspace, &tools, &[Interpreter::Portable]).map(drop),
        Piece::InterpreterThreads => interpreter::build(workspace, &tools, &[Interpreter::Threads]).map(drop),
        Piece::InterpreterHost => interpreter::build(workspace, &tools, &[Interpreter::Host]).map(drop),
        Piece::InterpreterHostThreads => interpreter::build(workspace, &tools, &[Interpreter::HostThreads]).map(drop),
    }
}
