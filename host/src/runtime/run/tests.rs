//! How a command's end is told: exit statuses, traps, and components that cannot run at all.

use std::path::Path;

use wasm_encoder::{
    BlockType, CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    Instruction, Module, TypeSection, ValType,
};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::run;
use crate::build::compose::componentize;
use crate::error::{Error, Result};
use crate::policy::{Network, Policy};
use crate::runtime::guest::Grants;
use crate::runtime::host::Host;
use crate::runtime::needs::tests::{START_AND_GO_ON, command_with_threads};
use crate::signals::Signal;

/// A module whose `run` has this body, and which imports `f` of these interfaces.
fn module(imports: &[&str], body: &[Instruction<'_>]) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    types.ty().function([], []);
    let mut import_section = ImportSection::new();
    for name in imports {
        import_section.import(name, "f", EntityType::Function(1));
    }
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut exports = ExportSection::new();
    let index = u32::try_from(imports.len()).unwrap();
    exports.export("wasi:cli/run@0.2.12#run", ExportKind::Func, index);
    let mut function = Function::new([]);
    for instruction in body {
        function.instruction(instruction);
    }
    function.instruction(&Instruction::End);
    let mut code = CodeSection::new();
    code.function(&function);
    let mut module = Module::new();
    module.section(&types).section(&import_section).section(&functions).section(&exports).section(&code);
    module.finish()
}

fn command(body: &[Instruction<'_>]) -> Vec<u8> {
    let world = "package test:test; world command { export wasi:cli/run@0.2.12; }";
    componentize(module(&[], body), world).unwrap()
}

fn end_of(component: &[u8]) -> Result<u8> {
    end_on(&crate::engine::new().unwrap(), component)
}

fn end_on(engine: &Engine, component: &[u8]) -> Result<u8> {
    let component = Component::new(engine, component).unwrap();
    let grants = Grants::new(Network::new(Policy::new(), |_| ()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run(&component, Path::new("app.wasm"), "app", grants))
}

#[test]
fn the_result_of_run_is_the_status() {
    assert_eq!(end_of(&command(&[Instruction::I32Const(0)])).unwrap(), 0);
    assert_eq!(end_of(&command(&[Instruction::I32Const(1)])).unwrap(), 1);
}

#[test]
fn a_trap_is_one_line_and_its_backtrace_apart() {
    let error = end_of(&command(&[Instruction::Unreachable])).unwrap_err();
    assert_eq!(error.to_string(), "app trapped: wasm `unreachable` instruction executed");
    assert!(matches!(error, Error::Trap { backtrace, .. } if backtrace.contains("wasm backtrace")));
}

/// Threads that only exist, and threads that have begun and wait.
#[test]
fn threads_have_a_limit() {
    let engine = crate::engine::with_threads().unwrap();
    let end = |run: &[_], thread: &[_]| {
        end_on(&engine, &command_with_threads(run, thread)).map_err(|error| error.to_string())
    };
    let too_many = Err("app trapped: it has too many threads or resources at once".to_owned());
    let make = [Instruction::I32Const(0), Instruction::I32Const(7), Instruction::Call(0), Instruction::Drop];
    let again_and_again: Vec<_> = [Instruction::Loop(BlockType::Empty)]
        .into_iter()
        .chain(make.clone())
        .chain([Instruction::Br(0), Instruction::End, Instruction::I32Const(0)])
        .collect();
    assert_eq!(end(&again_and_again, &[]), too_many);
    let go_on_in_another: Vec<_> = START_AND_GO_ON.into_iter().chain([Instruction::Drop]).collect();
    assert_eq!(end(&START_AND_GO_ON, &go_on_in_another), too_many);
    // The control: as many as a program of the interpreter may have.
    let some: Vec<_> = (0..2048).flat_map(|_| make.clone()).chain([Instruction::I32Const(0)]).collect();
    assert_eq!(end(&some, &[]), Ok(0));
}

#[test]
fn a_component_that_is_no_command_is_named() {
    let error = end_of(b"\0asm\x0d\0\x01\0").unwrap_err();
    assert_eq!(error.to_string(), "app.wasm is not a command: it does not export wasi:cli/run@0.2");
}

/// A command that imports `f` of `a`, `b`, … of package `far:away`.
fn needing(interfaces: &[&str]) -> Vec<u8> {
    needing_of("far:away", interfaces)
}

fn needing_of(package: &str, interfaces: &[&str]) -> Vec<u8> {
    let names: Vec<_> = interfaces.iter().map(|name| format!("{package}/{name}@1.2.3")).collect();
    let imports: String = names.iter().map(|name| format!("import {name};")).collect();
    let declared: String = interfaces.iter().map(|name| format!("interface {name} {{ f: func(); }}")).collect();
    let world = format!(
        "package test:test; package {package}@1.2.3 {{ {declared} }} world command {{ {imports} export wasi:cli/run@0.2.12; }}"
    );
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let calls = (0u32..).take(names.len()).map(Instruction::Call);
    let body: Vec<_> = calls.chain([Instruction::I32Const(0)]).collect();
    componentize(module(&names, &body), &world).unwrap()
}

#[test]
fn the_first_few_missing_imports_are_named() {
    let error = end_of(&needing(&["a"])).unwrap_err().to_string();
    assert_eq!(error, "app.wasm needs what this host does not provide: far:away/a@1.2.3");
    let error = end_of(&needing(&["a", "b", "c", "d", "e"])).unwrap_err().to_string();
    assert!(error.ends_with("far:away/a@1.2.3, far:away/b@1.2.3, far:away/c@1.2.3 and 2 more"), "{error}");
}

#[test]
fn a_component_that_was_not_composed_is_told_what_it_lacks() {
    let error = end_of(&needing_of("wasocket:socket", &["sockets", "netdb"])).unwrap_err().to_string();
    let named = "wasocket:socket/sockets@1.2.3, wasocket:socket/netdb@1.2.3";
    assert_eq!(error, format!("app.wasm needs what this host does not provide: {named}"));
}

#[test]
fn a_signal_that_nobody_catches_ends_a_guest_that_computes() {
    let host = Host::builder().build().unwrap();
    let endless = [Instruction::Loop(BlockType::Empty), Instruction::Br(0), Instruction::End, Instruction::Unreachable];
    let program = host.load("app", &command(&endless)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (signal, status) in [(Signal::TERMINATE, 143), (Signal::HANG_UP, 129)] {
        let grants = Grants::new(Network::new(Policy::new(), |_| ()));
        let signals = grants.signals.clone();
        let stop = async {
            signals.send(Signal::WINDOW);
            signals.send(signal);
            std::future::pending::<()>().await;
        };
        let ended = runtime.block_on(async {
            tokio::select! {
                biased;
                ended = host.run(&program, grants) => ended,
                () = stop => unreachable!(),
            }
        });
        assert_eq!(ended.unwrap(), status);
    }
}
