//! The module `_wasocket_program`: the interface `wasocket:runner/program` for Python.

use std::ffi::c_uchar;

use super::bindings::wasocket::runner::program::{self, Main};
use crate::arguments::parse_tuple;
use crate::errors::PyResult;
use crate::export::{Arguments, END_OF_METHODS, Table, method};
use crate::ffi;
use crate::module::Definition;
use crate::object::Object;

static DEFINITION: Definition = Definition::new(c"_wasocket_program", c"What the host wants to be run.", &FUNCTIONS.0);

static FUNCTIONS: Table<[ffi::PyMethodDef; 5]> = Table([
    method!(
        none,
        c"get_settings",
        get_settings,
        c"get_settings() -> (kind, main, arguments, python_path, coalesce); kind is 'script', 'code', 'module' or 'embedded'."
    ),
    method!(none, c"list_files", list_files, c"list_files() -> the names of all embedded files, sorted."),
    method!(one, c"read_file", read_file, c"read_file(name) -> bytes, or None if there is no such file."),
    method!(many, c"exit", exit, c"exit(status): end the program with this status, if the host can pass it on."),
    END_OF_METHODS,
]);

/// CPython calls this when `_wasocket_program` is imported.
pub(super) extern "C" fn make_module() -> *mut ffi::PyObject {
    DEFINITION.make().map_or(std::ptr::null_mut(), Object::into_pointer)
}

fn get_settings(_: Arguments<'_>) -> PyResult<Object> {
    let settings = program::get_settings();
    let (kind, main) = match &settings.main {
        Main::Script(path) => ("script", path),
        Main::Code(source) => ("code", source),
        Main::Module(name) => ("module", name),
        Main::Embedded(name) => ("embedded", name),
    };
    let [arguments, python_path] = [settings.arguments, settings.python_path]
        .map(|texts| Object::list(texts.iter().map(|text| Object::text(text))));
    Object::tuple([
        Object::text(kind)?,
        Object::text(main)?,
        arguments?,
        python_path?,
        Object::boolean(settings.coalesce)?,
    ])
}

fn list_files(_: Arguments<'_>) -> PyResult<Object> {
    Object::list(program::list_files().iter().map(|name| Object::text(name)))
}

fn read_file(arguments: Arguments<'_>) -> PyResult<Object> {
    match program::read_file(&arguments.given.utf8()?) {
        Some(contents) => Object::bytes(&contents),
        None => Ok(Object::none()),
    }
}

fn exit(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut status: c_uchar = 0;
    parse_tuple!(arguments.given, c"b", &raw mut status)?;
    program::exit(status);
    Ok(Object::none())
}
