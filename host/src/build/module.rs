//! The core module that provides `wasocket:runner/program` with an application's files as data.
//!
//! Everything it answers lies in memory before it runs. What it computes: it finds a file by its name, and asks WASI for the
//! arguments of the command.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, InstructionSink, MemArg, MemArgTarget, MemorySection, MemoryType, Module,
    TypeSection, ValType,
};

use super::Application;
use super::layout::{Layout, Slice};
use crate::error::Result;

/// The bytes of the module.
pub(super) fn encode(application: &Application) -> Result<Vec<u8>> {
    let plan = Plan::new(application)?;
    let mut module = Module::new();
    module
        .section(&types())
        .section(&imports())
        .section(&functions())
        .section(&memory(plan.heap))
        .section(&globals(plan.heap))
        .section(&exports())
        .section(&plan.code())
        .section(&plan.data());
    Ok(module.finish())
}

/// What lies where.
struct Plan {
    settings: u32,
    files: u32,
    found: u32,
    names: Slice,
    contents: Slice,
    bytes: Vec<u8>,
    heap: u32,
}

impl Plan {
    fn new(application: &Application) -> Result<Self> {
        let mut layout = Layout::default();
        let main = layout.bytes(application.main.as_bytes())?;
        let mut names = Vec::new();
        let mut contents = Vec::new();
        for (name, bytes) in &application.files {
            names.push(layout.bytes(name.as_bytes())?);
            contents.push(layout.bytes(bytes)?);
        }
        let names = layout.slices(&names)?;
        let contents = layout.slices(&contents)?;
        let settings = layout.room(0)?;
        layout.bytes(&settings_record(main, application.coalesce))?;
        let files = layout.room(0)?;
        layout.bytes(&[names.start.to_le_bytes(), names.length.to_le_bytes()].concat())?;
        let found = layout.room(OPTION_SIZE)?;
        let (bytes, heap) = layout.finish()?;
        Ok(Self { settings, files, found, names, contents, bytes, heap })
    }

    fn data(&self) -> DataSection {
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(0), self.bytes.iter().copied());
        data
    }

    /// In the order of [`functions`].
    fn code(&self) -> CodeSection {
        let mut code = CodeSection::new();
        code.function(&self.get_settings());
        code.function(&returns(self.files));
        code.function(&self.read_file());
        code.function(&does_nothing());
        code.function(&realloc());
        code.function(&equal());
        code
    }

    /// `get-settings`: the record is there but for the arguments, which WASI writes into it.
    fn get_settings(&self) -> Function {
        let mut function = Function::new([]);
        let [settings, arguments] = [self.settings, self.settings + ARGUMENTS_OFFSET].map(u32::cast_signed);
        function.instructions().i32_const(arguments).call(GET_ARGUMENTS).i32_const(settings).end();
        function
    }

    /// `read-file`: walks over all names.
    fn read_file(&self) -> Function {
        const NAME: u32 = 0;
        const LENGTH: u32 = 1;
        const ENTRY: u32 = 2;
        let mut function = Function::new([(1, ValType::I32)]);
        let mut code = function.instructions();
        code.block(BlockType::Empty).loop_(BlockType::Empty);
        code.local_get(ENTRY).i32_const((self.names.length * SLICE_SIZE).cast_signed()).i32_ge_u().br_if(1);
        code.local_get(ENTRY).i32_load(word(self.names.start)).local_get(ENTRY).i32_load(word(self.names.start + 4));
        code.local_get(NAME).local_get(LENGTH).call(EQUAL).if_(BlockType::Empty);
        self.answer(&mut code, Some(ENTRY));
        code.end();
        code.local_get(ENTRY).i32_const(SLICE_SIZE.cast_signed()).i32_add().local_set(ENTRY);
        code.br(0).end().end();
        self.answer(&mut code, None);
        code.end();
        function
    }

    /// Returns the option of `read-file`: the contents of the entry at the offset in a local, or none. The name that was
    /// asked for, the only thing on the heap by now, goes.
    fn answer(&self, code: &mut InstructionSink<'_>, entry: Option<u32>) {
        let found = self.found.cast_signed();
        code.i32_const(self.heap.cast_signed()).global_set(HEAP);
        code.i32_const(found).i32_const(i32::from(entry.is_some())).i32_store(word(0));
        if let Some(entry) = entry {
            for field in [0, 4] {
                code.i32_const(found)
                    .local_get(entry)
                    .i32_load(word(self.contents.start + field))
                    .i32_store(word(4 + field));
            }
        }
        code.i32_const(found).return_();
    }
}

/// The record `settings` with its arguments still empty.
fn settings_record(main: Slice, coalesce: bool) -> Vec<u8> {
    let nothing = Slice { start: 0, length: 0 };
    let slices = [main, nothing, nothing].map(|slice| [slice.start, slice.length]);
    let words = std::iter::once(EMBEDDED).chain(slices.into_iter().flatten()).chain([u32::from(coalesce)]);
    words.flat_map(u32::to_le_bytes).collect()
}

fn returns(value: u32) -> Function {
    let mut function = Function::new([]);
    function.instructions().i32_const(value.cast_signed()).end();
    function
}

/// `exit`: WASI 0.2.0 has no way to pass the number on, so the interpreter goes on to end with failure.
fn does_nothing() -> Function {
    let mut function = Function::new([]);
    function.instructions().end();
    function
}

/// `cabi_realloc(old address, old size, alignment, new size)`: takes the next piece of the heap, growing memory if need be.
fn realloc() -> Function {
    const OLD: u32 = 0;
    const OLD_SIZE: u32 = 1;
    const ALIGNMENT: u32 = 2;
    const SIZE: u32 = 3;
    const NEW: u32 = 4;
    let mut function = Function::new([(1, ValType::I32)]);
    let mut code = function.instructions();
    // new = (heap + alignment - 1) & -alignment
    code.global_get(HEAP).local_get(ALIGNMENT).i32_add().i32_const(1).i32_sub();
    code.i32_const(0).local_get(ALIGNMENT).i32_sub().i32_and().local_tee(NEW);
    code.local_get(SIZE).i32_add().global_set(HEAP);
    // while heap > memory size: grow by a page, or trap
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.global_get(HEAP).memory_size(0).i32_const(PAGE_BITS).i32_shl().i32_le_u().br_if(1);
    code.i32_const(1).memory_grow(0).i32_const(-1).i32_eq().if_(BlockType::Empty).unreachable().end();
    code.br(0).end().end();
    code.local_get(NEW).local_get(OLD).local_get(OLD_SIZE).memory_copy(0, 0);
    code.local_get(NEW).end();
    function
}

/// Whether two strings are the same: `(address, length, address, length) -> i32`.
fn equal() -> Function {
    const LEFT: u32 = 0;
    const LEFT_LENGTH: u32 = 1;
    const RIGHT: u32 = 2;
    const RIGHT_LENGTH: u32 = 3;
    let byte = MemArg { align: 0, ..word(0) };
    let mut function = Function::new([]);
    let mut code = function.instructions();
    code.local_get(LEFT_LENGTH).local_get(RIGHT_LENGTH).i32_ne().if_(BlockType::Empty).i32_const(0).return_().end();
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    code.local_get(LEFT_LENGTH).i32_eqz().br_if(1);
    code.local_get(LEFT).i32_load8_u(byte).local_get(RIGHT).i32_load8_u(byte).i32_ne();
    code.if_(BlockType::Empty).i32_const(0).return_().end();
    for (local, step) in [(LEFT, 1), (RIGHT, 1), (LEFT_LENGTH, -1)] {
        code.local_get(local).i32_const(step).i32_add().local_set(local);
    }
    code.br(0).end().end().i32_const(1).end();
    function
}

fn types() -> TypeSection {
    let mut types = TypeSection::new();
    for (parameters, results) in [(1, 0), (0, 1), (2, 1), (4, 1)] {
        types.ty().function(vec![ValType::I32; parameters], vec![ValType::I32; results]);
    }
    types
}

fn imports() -> ImportSection {
    let mut imports = ImportSection::new();
    imports.import("wasi:cli/environment@0.2.12", "get-arguments", EntityType::Function(TAKES_ADDRESS));
    imports
}

fn functions() -> FunctionSection {
    let mut functions = FunctionSection::new();
    for kind in [RETURNS_ADDRESS, RETURNS_ADDRESS, FINDS, TAKES_ADDRESS, COMPARES, COMPARES] {
        functions.function(kind);
    }
    functions
}

fn exports() -> ExportSection {
    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    for (index, name) in (GET_ARGUMENTS + 1..).zip(["get-settings", "list-files", "read-file", "exit"]) {
        exports.export(&format!("wasocket:runner/program@0.1.0#{name}"), ExportKind::Func, index);
    }
    exports.export("cabi_realloc", ExportKind::Func, REALLOC);
    exports
}

/// Memory for the data and a page of heap.
fn memory(heap: u32) -> MemorySection {
    let pages = u64::from(heap >> PAGE_BITS) + 2;
    let mut memory = MemorySection::new();
    memory.memory(MemoryType { minimum: pages, maximum: None, memory64: false, shared: false, page_size_log2: None });
    memory
}

fn globals(heap: u32) -> GlobalSection {
    let mut globals = GlobalSection::new();
    let heap = ConstExpr::i32_const(heap.cast_signed());
    globals.global(GlobalType { val_type: ValType::I32, mutable: true, shared: false }, &heap);
    globals
}

/// Access to a 32-bit word at a fixed distance.
fn word(offset: u32) -> MemArg {
    MemArg { offset: offset.into(), align: 2, target: MemArgTarget::Memory(0), ordering: None }
}

/// The types of [`types`].
const TAKES_ADDRESS: u32 = 0;
const RETURNS_ADDRESS: u32 = 1;
const FINDS: u32 = 2;
const COMPARES: u32 = 3;

/// The functions that are called, or exported under a name of their own; the import comes first.
const GET_ARGUMENTS: u32 = 0;
const REALLOC: u32 = 5;
const EQUAL: u32 = 6;

/// The global that holds the address of the first free byte.
const HEAP: u32 = 0;

/// The case `embedded` of the variant `main`.
const EMBEDDED: u32 = 3;
/// Where `arguments` is in the record `settings`.
const ARGUMENTS_OFFSET: u32 = 12;
/// The size of `option<list<u8>>`.
const OPTION_SIZE: usize = 12;
/// The size of a string or a list in memory.
const SLICE_SIZE: u32 = 8;
const PAGE_BITS: i32 = 16;
