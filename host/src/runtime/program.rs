//! `wasocket:runner/program`, provided by the host: what the Python interpreter is to run.

use wasmtime::component::{HasData, Linker};
use wasmtime_wasi::I32Exit;

mod bindings {
    //! Generated from `wit/runner`.

    wasmtime::component::bindgen!({
        path: "wit/runner",
        world: "host",
        imports: { default: trappable },
    });
}

pub use bindings::wasocket::runner::program::{Main, Settings};

impl Settings {
    /// For a guest that is not the Python interpreter and will not ask.
    pub(crate) fn nothing() -> Self {
        Self { main: Main::Code(String::new()), arguments: Vec::new(), python_path: Vec::new(), coalesce: true }
    }
}

/// What a store's data has if the interpreter runs in it.
pub trait ProgramView: Send {
    /// What the interpreter is to run.
    fn settings(&self) -> &Settings;
}

/// Provides `wasocket:runner/program`: a script on the guest's file system, and no embedded files.
pub fn add_to_linker<T: ProgramView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    bindings::wasocket::runner::program::add_to_linker::<T, Program>(linker, |state| View(state))
}

struct Program;

impl HasData for Program {
    type Data<'a> = View<'a>;
}

/// The generated trait cannot be implemented for every `T`, as it is not ours to blanket.
struct View<'a>(&'a mut dyn ProgramView);

impl bindings::wasocket::runner::program::Host for View<'_> {
    fn get_settings(&mut self) -> wasmtime::Result<Settings> {
        Ok(self.0.settings().clone())
    }

    fn list_files(&mut self) -> wasmtime::Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn read_file(&mut self, _name: String) -> wasmtime::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    fn exit(&mut self, status: u8) -> wasmtime::Result<()> {
        Err(wasmtime::Error::new(I32Exit(status.into())))
    }
}
