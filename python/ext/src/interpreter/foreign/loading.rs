//! `dlopen()` and its kin: the program itself can be opened, and nothing else.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;

use super::functions;
use crate::state::Single;

/// What the program calls itself in a message.
const PROGRAM: &str = "/usr/local/bin/python3";

/// Its address is the handle of the program.
static HANDLE: u8 = 0;

/// The last failure, and whether `dlerror()` has yet to tell it.
static FAILURE: Single<Failure> = Single(Failure { text: RefCell::new(None), is_new: Cell::new(false) });

struct Failure {
    text: RefCell<Option<CString>>,
    is_new: Cell<bool>,
}

/// A handle of the program; NULL for any library, for a component can load none.
#[unsafe(no_mangle)]
unsafe extern "C" fn dlopen(name: *const c_char, _mode: c_int) -> *const c_void {
    if name.is_null() {
        return (&raw const HANDLE).cast();
    }
    // SAFETY: the caller has a C string there.
    let name = unsafe { CStr::from_ptr(name) }.to_string_lossy();
    // As the loader of Linux says it. A file that exists is none for it: whatever machine it is for, it is not this one.
    let reason = if name.contains('/') && std::path::Path::new(&*name).exists() {
        "invalid ELF header"
    } else {
        "cannot open shared object file: No such file or directory"
    };
    fail(&format!("{name}: {reason}"));
    ptr::null()
}

/// The address of a function that a program can call.
#[unsafe(no_mangle)]
unsafe extern "C" fn dlsym(_handle: *const c_void, name: *const c_char) -> *const c_void {
    // SAFETY: the caller has a C string there.
    let name = unsafe { CStr::from_ptr(name) };
    functions::named(name).unwrap_or_else(|| {
        fail(&format!("{PROGRAM}: undefined symbol: {}", name.to_string_lossy()));
        ptr::null()
    })
}

/// The text of the last failure, once.
#[unsafe(no_mangle)]
extern "C" fn dlerror() -> *const c_char {
    let failure = &FAILURE.0;
    let text = failure.text.borrow();
    text.as_ref().filter(|_| failure.is_new.take()).map_or(ptr::null(), |text| text.as_ptr())
}

/// Nothing has been loaded.
#[unsafe(no_mangle)]
extern "C" fn dlclose(_handle: *const c_void) -> c_int {
    0
}

fn fail(text: &str) {
    FAILURE.0.text.replace(CString::new(text).ok());
    FAILURE.0.is_new.set(true);
}
