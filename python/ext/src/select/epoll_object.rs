//! `select.epoll`: the objects.

use std::cell::Cell;
use std::ffi::{c_int, c_uint, c_void};

use wasocket::errno::Errno;
use wasocket::sockets::{Events, Fd, Trigger};

use super::select_function::descriptor_of;
use crate::arguments::{names, parse_keywords, parse_tuple};
use crate::descriptors::{Descriptor, classify};
use crate::errors::{Exception, PyResult, Raised, occurred};
use crate::export::{Arguments, END_OF_METHODS, Table, entry, method};
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::state::state;
use crate::timeout::epoll_timeout;

/// The descriptor of an object that is closed.
const CLOSED: c_int = -1;

/// `EPOLL_CLOEXEC`, the only flag.
const CLOSE_ON_EXEC: c_int = 0x8_0000;

/// How many events one call returns by default: `FD_SETSIZE - 1`.
const DEFAULT_MOST: usize = 1023;

/// An object: CPython's head, and the descriptor.
#[repr(C)]
struct EpollObject {
    head: ffi::PyObject,
    fd: Cell<c_int>,
}

impl EpollObject {
    /// The object that `object` is: our slots and methods are in no other type, which has no subclasses.
    fn of(object: Borrowed<'_>) -> &Self {
        // SAFETY: see above; the object lives as long as the borrow.
        unsafe { &*object.as_pointer().cast::<Self>() }
    }

    /// The descriptor, or `ValueError` once the object is closed.
    fn fd(&self) -> PyResult<c_int> {
        match self.fd.get() {
            CLOSED => Err(Exception::Value.raise("I/O operation on closed epoll object")),
            fd => Ok(fd),
        }
    }

    /// The number of the instance.
    fn instance(&self) -> PyResult<Fd> {
        number(self.fd()?)
    }

    /// Closes the descriptor; that it is closed already is no error, as in CPython.
    fn close(&self) {
        if let Some(fd) = state().socket_fd(self.fd.replace(CLOSED)) {
            // It is open, which is all that closing asks for.
            let _ = state().sockets.close(fd);
        }
    }
}

static METHODS: Table<[ffi::PyMethodDef; 10]> = Table([
    method!(none, c"close", close, c"close($self, /)\n--\n\nClose the descriptor; further calls raise ValueError."),
    method!(none, c"fileno", fileno, c"fileno($self, /)\n--\n\nThe descriptor."),
    entry(
        c"fromfd",
        method!(@trampoline from_descriptor),
        ffi::METH_O | ffi::METH_CLASS,
        c"fromfd($type, fd, /)\n--\n\nAn epoll object for a descriptor that is one already.",
    ),
    method!(keywords, c"modify", modify, c"modify($self, /, fd, eventmask)\n--\n\nWatch a descriptor for something else."),
    method!(
        keywords,
        c"register",
        register,
        c"register($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)\n--\n\nWatch a descriptor."
    ),
    method!(keywords, c"unregister", unregister, c"unregister($self, /, fd)\n--\n\nWatch it no more."),
    method!(
        keywords,
        c"poll",
        poll,
        c"poll($self, /, timeout=None, maxevents=-1)\n--\n\nWait, at most so many seconds; a list of (fd, events)."
    ),
    method!(none, c"__enter__", enter, c"__enter__($self, /)\n--\n\n"),
    method!(
        many,
        c"__exit__",
        exit,
        c"__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)\n--\n\n"
    ),
    END_OF_METHODS,
]);

static PROPERTIES: Table<[ffi::PyGetSetDef; 2]> = Table([
    ffi::PyGetSetDef {
        name: c"closed".as_ptr(),
        get: Some(closed_property),
        set: None,
        doc: c"True if the epoll handler is closed".as_ptr(),
        closure: std::ptr::null_mut(),
    },
    ffi::PyGetSetDef {
        name: std::ptr::null(),
        get: None,
        set: None,
        doc: std::ptr::null(),
        closure: std::ptr::null_mut(),
    },
]);

const DOC: &std::ffi::CStr = c"select.epoll(sizehint=-1, flags=0)\n\n\
Watches any number of descriptors. sizehint is positive or -1, and has no effect; flags are 0 or EPOLL_CLOEXEC.";

/// Makes the type.
pub(crate) fn make_type(module: &Object) -> PyResult<Object> {
    let slot = |slot, pfunc| ffi::PyType_Slot { slot, pfunc };
    let mut slots = [
        slot(ffi::Py_tp_dealloc, deallocate as *mut c_void),
        slot(ffi::Py_tp_doc, DOC.as_ptr().cast_mut().cast()),
        slot(ffi::Py_tp_methods, METHODS.as_pointer().cast()),
        slot(ffi::Py_tp_getset, PROPERTIES.as_pointer().cast()),
        slot(ffi::Py_tp_new, new as *mut c_void),
        slot(0, std::ptr::null_mut()),
    ];
    let mut specification = ffi::PyType_Spec {
        name: c"select.epoll".as_ptr(),
        basicsize: size_of::<EpollObject>() as c_int,
        itemsize: 0,
        flags: ffi::Py_TPFLAGS_DEFAULT as c_uint,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: CPython copies what it needs of the specification; the tables are static.
    Object::from_new(unsafe {
        ffi::PyType_FromModuleAndSpec(module.as_pointer(), &raw mut specification, std::ptr::null_mut())
    })
}

/// `tp_new`: `epoll(sizehint=-1, flags=0)`.
unsafe extern "C" fn new(
    class: *mut ffi::PyTypeObject,
    arguments: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython keeps all of them alive during the call.
    let (Some(arguments), keywords) =
        (unsafe { (Borrowed::from_pointer(arguments), Borrowed::from_pointer(keywords)) })
    else {
        return std::ptr::null_mut();
    };
    let object =
        check_new(arguments, keywords).and_then(|()| wrap(class, state().sockets.epoll_create()?.cast_signed()));
    object.map_or(std::ptr::null_mut(), Object::into_pointer)
}

fn check_new(arguments: Borrowed<'_>, keywords: Option<Borrowed<'_>>) -> PyResult<()> {
    let (mut size_hint, mut flags): (c_int, c_int) = (-1, 0);
    let names = names!(c"sizehint", c"flags");
    parse_keywords!(arguments, keywords, c"|ii:epoll", names, &raw mut size_hint, &raw mut flags)?;
    match (size_hint, flags) {
        (i32::MIN..=-2 | 0, _) => Err(Exception::Value.raise("negative sizehint")),
        (_, 0 | CLOSE_ON_EXEC) => Ok(()),
        _ => Err(Exception::Os.raise("invalid flags")),
    }
}

/// An object for `fd`, which goes over to it.
fn wrap(class: *mut ffi::PyTypeObject, fd: c_int) -> PyResult<Object> {
    // SAFETY: `class` is our type.
    let object = Object::from_new(unsafe { ffi::PyType_GenericAlloc(class, 0) })?;
    EpollObject::of(object.borrow()).fd.set(fd);
    Ok(object)
}

unsafe extern "C" fn deallocate(object: *mut ffi::PyObject) {
    // SAFETY: the protocol of a heap type; nobody uses the object any more, but its field is still there.
    unsafe {
        if let Some(object) = Borrowed::from_pointer(object) {
            EpollObject::of(object).close();
        }
        let class = ffi::Py_TYPE(object);
        let free = ffi::PyType_GetSlot(class, ffi::Py_tp_free);
        if !free.is_null() {
            let free = std::mem::transmute::<*mut c_void, ffi::freefunc>(free);
            free(object.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

unsafe extern "C" fn closed_property(object: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: CPython calls it with an instance that is alive.
    let Some(object) = (unsafe { Borrowed::from_pointer(object) }) else { return std::ptr::null_mut() };
    Object::boolean(EpollObject::of(object).fd.get() == CLOSED).map_or(std::ptr::null_mut(), Object::into_pointer)
}

/// `epoll.fromfd(fd)`: -1 makes a new instance, as in CPython.
fn from_descriptor(arguments: Arguments<'_>) -> PyResult<Object> {
    let fd = match arguments.given.c_int()? {
        -1 => state().sockets.epoll_create()?.cast_signed(),
        ..=-2 => return Err(Errno::EBADF.into()),
        fd => fd,
    };
    wrap(arguments.this.as_pointer().cast(), fd)
}

fn close(arguments: Arguments<'_>) -> PyResult<Object> {
    EpollObject::of(arguments.this).close();
    Ok(Object::none())
}

fn fileno(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::integer(EpollObject::of(arguments.this).fd()?.into())
}

fn enter(arguments: Arguments<'_>) -> PyResult<Object> {
    EpollObject::of(arguments.this).fd()?;
    Ok(arguments.this.own())
}

fn exit(arguments: Arguments<'_>) -> PyResult<Object> {
    let [mut class, mut value, mut traceback] = [std::ptr::null_mut::<ffi::PyObject>(); 3];
    parse_tuple!(arguments.given, c"|OOO:__exit__", &raw mut class, &raw mut value, &raw mut traceback)?;
    close(arguments)
}

/// `register(fd, eventmask=EPOLLIN | EPOLLPRI | EPOLLOUT)`.
fn register(arguments: Arguments<'_>) -> PyResult<Object> {
    let [mut fd, mut events] = [std::ptr::null_mut::<ffi::PyObject>(); 2];
    let names = names!(c"fd", c"eventmask");
    parse_keywords!(arguments.given, arguments.keywords, c"O|O:register", names, &raw mut fd, &raw mut events)?;
    let (fd, events) = (descriptor(fd)?, event_mask(events)?);
    let instance = EpollObject::of(arguments.this).instance()?;
    let (target, (events, trigger)) = (watched(fd)?, events);
    state().sockets.epoll_add(instance, target.into(), target, events, trigger)?;
    Ok(Object::none())
}

/// `modify(fd, eventmask)`.
fn modify(arguments: Arguments<'_>) -> PyResult<Object> {
    let [mut fd, mut events] = [std::ptr::null_mut::<ffi::PyObject>(); 2];
    let names = names!(c"fd", c"eventmask");
    parse_keywords!(arguments.given, arguments.keywords, c"OO:modify", names, &raw mut fd, &raw mut events)?;
    let (fd, events) = (descriptor(fd)?, event_mask(events)?);
    let instance = EpollObject::of(arguments.this).instance()?;
    let (target, (events, trigger)) = (watched(fd)?, events);
    state().sockets.epoll_modify(instance, target.into(), events, trigger)?;
    Ok(Object::none())
}

/// `unregister(fd)`.
fn unregister(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut fd = std::ptr::null_mut::<ffi::PyObject>();
    parse_keywords!(arguments.given, arguments.keywords, c"O:unregister", names!(c"fd"), &raw mut fd)?;
    let fd = descriptor(fd)?;
    let instance = EpollObject::of(arguments.this).instance()?;
    state().sockets.epoll_remove(instance, watched(fd)?.into())?;
    Ok(Object::none())
}

/// `poll(timeout=None, maxevents=-1)`.
fn poll(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut timeout, mut most): (_, c_int) = (std::ptr::null_mut::<ffi::PyObject>(), -1);
    let names = names!(c"timeout", c"maxevents");
    parse_keywords!(arguments.given, arguments.keywords, c"|Oi:poll", names, &raw mut timeout, &raw mut most)?;
    let object = EpollObject::of(arguments.this);
    object.fd()?;
    // SAFETY: the parser borrowed it from the arguments.
    let timeout = epoll_timeout(unsafe { Borrowed::from_pointer(timeout) })?;
    let most = match (most, usize::try_from(most)) {
        (-1, _) => DEFAULT_MOST,
        (_, Ok(most)) if most > 0 => most,
        _ => {
            let text = format!("maxevents must be greater than 0, got {most}");
            return Err(Exception::Value.raise(&text));
        }
    };
    // Converting the timeout may have run Python code, which may have closed the object.
    let ready = state().sockets.epoll_wait(number(object.fd.get())?, most, timeout)?;
    Object::list(ready.into_iter().map(|(token, events)| {
        let fd = i64::try_from(token).unwrap_or(i64::MAX);
        Object::tuple([Object::integer(fd)?, Object::integer(events.bits().into())?])
    }))
}

fn descriptor(object: *mut ffi::PyObject) -> PyResult<c_int> {
    // SAFETY: the parser borrowed it from the arguments.
    descriptor_of(unsafe { Borrowed::from_pointer(object) }.ok_or(Raised)?)
}

/// The number of a descriptor.
fn number(fd: c_int) -> PyResult<Fd> {
    Ok(Fd::try_from(fd).map_err(|_| Errno::EBADF)?)
}

/// The descriptor of ours that an instance is to watch; it watches no regular files, as on Linux.
fn watched(fd: c_int) -> PyResult<Fd> {
    match classify(fd) {
        Descriptor::Ours(fd) if state().sockets.is_open(fd) => Ok(fd),
        Descriptor::File => Err(Errno::EPERM.into()),
        Descriptor::Ours(_) | Descriptor::Closed => Err(Errno::EBADF.into()),
    }
}

/// An event mask, of which CPython takes the low bits: what to watch for, and how.
fn event_mask(value: *mut ffi::PyObject) -> PyResult<(Events, Trigger)> {
    if value.is_null() {
        return Ok((Events::DEFAULT, Trigger::empty()));
    }
    // SAFETY: the parser borrowed it from the arguments.
    let mask = unsafe { ffi::PyLong_AsUnsignedLongMask(value) } as u32;
    if occurred() {
        return Err(Raised);
    }
    let trigger = Trigger::from_bits_truncate(mask);
    Ok((Events::from_bits_retain(mask & !trigger.bits()), trigger))
}
