//! C: wit-bindgen's bindings, clang, and Debian's wasi-libc, whose WASI 0.1 an adapter takes to WASI 0.2.

use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as ADAPTER,
};
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;
use wit_component::ComponentEncoder;

use super::{Make, Maker, Task};
use crate::build::Built;
use crate::progress::Step;
use crate::setup::clang;
use crate::workspace::Workspace;
use crate::{command, files};

pub(super) const MAKER: Maker = Maker { version: "", prepare };

fn prepare(_step: &mut Step, workspace: &Workspace, _built: &Built) -> Result<Make> {
    let compiler = clang::with_libc()?;
    let bindings = workspace.artefact("examples/c/bindings");
    generate(&workspace.path("wit"), &bindings)?;
    Ok(Box::new(move |step: &mut Step, task: Task<'_>| {
        let module = task.output.with_extension("module.wasm");
        command::run_quietly(step, compile(compiler, &bindings, &task).arg("-o").arg(&module))?;
        files::write(task.output, encode(&module)?)
    }))
}

/// `wit-bindgen c`: a header, its functions, and an object file with the world's type.
fn generate(contract: &Path, folder: &Path) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(contract).context("the contract's WIT cannot be read")?;
    let world = resolve.select_world(&[package], Some("command"))?;
    let rename = INTERFACES.map(|name| (format!("wasocket:socket/{name}@0.1.0"), name.to_owned())).to_vec();
    let options = wit_bindgen_c::Opts { rename, rename_world: Some("wasocket".to_owned()), ..Default::default() };
    let mut generated = Files::default();
    options.build().generate(&mut resolve, world, &mut generated)?;
    for (name, contents) in generated.iter() {
        files::write(&folder.join(name), contents)?;
    }
    Ok(())
}

fn compile(compiler: &str, bindings: &Path, task: &Task<'_>) -> Command {
    let mut clang = Command::new(compiler);
    clang.args(FLAGS).arg("-I").arg(bindings).arg("-I").arg(task.sources);
    clang.arg(task.sources.join(format!("{}.c", task.program)));
    clang.args(["command.c", "connect.c"].map(|name| task.sources.join(name)));
    clang.args(["wasocket.c", "wasocket_component_type.o"].map(|name| bindings.join(name)));
    clang
}

/// `wasm-tools component new --adapt`.
fn encode(module: &Path) -> Result<Vec<u8>> {
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.validate(true).module(&files::read(module)?)?.adapter(ADAPTER_NAME, ADAPTER)?;
    encoder.encode().with_context(|| format!("{} does not encode as a component", module.display()))
}

/// The contract's interfaces, by which the bindings call their functions.
const INTERFACES: [&str; 4] = ["types", "sockets", "netdb", "polling"];
/// The target by the name that Debian's folders have.
const FLAGS: [&str; 8] = [
    "--target=wasm32-wasi",
    "--sysroot=/usr",
    "-mexec-model=reactor",
    "-Wno-deprecated",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Oz",
];
