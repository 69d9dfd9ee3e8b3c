//! The C functions that a program can call: those that `dlsym()` finds, and those that `_ctypes` keeps the addresses of. `dlsym()` finds
//! some variables as well.

use std::cell::OnceCell;
use std::ffi::{CStr, c_int, c_void};
use std::mem::transmute;

use super::call::{Lock, Mismatch};
use super::interface::Value;
use super::types::Class;
use crate::errors::PyResult;
use crate::ffi;
use crate::object::Object;
use crate::state::Single;

/// A function whose type is known.
#[derive(Clone, Copy)]
pub(super) struct Known {
    name: &'static CStr,
    address: *const c_void,
    parameters: &'static [Class],
    result: Class,
    /// Calls what is at the address with as many numbers as it takes.
    call: unsafe fn(*const c_void, &[u64]) -> u64,
}

impl Known {
    /// Calls it; more arguments than it takes are left out, as in C.
    pub(super) fn call(self, arguments: &[Value], result: Class) -> Result<u64, Mismatch> {
        let (given, _) = arguments.split_at_checked(self.parameters.len()).ok_or(Mismatch)?;
        let is_right = given.iter().map(|argument| argument.class).eq(self.parameters.iter().copied());
        let has_result = [self.result, Class::Nothing].contains(&result) || self.result == Class::Nothing;
        if !is_right || !has_result {
            return Err(Mismatch);
        }
        let numbers: Vec<u64> = given.iter().map(|argument| argument.number).collect();
        // SAFETY: the function is of this type.
        Ok(unsafe { (self.call)(self.address, &numbers) })
    }
}

/// What `dlsym()` finds.
pub(super) fn named(name: &CStr) -> Option<*const c_void> {
    let function = TABLE.0.iter().find(|known| known.name == name).map(|known| known.address);
    function.or_else(|| VARIABLES.0.iter().find(|(own, _)| *own == name).map(|(_, address)| *address))
}

/// The function at an address.
pub(super) fn known_at(address: *const c_void) -> Option<Known> {
    let of_table = TABLE.0.iter().find(|known| known.address == address).copied();
    of_table.or_else(|| own_at(address))
}

/// That of `_ctypes` at an address.
fn own_at(address: *const c_void) -> Option<Known> {
    if address.is_null() {
        return None;
    }
    let addresses = OWN.0.get_or_init(own_addresses);
    let found = addresses.iter().zip(OWN_FUNCTIONS).find(|(own, _)| **own == address.addr());
    found.map(|(_, (name, parameters))| Known { name, address, parameters, result: Class::Word, call: call_own })
}

/// The functions that `_ctypes` has for itself, by the names of the attributes that keep their addresses. All that they take and
/// return is one word each.
const OWN_FUNCTIONS: [(&CStr, &[Class]); 4] = [
    (c"_string_at_addr", &[Class::Word; 2]),
    (c"_cast_addr", &[Class::Word; 3]),
    (c"_wstring_at_addr", &[Class::Word; 2]),
    (c"_memoryview_at_addr", &[Class::Word; 3]),
];

static OWN: Single<OnceCell<[usize; 4]>> = Single(OnceCell::new());

/// Where they are; 0 for one that is not there.
fn own_addresses() -> [usize; 4] {
    let _lock = Lock::take();
    OWN_FUNCTIONS.map(|(name, _)| own_address(name).unwrap_or(0))
}

fn own_address(name: &CStr) -> PyResult<usize> {
    // SAFETY: Python's lock is taken; the names are C strings.
    unsafe {
        let module =
            Object::from_new(ffi::PyImport_ImportModule(c"_ctypes".as_ptr())).inspect_err(|_| ffi::PyErr_Clear())?;
        let address = Object::from_new(ffi::PyObject_GetAttrString(module.as_pointer(), name.as_ptr()))
            .inspect_err(|_| ffi::PyErr_Clear())?;
        Ok(ffi::PyLong_AsVoidPtr(address.as_pointer()).addr())
    }
}

/// Calls one of them.
unsafe fn call_own(address: *const c_void, numbers: &[u64]) -> u64 {
    let words: Vec<usize> = numbers.iter().map(|number| usize::from_number(*number)).collect();
    // SAFETY: `OWN_FUNCTIONS` says how many words the function at the address takes.
    unsafe {
        match *words {
            [first, second] => transmute::<*const c_void, OfTwo>(address)(first, second),
            [first, second, third] => transmute::<*const c_void, OfThree>(address)(first, second, third),
            _ => 0,
        }
        .into_number()
    }
}

type Pointer = *mut c_void;
/// What functions of `_ctypes` are.
type OfTwo = unsafe extern "C" fn(usize, usize) -> usize;
type OfThree = unsafe extern "C" fn(usize, usize, usize) -> usize;

/// What C passes as one value.
trait Passed {
    const CLASS: Class;
    fn from_number(number: u64) -> Self;
    fn into_number(self) -> u64;
}

impl Passed for () {
    const CLASS: Class = Class::Nothing;
    fn from_number(_: u64) {}
    fn into_number(self) -> u64 {
        0
    }
}

impl Passed for c_int {
    const CLASS: Class = Class::Word;
    fn from_number(number: u64) -> Self {
        number as Self
    }
    fn into_number(self) -> u64 {
        i64::from(self).cast_unsigned()
    }
}

impl Passed for usize {
    const CLASS: Class = Class::Word;
    fn from_number(number: u64) -> Self {
        number as Self
    }
    fn into_number(self) -> u64 {
        self as u64
    }
}

impl Passed for Pointer {
    const CLASS: Class = Class::Word;
    fn from_number(number: u64) -> Self {
        std::ptr::with_exposed_provenance_mut(usize::from_number(number))
    }
    fn into_number(self) -> u64 {
        self.expose_provenance().into_number()
    }
}

impl Passed for f64 {
    const CLASS: Class = Class::Double;
    fn from_number(number: u64) -> Self {
        Self::from_bits(number)
    }
    fn into_number(self) -> u64 {
        self.to_bits()
    }
}

/// A name that ends with NUL, as C has it.
const fn symbol(name: &str) -> &CStr {
    match CStr::from_bytes_with_nul(name.as_bytes()) {
        Ok(name) => name,
        Err(_) => c"",
    }
}

/// The table: each function with its type.
macro_rules! table {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        mod c {
            use super::Pointer;
            use std::ffi::c_int;

            unsafe extern "C" {
                $(pub(super) fn $name($($argument: $type),*) -> $result;)*
            }
        }

        static TABLE: Table = Table(&[$(
            Known {
                name: symbol(concat!(stringify!($name), "\0")),
                address: c::$name as unsafe extern "C" fn($($type),*) -> $result as *const c_void,
                parameters: &[$(<$type as Passed>::CLASS),*],
                result: <$result as Passed>::CLASS,
                call: |_, numbers| {
                    let mut numbers = numbers.iter().copied();
                    // SAFETY: the arguments are what the program says, as natively.
                    unsafe { c::$name($(Passed::from_number({
                        let $argument = numbers.next();
                        $argument.unwrap_or(0)
                    })),*) }.into_number()
                },
            },
        )*]);
    };
}

// Functions of Python's interface that programs call by `ctypes.pythonapi`, and of C's library. None takes a function, which C
// could call only if it had code; none has a list of arguments without an end, which WebAssembly passes differently.
table! {
    Py_IncRef(object: Pointer) -> ();
    Py_DecRef(object: Pointer) -> ();
    PyBuffer_IsContiguous(view: Pointer, order: c_int) -> c_int;
    PyBuffer_Release(view: Pointer) -> ();
    PyByteArray_AsString(object: Pointer) -> Pointer;
    PyBytes_AsString(object: Pointer) -> Pointer;
    PyBytes_FromString(text: Pointer) -> Pointer;
    PyBytes_FromStringAndSize(text: Pointer, size: usize) -> Pointer;
    PyCapsule_GetName(capsule: Pointer) -> Pointer;
    PyCapsule_GetPointer(capsule: Pointer, name: Pointer) -> Pointer;
    PyCapsule_IsValid(capsule: Pointer, name: Pointer) -> c_int;
    PyFrame_LocalsToFast(frame: Pointer, clear: c_int) -> ();
    PyLong_AsLong(number: Pointer) -> c_int;
    PyLong_FromLong(number: c_int) -> Pointer;
    PyMemoryView_FromMemory(memory: Pointer, size: usize, flags: c_int) -> Pointer;
    PyObject_GetBuffer(object: Pointer, view: Pointer, flags: c_int) -> c_int;
    PyThreadState_SetAsyncExc(thread: usize, exception: Pointer) -> c_int;
    abs(number: c_int) -> c_int;
    atoi(text: Pointer) -> c_int;
    calloc(count: usize, size: usize) -> Pointer;
    free(memory: Pointer) -> ();
    malloc(size: usize) -> Pointer;
    memchr(memory: Pointer, byte: c_int, size: usize) -> Pointer;
    memcmp(one: Pointer, other: Pointer, size: usize) -> c_int;
    memcpy(to: Pointer, from: Pointer, size: usize) -> Pointer;
    memmove(to: Pointer, from: Pointer, size: usize) -> Pointer;
    memset(to: Pointer, byte: c_int, size: usize) -> Pointer;
    pow(base: f64, exponent: f64) -> f64;
    realloc(memory: Pointer, size: usize) -> Pointer;
    sqrt(number: f64) -> f64;
    strchr(text: Pointer, byte: c_int) -> Pointer;
    strcmp(one: Pointer, other: Pointer) -> c_int;
    strlen(text: Pointer) -> usize;
    strncmp(one: Pointer, other: Pointer, size: usize) -> c_int;
    strnlen(text: Pointer, size: usize) -> usize;
    strrchr(text: Pointer, byte: c_int) -> Pointer;
    strstr(text: Pointer, part: Pointer) -> Pointer;
    tolower(byte: c_int) -> c_int;
    toupper(byte: c_int) -> c_int;
    wcslen(text: Pointer) -> usize;
}

/// Variables of Python's.
macro_rules! variables {
    ($($name:ident: $type:ty;)*) => {
        mod variables {
            use super::Pointer;
            use std::ffi::c_int;

            unsafe extern "C" {
                $(pub(super) static $name: $type;)*
            }
        }

        static VARIABLES: Variables = Variables(&[$((
            symbol(concat!(stringify!($name), "\0")),
            (&raw const variables::$name).cast(),
        ),)*]);
    };
}

variables! {
    PyImport_FrozenModules: Pointer;
    Py_OptimizeFlag: c_int;
    _PyImport_FrozenBootstrap: Pointer;
    _PyImport_FrozenStdlib: Pointer;
    _PyImport_FrozenTest: Pointer;
}

/// Each with its address.
struct Variables(&'static [(&'static CStr, *const c_void)]);

// SAFETY: nobody here reads or writes what is at the addresses.
unsafe impl Sync for Variables {}

/// All functions.
struct Table(&'static [Known]);

// SAFETY: the addresses in it are those of functions.
unsafe impl Sync for Table {}
