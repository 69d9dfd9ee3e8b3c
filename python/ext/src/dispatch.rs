//! Functions that ask one of two others, by whether their first argument is a descriptor of ours.
//!
//! They are built in, as those that they take the place of: no frame of theirs is in a traceback, and files cost nothing
//! to speak of.

use std::ffi::{CString, c_int};

use wasocket::sockets::FIRST_FD;

use crate::arguments::parse_tuple;
use crate::errors::{Exception, PyResult, Raised};
use crate::export::{self, Arguments, Before};
use crate::ffi;
use crate::object::{Borrowed, Object};

/// `by_descriptor(original, ours, keyword, name, doc)`: a function with this name and documentation that calls `ours` if
/// its first argument, or the one called `keyword`, is an `int` that only our descriptors have, else `original`.
pub(crate) fn by_descriptor(arguments: Arguments<'_>) -> PyResult<Object> {
    let null: *mut ffi::PyObject = std::ptr::null_mut();
    let [mut original, mut ours, mut keyword, mut name, mut doc] = [null; 5];
    parse_tuple!(
        arguments.given,
        c"OOUUU",
        &raw mut original,
        &raw mut ours,
        &raw mut keyword,
        &raw mut name,
        &raw mut doc
    )?;
    // SAFETY: the tuple of arguments keeps them alive.
    let [original, ours, keyword, name, doc] =
        [original, ours, keyword, name, doc].map(|object| unsafe { Borrowed::from_pointer(object) });
    let (name, doc) = (text(name)?, text(doc)?);
    let choice = Object::tuple([own(original)?, own(ours)?, own(keyword)?])?;
    // A function made once lives as long as the program.
    let definition = Box::leak(Box::new(export::keyword_entry(name, call, doc)));
    // SAFETY: the definition is never freed; the function takes a reference to the tuple.
    let function = unsafe { ffi::PyCFunction_NewEx(definition, choice.as_pointer(), std::ptr::null_mut()) };
    Object::from_new(function)
}

fn own(object: Option<Borrowed<'_>>) -> PyResult<Object> {
    object.map(Borrowed::own).ok_or(Raised)
}

fn text(object: Option<Borrowed<'_>>) -> PyResult<&'static std::ffi::CStr> {
    let text = object.ok_or(Raised)?.utf8()?;
    let text = CString::new(text).map_err(|_| Exception::Value.raise("by_descriptor() takes texts without zeros"))?;
    Ok(Box::leak(text.into_boxed_c_str()))
}

unsafe extern "C" fn call(
    this: *mut ffi::PyObject,
    given: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    export::call(Before::Nothing, dispatch, this, given, keywords)
}

fn dispatch(arguments: Arguments<'_>) -> PyResult<Object> {
    let chosen = isize::from(is_ours(arguments)?);
    let keywords = arguments.keywords.map_or(std::ptr::null_mut(), Borrowed::as_pointer);
    // SAFETY: `this` is the tuple that `by_descriptor` made, which has both functions.
    let result = unsafe {
        let function = ffi::PyTuple_GetItem(arguments.this.as_pointer(), chosen);
        ffi::PyObject_Call(function, arguments.given.as_pointer(), keywords)
    };
    Object::from_new(result)
}

/// Whether the first argument, or the keyword's, is a number of ours.
fn is_ours(arguments: Arguments<'_>) -> PyResult<bool> {
    // SAFETY: `this` is the tuple that `by_descriptor` made, `given` the tuple of arguments; both are alive.
    unsafe {
        let first = if ffi::PyTuple_Size(arguments.given.as_pointer()) > 0 {
            ffi::PyTuple_GetItem(arguments.given.as_pointer(), 0)
        } else if let Some(keywords) = arguments.keywords {
            let keyword = ffi::PyTuple_GetItem(arguments.this.as_pointer(), 2);
            ffi::PyDict_GetItemWithError(keywords.as_pointer(), keyword)
        } else {
            std::ptr::null_mut()
        };
        if first.is_null() {
            return if ffi::PyErr_Occurred().is_null() { Ok(false) } else { Err(Raised) };
        }
        if ffi::PyLong_Check(first) == 0 {
            return Ok(false);
        }
        let mut overflow: c_int = 0;
        let number = ffi::PyLong_AsLongLongAndOverflow(first, &raw mut overflow);
        Ok(overflow == 0 && number >= FIRST_FD.into())
    }
}
