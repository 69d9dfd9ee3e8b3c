//! Small components, composed correctly and wrongly.

use super::Composition;
use crate::build::compose::componentize;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection, Instruction, Module,
    TypeSection, ValType,
};

/// A component whose functions are all called `f`: it imports some interfaces, and exports others, which call nothing. With
/// `result`, those it exports answer a number.
fn component(imports: &[&str], exports: &[&str], result: bool) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([], [ValType::I32]);
    let (mut import_section, mut functions) = (ImportSection::new(), FunctionSection::new());
    let (mut export_section, mut code) = (ExportSection::new(), CodeSection::new());
    for name in imports {
        import_section.import(name, "f", EntityType::Function(0));
    }
    for (index, name) in (imports.len()..).zip(exports) {
        functions.function(u32::from(result));
        let mut body = Function::new([]);
        if result {
            body.instruction(&Instruction::I32Const(7));
        }
        body.instruction(&Instruction::End);
        code.function(&body);
        export_section.export(&format!("{name}#f"), ExportKind::Func, u32::try_from(index).unwrap());
    }
    let mut module = Module::new();
    module.section(&types).section(&import_section).section(&functions).section(&export_section).section(&code);
    componentize(module.finish(), &world(imports, exports, result)).unwrap()
}

fn world(imports: &[&str], exports: &[&str], result: bool) -> String {
    let mut packages = String::new();
    for (list, answer) in [(imports, ""), (exports, if result { " -> u32" } else { "" })] {
        for name in list {
            let (package, rest) = name.split_once('/').unwrap();
            let (interface, version) = rest.split_once('@').unwrap();
            packages += &format!("package {package}@{version} {{ interface {interface} {{ f: func(){answer}; }} }} ");
        }
    }
    let items = imports
        .iter()
        .map(|name| format!("import {name};"))
        .chain(exports.iter().map(|name| format!("export {name};")));
    format!("package test:test; {packages} world part {{ {} }}", items.collect::<String>())
}

#[test]
fn what_is_needed_is_plugged_in_one_after_the_other() {
    let program = component(&["a:a/a@0.1.0"], &["z:z/z@0.1.0"], false);
    let middle = component(&["b:b/b@0.1.0"], &["a:a/a@0.1.0"], false);
    let last = component(&[], &["b:b/b@0.1.0"], false);
    let whole = Composition::of("app", program).unwrap().plug("middle", middle).unwrap();
    assert_eq!(whole.imports(), ["b:b/b@0.1.0"]);
    let whole = whole.plug("last", last).unwrap();
    assert!(whole.imports().is_empty());
    assert_eq!(Composition::of("whole", whole.finish().unwrap()).unwrap().imports(), [""; 0]);
}

#[test]
fn what_is_left_is_named_with_what_comes_close() {
    let program = || Composition::of("app", component(&["a:a/a@0.1.0", "b:b/b@0.1.0"], &[], false)).unwrap();
    let error = |whole: Composition| whole.finish().unwrap_err().to_string();
    assert_eq!(
        error(program()),
        "app still needs a:a/a@0.1.0, which none of the others exports; b:b/b@0.1.0, which none of the others exports"
    );
    let provider = |b: &str, result| component(&[], &["a:a/a@0.1.0", b][usize::from(result)..], result);
    let other_version = program().plug("other", provider("b:b/b@0.3.0", false)).unwrap();
    assert_eq!(
        error(other_version),
        "app still needs b:b/b@0.1.0, of which other exports another version: b:b/b@0.3.0"
    );
    assert!(program().leave("a:a/").leave("b:").finish().is_ok());
    // Nothing of it fits, not even what has the name.
    let error = program().plug("other", provider("b:b/b@0.1.0", true)).unwrap_err().to_string();
    assert_eq!(error, "other exports nothing that app needs, or with other types");
}

#[test]
fn what_is_no_component_is_named() {
    let error = Composition::of("notes.txt", b"hello".to_vec()).unwrap_err().to_string();
    assert!(error.starts_with("notes.txt is not a WebAssembly component: "), "{error}");
}
