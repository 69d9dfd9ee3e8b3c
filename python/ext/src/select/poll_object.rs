//! `select.poll()`: polling objects.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_int, c_uint, c_void};

use wasocket::errno::Errno;
use wasocket::sockets::{Events, FIRST_FD, Fd, PollEntry, PollList};
use wasocket::time::Timeout;

use super::select_function::descriptor_of;
use super::waiting::{Watch, wait};
use crate::errors::{Exception, PyResult, Raised};
use crate::export::{Arguments, END_OF_METHODS, Table, method};
use crate::ffi;
use crate::integers::unsigned;
use crate::object::{Borrowed, Object};
use crate::state::state;
use crate::timeout::poll_timeout;

/// What `register` asks for if nothing is said: `POLLIN | POLLPRI | POLLOUT`.
const DEFAULT_EVENTS: Events = Events::DEFAULT;

/// A polling object: CPython's head, and what Rust keeps behind it.
#[repr(C)]
struct PollObject {
    head: ffi::PyObject,
    registered: RefCell<Registered>,
}

/// What is registered.
#[derive(Default)]
struct Registered {
    /// Each descriptor's place in the order of registration, which is the order of answers, and its events.
    events: BTreeMap<c_int, (u64, Events)>,
    /// How many were registered ever.
    count: u64,
    /// The same for the core, until something is registered or unregistered; none if a file is among them.
    list: Option<PollList>,
    /// Whether a thread waits in `poll`.
    is_polling: bool,
}

impl Registered {
    /// Keeps the place of a descriptor that is there already, as a dictionary does.
    fn insert(&mut self, fd: c_int, events: Events) {
        self.list = None;
        self.count += 1;
        self.events.entry(fd).or_insert((self.count, Events::empty())).1 = events;
    }

    /// Whether it is registered.
    fn modify(&mut self, fd: c_int, events: Events) -> bool {
        self.list = None;
        self.events.get_mut(&fd).map(|(_, registered)| *registered = events).is_some()
    }

    /// Whether it was registered.
    fn remove(&mut self, fd: c_int) -> bool {
        self.list = None;
        self.events.remove(&fd).is_some()
    }

    /// What to wait for, if there are none but ours.
    fn list(&mut self) -> Option<PollList> {
        if self.list.is_none() {
            let entry = |(fd, (_, events)): (&c_int, &(u64, Events))| {
                let fd = Fd::try_from(*fd).ok().filter(|fd| *fd >= FIRST_FD)?;
                Some(PollEntry::new(fd, *events))
            };
            self.list = self.events.iter().map(entry).collect::<Option<_>>().and_then(PollList::new);
        }
        self.list.clone()
    }

    /// What to wait for, in ascending order.
    fn watches(&self) -> Vec<Watch> {
        self.events.iter().map(|(fd, (_, events))| Watch::new(*fd, *events)).collect()
    }

    /// The order of answers. What is not registered any more comes last.
    fn put_in_order(&self, ready: &mut [Watch]) {
        ready.sort_by_cached_key(|watch| self.events.get(&watch.fd).map_or(u64::MAX, |(place, _)| *place));
    }
}

static METHODS: Table<[ffi::PyMethodDef; 5]> = Table([
    method!(many, c"register", register, c"register(fd[, eventmask]): watch a descriptor."),
    method!(many, c"modify", modify, c"modify(fd, eventmask): watch it for something else."),
    method!(one, c"unregister", unregister, c"unregister(fd): watch it no more."),
    method!(
        many,
        c"poll",
        wait_for_all,
        c"poll([timeout]) -> list of (fd, event): wait, at most so many milliseconds."
    ),
    END_OF_METHODS,
]);

/// Makes the type.
pub(crate) fn make_type(module: &Object) -> PyResult<Object> {
    let mut slots = [
        ffi::PyType_Slot { slot: ffi::Py_tp_dealloc, pfunc: deallocate as *mut c_void },
        ffi::PyType_Slot { slot: ffi::Py_tp_methods, pfunc: METHODS.as_pointer().cast() },
        ffi::PyType_Slot { slot: 0, pfunc: std::ptr::null_mut() },
    ];
    let flags = ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_DISALLOW_INSTANTIATION;
    let mut specification = ffi::PyType_Spec {
        name: c"select.poll".as_ptr(),
        basicsize: size_of::<PollObject>() as c_int,
        itemsize: 0,
        flags: flags as c_uint,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: CPython copies what it needs of the specification; the table is static.
    Object::from_new(unsafe {
        ffi::PyType_FromModuleAndSpec(module.as_pointer(), &raw mut specification, std::ptr::null_mut())
    })
}

/// `select.poll()`.
pub(super) fn poll(_: Arguments<'_>) -> PyResult<Object> {
    let class = state().python().map(|objects| objects.poll_type.as_pointer()).ok_or(Raised)?;
    // SAFETY: `class` is our type, whose instances have the size of `PollObject`; nobody else knows the new one yet.
    unsafe {
        let object = Object::from_new(ffi::PyType_GenericAlloc(class.cast(), 0))?;
        let registered = &raw mut (*object.as_pointer().cast::<PollObject>()).registered;
        registered.write(RefCell::default());
        Ok(object)
    }
}

unsafe extern "C" fn deallocate(object: *mut ffi::PyObject) {
    // SAFETY: the protocol of a heap type; the field was written when the object was made, and nobody uses it any more.
    unsafe {
        (&raw mut (*object.cast::<PollObject>()).registered).drop_in_place();
        let class = ffi::Py_TYPE(object);
        let free = ffi::PyType_GetSlot(class, ffi::Py_tp_free);
        if !free.is_null() {
            let free = std::mem::transmute::<*mut c_void, ffi::freefunc>(free);
            free(object.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}

/// What is registered with `object`. No Python code may run while this is borrowed.
fn registered(object: Borrowed<'_>) -> &RefCell<Registered> {
    // SAFETY: our methods are in no other type, and our function alone makes instances.
    unsafe { &(*object.as_pointer().cast::<PollObject>()).registered }
}

/// `register(fd[, eventmask])`.
fn register(arguments: Arguments<'_>) -> PyResult<Object> {
    let [object, events] = unpack(arguments.given, c"register", 1)?;
    let fd = descriptor_of(object.ok_or(Raised)?)?;
    let events = events.map_or(Ok(DEFAULT_EVENTS), event_mask)?;
    registered(arguments.this).borrow_mut().insert(fd, events);
    Ok(Object::none())
}

/// `modify(fd, eventmask)`.
fn modify(arguments: Arguments<'_>) -> PyResult<Object> {
    let [object, events] = unpack(arguments.given, c"modify", 2)?;
    let fd = descriptor_of(object.ok_or(Raised)?)?;
    let events = event_mask(events.ok_or(Raised)?)?;
    let modified = registered(arguments.this).borrow_mut().modify(fd, events);
    if modified { Ok(Object::none()) } else { Err(Errno::ENOENT.into()) }
}

/// `unregister(fd)`: `KeyError` for one that is not registered.
fn unregister(arguments: Arguments<'_>) -> PyResult<Object> {
    let fd = descriptor_of(arguments.given)?;
    let removed = registered(arguments.this).borrow_mut().remove(fd);
    if removed { Ok(Object::none()) } else { Err(raise_key_error(&Object::integer(fd.into())?)) }
}

/// `poll([timeout])`: `RuntimeError` while another thread is in it.
fn wait_for_all(arguments: Arguments<'_>) -> PyResult<Object> {
    let timeout = poll_timeout(unpack_one(arguments.given)?)?;
    let registered = registered(arguments.this);
    if std::mem::replace(&mut registered.borrow_mut().is_polling, true) {
        return Err(Exception::Runtime.raise("concurrent poll() invocation"));
    }
    let ready = find_ready(registered, timeout);
    registered.borrow_mut().is_polling = false;
    let mut ready = ready?;
    registered.borrow().put_in_order(&mut ready);
    Object::list(ready.into_iter().map(|watch| {
        Object::tuple([Object::integer(watch.fd.into())?, Object::integer((watch.found.bits() & 0xffff).into())?])
    }))
}

/// What is ready of what was registered when the wait began.
fn find_ready(registered: &RefCell<Registered>, timeout: Timeout) -> PyResult<Vec<Watch>> {
    let list = registered.borrow_mut().list();
    if let Some(list) = list {
        return Ok(state().sockets.poll_list(&list, timeout)?.into_iter().map(Watch::from).collect());
    }
    let mut watches = registered.borrow().watches();
    wait(&mut watches, timeout)?;
    watches.retain(|watch| !watch.found.is_empty());
    Ok(watches)
}

fn event_mask(value: Borrowed<'_>) -> PyResult<Events> {
    Ok(Events::from_bits_retain(unsigned(value, u16::MAX.into(), "unsigned short")?))
}

fn raise_key_error(key: &Object) -> Raised {
    // SAFETY: the class and the key are alive.
    unsafe { ffi::PyErr_SetObject(ffi::PyExc_KeyError, key.as_pointer()) }
    Raised
}

fn unpack<'a>(arguments: Borrowed<'a>, name: &CStr, least: isize) -> PyResult<[Option<Borrowed<'a>>; 2]> {
    let (mut first, mut second): (*mut ffi::PyObject, *mut ffi::PyObject) =
        (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: it fills at most two pointers with references that the tuple owns.
    unsafe {
        if ffi::PyArg_UnpackTuple(arguments.as_pointer(), name.as_ptr(), least, 2, &raw mut first, &raw mut second) == 0
        {
            return Err(Raised);
        }
        Ok([Borrowed::from_pointer(first), Borrowed::from_pointer(second)])
    }
}

fn unpack_one(arguments: Borrowed<'_>) -> PyResult<Option<Borrowed<'_>>> {
    let mut first: *mut ffi::PyObject = std::ptr::null_mut();
    // SAFETY: it fills at most one pointer with a reference that the tuple owns.
    unsafe {
        if ffi::PyArg_UnpackTuple(arguments.as_pointer(), c"poll".as_ptr(), 0, 1, &raw mut first) == 0 {
            return Err(Raised);
        }
        Ok(Borrowed::from_pointer(first))
    }
}
