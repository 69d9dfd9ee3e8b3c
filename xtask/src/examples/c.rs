//! C: wit-bindgen's bindings, and clang with wasi-libc as Zig has them; an adapter takes its WASI 0.1 to WASI 0.2.

use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;

use super::{Make, Maker, Task};
use crate::build::{self, Built};
use crate::progress::Step;
use crate::workspace::Workspace;
use crate::{command, files};

pub(super) const MAKER: Maker = Maker { version: "", prepare };

fn prepare(_step: &mut Step, workspace: &Workspace, built: &Built) -> Result<Make> {
    let compiler = built.tools.compilers.zig.compiler();
    let bindings = workspace.artefact("examples/c/bindings");
    generate(&workspace.path("wit"), &bindings)?;
    Ok(Box::new(move |step: &mut Step, task: Task<'_>| {
        let module = task.output.with_extension("module.wasm");
        command::run_quietly(step, compile(&compiler, &bindings, &task).arg("-o").arg(&module))?;
        files::write(task.output, build::encode_adapted(&module)?)
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

fn compile(compiler: &Path, bindings: &Path, task: &Task<'_>) -> Command {
    let mut clang = Command::new(compiler);
    clang.args(FLAGS).arg("-I").arg(bindings).arg("-I").arg(task.sources);
    clang.arg(task.sources.join(format!("{}.c", task.program)));
    clang.args(["command.c", "connect.c"].map(|name| task.sources.join(name)));
    clang.args(["wasocket.c", "wasocket_component_type.o"].map(|name| bindings.join(name)));
    clang
}

/// The contract's interfaces, by which the bindings call their functions.
const INTERFACES: [&str; 4] = ["types", "sockets", "netdb", "polling"];
/// Zig's own default is to check for undefined behaviour.
const FLAGS: [&str; 7] =
    ["-fno-sanitize=undefined", "-mexec-model=reactor", "-Wno-deprecated", "-Wall", "-Wextra", "-Werror", "-Oz"];
