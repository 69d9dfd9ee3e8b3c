//! `_wasocket`: a CPython 3.14 extension for WebAssembly that holds the modules `_socket` and `select`.
//!
//! `_wasocket.socket_module` and `_wasocket.select_module` are those modules; an installer that wants stock `socket.py`, `selectors`
//! and `asyncio` to use them puts them into `sys.modules` before anything imports the originals. The rest of `_wasocket`
//! serves the package `wasocket`: see `fd_functions`.
//!
//! The meaning of sockets is in the crate `wasocket`; this one is its front end for Python: arguments are parsed by CPython's own
//! parser and errors are raised with CPython's texts. Three rules hold throughout:
//!
//! - An address is read, and its host looked up, before the audit event; the event is raised before its effect.
//! - No Rust borrow is held while Python code may run: hooks, `__index__`, iterators and finalizers re-enter.
//! - Nothing panics: a panic is a trap, which ends the program.
//!
//! # Building
//!
//! The crate is a shared library for `wasm32-wasip2`, linked by componentize-py into a program's component, and empty on
//! every other target. `PYO3_CONFIG_FILE` names `pyo3.txt` beside this crate's manifest. The linker makes a shared library
//! of position-independent code whose undefined symbols, CPython's and the C library's, componentize-py resolves:
//!
//! ```text
//! RUSTFLAGS: -Crelocation-model=pic -Zdefault-visibility=hidden -Clink-args=-shared -Clink-args=--experimental-pic
//!            -Clink-args=--unresolved-symbols=import-dynamic -Clink-self-contained=n -Clinker=wasm-ld
//!            -Clinker-flavor=wasm-ld -L DIR      (DIR holds an empty libc.a, which the linker asks for)
//! cargo build -p _wasocket --target wasm32-wasip2 --profile wasm -Zbuild-std=std,panic_abort
//! ```
//!
//! The library is to be named `_wasocket.cpython-314-wasm32-wasi.so`.

#![cfg(target_family = "wasm")]
#![cfg_attr(feature = "threads", feature(asm_experimental_arch))]
#![expect(unsafe_code, reason = "CPython's interface is C; the modules object, arguments and export keep its pointers")]

mod address;
mod arguments;
mod audit;
mod coalescing;
mod descriptors;
mod dispatch;
mod errors;
mod export;
mod fd_functions;
mod ffi;
mod integers;
#[cfg(feature = "interpreter")]
mod interpreter;
mod module;
mod module_functions;
mod numbers;
mod object;
mod select;
mod signals;
mod socket_module;
mod socket_type;
mod state;
mod timeout;
mod tls;

use errors::PyResult;
use module::Definition;
use object::Object;
use state::{PythonObjects, state};

static DEFINITION: Definition = Definition::new(
    c"_wasocket",
    c"The modules _socket and select over WASI, and what the package wasocket needs.",
    &fd_functions::FUNCTIONS.0,
);

/// CPython calls this when `_wasocket` is imported.
#[unsafe(no_mangle)]
pub extern "C" fn PyInit__wasocket() -> *mut ffi::PyObject {
    module_of(|objects| &objects.module)
}

/// The module that `choose` takes, as a new reference; NULL if an exception is set.
fn module_of(choose: fn(&PythonObjects) -> &Object) -> *mut ffi::PyObject {
    state().python_or_make(make).map_or(std::ptr::null_mut(), |objects| choose(objects).clone().into_pointer())
}

fn make() -> PyResult<PythonObjects> {
    // SAFETY: the interpreter runs while a module is imported.
    let errno_module = Object::from_new(unsafe { ffi::PyImport_ImportModule(c"errno".as_ptr()) })?;
    let socket = socket_module::make_module()?;
    let select = select::make_module()?;
    let tls = tls::make_module()?;
    let module = DEFINITION.make()?;
    let objects = PythonObjects {
        errno_module,
        address_info_error: module::new_os_error(c"socket.gaierror")?,
        host_error: module::new_os_error(c"socket.herror")?,
        socket_type: socket_type::make_type(&socket)?,
        poll_type: select::make_type(&select)?,
        epoll_type: select::make_epoll_type(&select)?,
        tls_refused: tls::make_exception()?,
        socket,
        select,
        module,
    };
    socket_module::complete(&objects.socket, &objects)?;
    module::add(&objects.select, c"epoll", &objects.epoll_type)?;
    module::add(&objects.module, c"socket_module", &objects.socket)?;
    module::add(&objects.module, c"HAS_SIGNALS", &Object::boolean(cfg!(feature = "signals"))?)?;
    module::add(&objects.module, c"HAS_THREADS", &Object::boolean(cfg!(feature = "threads"))?)?;
    module::add(&objects.module, c"HOLDS_FILES", &Object::boolean(descriptors::HOLDS_FILES)?)?;
    module::add(&tls, c"Refused", &objects.tls_refused)?;
    module::add(&objects.module, c"select_module", &objects.select)?;
    module::add(&objects.module, c"tls_module", &tls)?;
    Ok(objects)
}
