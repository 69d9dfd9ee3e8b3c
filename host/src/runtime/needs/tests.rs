//! Components with threads and without, and what is none.

use std::io::Cursor;

use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction, Module, RefType, TableSection, TableType, TypeSection, ValType,
};

use crate::build::compose::componentize;

/// A command whose `run` has this body.
pub(crate) fn command(body: &[Instruction<'_>]) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut exports = ExportSection::new();
    exports.export("wasi:cli/run@0.2.12#run", ExportKind::Func, 0);
    let mut code = CodeSection::new();
    code.function(&function(body));
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&exports).section(&code);
    componentize(module.finish(), WORLD).unwrap()
}

/// A command that starts a thread with this body, and goes on in it. The thread ends the program by a trap.
pub(crate) fn command_with_a_thread(body: &[Instruction<'_>]) -> Vec<u8> {
    command_with_threads(&START_AND_GO_ON, body)
}

/// A command with these bodies of its `run` and of the threads that it starts.
pub(crate) fn command_with_threads(run_body: &[Instruction<'_>], thread_body: &[Instruction<'_>]) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    types.ty().function([ValType::I32, ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32], []);
    let mut imports = ImportSection::new();
    imports.import("$root", "[thread-new-indirect-v0]", EntityType::Function(1));
    imports.import("$root", "[thread-suspend-then-resume]", EntityType::Function(2));
    let mut functions = FunctionSection::new();
    functions.function(0).function(3);
    let (run, thread) = (2, 3);
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 1,
        maximum: Some(1),
        shared: false,
    });
    let mut exports = ExportSection::new();
    exports.export("wasi:cli/run@0.2.12#run", ExportKind::Func, run);
    exports.export("__indirect_function_table", ExportKind::Table, 0);
    let mut elements = ElementSection::new();
    elements.active(None, &ConstExpr::i32_const(0), Elements::Functions([thread].as_slice().into()));
    let mut code = CodeSection::new();
    code.function(&function(run_body));
    code.function(&function(thread_body));
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&tables);
    module.section(&exports).section(&elements).section(&code);
    componentize(module.finish(), WORLD).unwrap()
}

/// Makes a thread, and goes on in it: what is left is the answer of the switch.
pub(crate) const START_AND_GO_ON: [Instruction<'_>; 4] =
    [Instruction::I32Const(0), Instruction::I32Const(7), Instruction::Call(0), Instruction::Call(1)];

fn function(body: &[Instruction<'_>]) -> Function {
    let mut function = Function::new([]);
    body.iter().chain([&Instruction::End]).for_each(|instruction| {
        function.instruction(instruction);
    });
    function
}

const WORLD: &str = "package test:test; world command { export wasi:cli/run@0.2.12; }";

fn threads(component: &[u8]) -> bool {
    super::threads(Cursor::new(component)).unwrap()
}

#[test]
fn threads_are_found() {
    let component = command_with_a_thread(&[Instruction::Unreachable]);
    assert!(threads(&component));
    assert!(!threads(&command(&[Instruction::I32Const(0)])));
    assert!(!threads(b"") && !threads(b"#!/bin/sh"));
    // Where a file ends early, what is there counts.
    let found: Vec<_> = (0..component.len()).map(|length| threads(&component[..length])).collect();
    assert!(found.is_sorted() && found.contains(&false) && found.contains(&true));
}

#[test]
fn threads_are_found_inside_another_component() {
    for (inner, has_threads) in
        [(command_with_a_thread(&[Instruction::Unreachable]), true), (command(&[Instruction::I32Const(0)]), false)]
    {
        let mut outer = wasm_encoder::Component::new();
        // As long as what is read at once, so that some of the module has not been read when it is passed over.
        outer.section(&wasm_encoder::CustomSection { name: "long".into(), data: vec![0; 4000].into() });
        outer.section(&wasm_encoder::RawSection { id: 4, data: &inner });
        assert_eq!(threads(&outer.finish()), has_threads);
    }
}
