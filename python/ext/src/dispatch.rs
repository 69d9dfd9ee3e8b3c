//! Functions that ask one of two others, by whether their first argument is a descriptor of ours or a path that only we know.
//!
//! They are built in, as those that they take the place of: no frame of theirs is in a traceback, and files cost nothing
//! to speak of.

use std::ffi::{CStr, CString, c_int, c_long, c_longlong};

use wasocket::errno::Errno;
use wasocket::sockets::{FIRST_FD, Fd, Opened};

use crate::arguments::parse_tuple;
use crate::descriptors::HOLDS_FILES;
use crate::errors::{Exception, PyResult, Raised, raise_errno_of};
use crate::export::{self, Arguments};
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// `by_descriptor(original, ours, keyword, name, doc, reach)`: a function with this name and documentation that calls `ours`
/// if its first argument, or the one called `keyword`, is an `int` within its [`Reach`], else `original`.
pub(crate) fn by_descriptor(arguments: Arguments<'_>) -> PyResult<Object> {
    let null: *mut ffi::PyObject = std::ptr::null_mut();
    let [mut original, mut ours, mut keyword, mut name, mut doc] = [null; 5];
    let mut reach: c_int = 0;
    parse_tuple!(
        arguments.given,
        c"OOUUUi",
        &raw mut original,
        &raw mut ours,
        &raw mut keyword,
        &raw mut name,
        &raw mut doc,
        &raw mut reach
    )?;
    // SAFETY: the tuple of arguments keeps them alive.
    let [original, ours, keyword, name, doc] =
        [original, ours, keyword, name, doc].map(|object| unsafe { Borrowed::from_pointer(object) });
    let choice = Object::tuple([own(original)?, own(ours)?, own(keyword)?, Object::integer(reach.into())?])?;
    function(call, &choice, text(name)?, text(doc)?)
}

/// `by_path(original, ours, name, doc, answers)`: a function with this name and documentation that calls `original`. If that
/// finds no such file, or answers `False`, it calls `ours`, whose answer counts unless it is `NotImplemented`. An empty path
/// names nothing, which is `False` if the function answers whether there is a file, else an error.
pub(crate) fn by_path(arguments: Arguments<'_>) -> PyResult<Object> {
    let [mut original, mut ours, mut name, mut doc]: [*mut ffi::PyObject; 4] = [std::ptr::null_mut(); 4];
    let mut answers: c_int = 0;
    parse_tuple!(
        arguments.given,
        c"OOUUp",
        &raw mut original,
        &raw mut ours,
        &raw mut name,
        &raw mut doc,
        &raw mut answers
    )?;
    // SAFETY: the tuple of arguments keeps them alive.
    let [original, ours, name, doc] =
        [original, ours, name, doc].map(|object| unsafe { Borrowed::from_pointer(object) });
    let choice = Object::tuple([own(original)?, own(ours)?, Object::boolean(answers != 0)?])?;
    function(call_by_path, &choice, text(name)?, text(doc)?)
}

/// A built-in function of the same module as the original that calls `method` with `choice` as its object.
fn function(
    method: ffi::PyCFunctionWithKeywords,
    choice: &Object,
    name: &'static CStr,
    doc: &'static CStr,
) -> PyResult<Object> {
    // A function made once lives as long as the program.
    let definition = Box::leak(Box::new(export::keyword_entry(name, method, doc)));
    // SAFETY: `choice` has the original; the definition is never freed; the function takes references to the tuple and the name.
    unsafe {
        let original = ffi::PyTuple_GetItem(choice.as_pointer(), ORIGINAL);
        let module = Object::from_new(ffi::PyObject_GetAttrString(original, c"__module__".as_ptr()))?;
        Object::from_new(ffi::PyCFunction_NewEx(definition, choice.as_pointer(), module.as_pointer()))
    }
}

fn own(object: Option<Borrowed<'_>>) -> PyResult<Object> {
    object.map(Borrowed::own).ok_or(Raised)
}

fn text(object: Option<Borrowed<'_>>) -> PyResult<&'static CStr> {
    let text = object.ok_or(Raised)?.utf8()?;
    let text = CString::new(text).map_err(|_| Exception::Value.raise("by_descriptor() takes texts without zeros"))?;
    Ok(Box::leak(text.into_boxed_c_str()))
}

unsafe extern "C" fn call(
    this: *mut ffi::PyObject,
    given: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    export::call(dispatch, this, given, keywords)
}

fn dispatch(arguments: Arguments<'_>) -> PyResult<Object> {
    call_choice(arguments, if is_ours(arguments)? { OURS } else { ORIGINAL })
}

unsafe extern "C" fn call_by_path(
    this: *mut ffi::PyObject,
    given: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    export::call(dispatch_by_path, this, given, keywords)
}

fn dispatch_by_path(arguments: Arguments<'_>) -> PyResult<Object> {
    if let Some(path) = empty_path(arguments)? {
        // SAFETY: `this` is the tuple that `by_path` made.
        let answers = unsafe { ffi::PyTuple_GetItem(arguments.this.as_pointer(), 2) == ffi::Py_True() };
        return if answers { Object::boolean(false) } else { Err(raise_errno_of(Errno::ENOENT, path)) };
    }
    let first = call_choice(arguments, ORIGINAL);
    // SAFETY: the classes and the singletons are alive; what was raised is put back, or let go.
    unsafe {
        let raised = match &first {
            Ok(answer) if answer.as_pointer() != ffi::Py_False() => return first,
            Ok(_) => std::ptr::null_mut(),
            Err(Raised) if ffi::PyErr_ExceptionMatches(ffi::PyExc_FileNotFoundError) == 0 => return first,
            Err(Raised) => ffi::PyErr_GetRaisedException(),
        };
        let second = call_choice(arguments, OURS);
        let is_foreign = second.as_ref().is_ok_and(|answer| answer.as_pointer() == ffi::Py_NotImplemented());
        if is_foreign {
            if !raised.is_null() {
                ffi::PyErr_SetRaisedException(raised);
            }
            return first;
        }
        ffi::Py_XDECREF(raised);
        second
    }
}

/// The path that is given, if it is empty. WASI's C library would take it for the folder in which the program is.
fn empty_path(arguments: Arguments<'_>) -> PyResult<Option<Borrowed<'_>>> {
    let keyword = |name: &CStr| {
        // SAFETY: the dictionary is alive; it lends what it has, or NULL.
        arguments.keywords.and_then(|keywords| unsafe {
            Borrowed::from_pointer(ffi::PyDict_GetItemString(keywords.as_pointer(), name.as_ptr()))
        })
    };
    // SAFETY: `given` is the tuple of arguments, which lives as long as the call.
    let first = unsafe {
        let given = arguments.given.as_pointer();
        if ffi::PyTuple_Size(given) > 0 { Borrowed::from_pointer(ffi::PyTuple_GetItem(given, 0)) } else { None }
    };
    match first.or_else(|| PATHS.into_iter().find_map(keyword)) {
        Some(path) if (path.is_text() || path.is_bytes()) && !path.is_true()? => Ok(Some(path)),
        Some(_) | None => Ok(None),
    }
}

/// What the first argument of a function that takes a path is called.
const PATHS: [&CStr; 3] = [c"path", c"file", c"src"];

/// The places of the functions in the tuple that a function of ours has as its object.
const ORIGINAL: isize = 0;
const OURS: isize = 1;

/// Calls one of the two functions.
fn call_choice(arguments: Arguments<'_>, chosen: isize) -> PyResult<Object> {
    let keywords = arguments.keywords.map_or(std::ptr::null_mut(), Borrowed::as_pointer);
    // SAFETY: `this` is the tuple that `by_descriptor` or `by_path` made, which has both functions.
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
        let reach = ffi::PyLong_AsLong(ffi::PyTuple_GetItem(arguments.this.as_pointer(), 3));
        Ok(overflow == 0 && is_within(number, reach))
    }
}

/// What the descriptors refer to for which a function of ours is called.
struct Reach;

impl Reach {
    /// Standard streams as well as what only we have.
    const STREAMS: c_long = 1;
    /// Whatever has its number from the core.
    const ALL: c_long = 2;
}

/// Whether a function of ours is called for this number.
fn is_within(number: c_longlong, reach: c_long) -> bool {
    let opened = Fd::try_from(number).ok().and_then(|fd| state().sockets.opened(fd));
    match opened {
        _ if HOLDS_FILES && reach >= Reach::ALL => c_int::try_from(number).is_ok(),
        Some(Opened::Here) => true,
        Some(Opened::Stream(_)) => reach >= Reach::STREAMS,
        Some(Opened::File(_)) => false,
        None => number >= FIRST_FD.into(),
    }
}
