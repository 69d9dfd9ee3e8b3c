//! Functions of Python's that C can call, which here is `ffi_call()` alone.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use super::call::Mismatch;
use super::interface::{self, Interface, Value};
use super::types::Class;
use crate::state::Single;

/// `ffi_closure`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Closure {
    interface: *const Interface,
    function: Function,
    data: *mut c_void,
}

type Function = unsafe extern "C" fn(*const Interface, *mut c_void, *const *const c_void, *mut c_void);

type Room = MaybeUninit<Closure>;

/// Where those are that can be called.
static LIVE: Single<RefCell<BTreeSet<usize>>> = Single(RefCell::new(BTreeSet::new()));

impl Closure {
    /// The one with this address.
    pub(super) fn at(address: *const c_void) -> Option<Self> {
        // SAFETY: it has been completed and not been freed.
        LIVE.0.borrow().contains(&address.addr()).then(|| unsafe { address.cast::<Self>().read() })
    }

    /// Calls it; more arguments than it takes are left out, as in C. The result is widened, or at `memory` if it is a structure.
    pub(super) fn call(self, arguments: &[Value], result: Class, memory: *mut c_void) -> Result<u64, Mismatch> {
        // SAFETY: `_ctypes` frees an interface after its closure.
        let interface = unsafe { &*self.interface };
        let expected = interface.classes();
        let mut passed = Vec::with_capacity(arguments.len());
        let mut given = arguments.iter();
        for class in expected {
            let argument = given.next().filter(|argument| argument.class == class).ok_or(Mismatch)?;
            passed.push(match class {
                Class::Memory(_) => argument.place,
                _ => (&raw const argument.number).cast(),
            });
        }
        let own = interface.result_class();
        if ![own, Class::Nothing].contains(&result) && own != Class::Nothing {
            return Err(Mismatch);
        }
        // A structure that nobody asked for needs a place as well.
        let mut number = 0u64;
        let mut unwanted = Vec::<u64>::new();
        let place = match own {
            Class::Memory(_) if own == result => memory,
            Class::Memory(size) => {
                unwanted.resize(size.div_ceil(size_of::<u64>()), 0);
                unwanted.as_mut_ptr().cast()
            }
            _ => (&raw mut number).cast(),
        };
        // SAFETY: the arguments have the types that it expects, and the place has room for what it returns.
        unsafe { (self.function)(interface, place, passed.as_ptr(), self.data) };
        Ok(number)
    }
}

/// Room for a closure, and the address that C knows it by: the same.
#[unsafe(no_mangle)]
unsafe extern "C" fn ffi_closure_alloc(_size: usize, code: *mut *mut Room) -> *mut Room {
    let room = Box::into_raw(Box::new(Room::uninit()));
    // SAFETY: `_ctypes` has a place for the address.
    unsafe { code.write(room) };
    room
}

/// Ends it: its address can be called no more.
#[unsafe(no_mangle)]
unsafe extern "C" fn ffi_closure_free(room: *mut Room) {
    LIVE.0.borrow_mut().remove(&room.addr());
    // SAFETY: `ffi_closure_alloc()` made it.
    drop(unsafe { Box::from_raw(room) });
}

/// Completes it.
#[unsafe(no_mangle)]
unsafe extern "C" fn ffi_prep_closure_loc(
    closure: *mut Closure,
    interface: *const Interface,
    function: Function,
    data: *mut c_void,
    _code: *mut c_void,
) -> c_int {
    // SAFETY: `ffi_closure_alloc()` made it.
    unsafe { ptr::write(closure, Closure { interface, function, data }) };
    LIVE.0.borrow_mut().insert(closure.addr());
    interface::OK
}

/// The same, as older code calls it.
#[unsafe(no_mangle)]
unsafe extern "C" fn ffi_prep_closure(
    closure: *mut Closure,
    interface: *const Interface,
    function: Function,
    data: *mut c_void,
) -> c_int {
    // SAFETY: the caller's.
    unsafe { ffi_prep_closure_loc(closure, interface, function, data, closure.cast()) }
}
