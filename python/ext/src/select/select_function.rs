//! `select.select`.

use std::collections::BTreeMap;
use std::ffi::c_int;

use wasocket::errno::Errno;
use wasocket::sockets::Events;

use super::waiting::{Watch, wait};
use crate::arguments::Items;
use crate::errors::{PyResult, Raised};
use crate::export::Arguments;
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::timeout::select_timeout;

/// What the three sets ask of `poll(2)`, and what each reports.
const READ: (Events, Events) = (Events::READABLE.union(Events::RDBAND), Events::SELECT_READ);
const WRITE: (Events, Events) = (Events::WRITABLE_MESSAGES, Events::SELECT_WRITE);
const EXCEPTIONAL: (Events, Events) = (Events::PRI, Events::SELECT_EXCEPTIONAL);

/// One of the three lists: the objects, and their descriptors.
struct Set {
    members: Vec<(Object, c_int)>,
    asked: Events,
    means: Events,
}

/// `select(rlist, wlist, xlist, timeout=None)`.
pub(super) fn select(arguments: Arguments<'_>) -> PyResult<Object> {
    let [read, write, exceptional, timeout] = unpack(arguments.given)?;
    let timeout = timeout.map_or_else(|| Ok(wasocket::time::Timeout::Blocking), select_timeout)?;
    let sets = [Set::read_from(read, READ)?, Set::read_from(write, WRITE)?, Set::read_from(exceptional, EXCEPTIONAL)?];
    let mut asked: BTreeMap<c_int, Events> = BTreeMap::new();
    for set in &sets {
        for (_, fd) in &set.members {
            *asked.entry(*fd).or_default() |= set.asked;
        }
    }
    let mut watches: Vec<Watch> = asked.into_iter().map(|(fd, events)| Watch::new(fd, events)).collect();
    wait(&mut watches, timeout)?;
    if watches.iter().any(|watch| watch.found.contains(Events::NVAL)) {
        return Err(Errno::EBADF.into());
    }
    let found: BTreeMap<c_int, Events> = watches.into_iter().map(|watch| (watch.fd, watch.found)).collect();
    let [read, write, exceptional] = sets;
    Object::tuple([read.ready(&found)?, write.ready(&found)?, exceptional.ready(&found)?])
}

impl Set {
    fn read_from(list: Option<Borrowed<'_>>, (asked, means): (Events, Events)) -> PyResult<Self> {
        let list = list.ok_or(Raised)?;
        let members = Items::of(list, c"arguments 1-3 must be sequences")?
            .map(|object| {
                let object = object?;
                let fd = descriptor_of(object.borrow())?;
                Ok((object, fd))
            })
            .collect::<PyResult<_>>()?;
        Ok(Self { members, asked, means })
    }

    /// The list of the objects that are ready: the same objects that were given.
    fn ready(self, found: &BTreeMap<c_int, Events>) -> PyResult<Object> {
        let means = self.means;
        let is_ready = |fd: &c_int| found.get(fd).is_some_and(|events| events.intersects(means));
        Object::list(self.members.into_iter().filter(|(_, fd)| is_ready(fd)).map(|(object, _)| Ok(object)))
    }
}

/// The descriptor of an `int`, or of an object with a `fileno()` method.
pub(super) fn descriptor_of(object: Borrowed<'_>) -> PyResult<c_int> {
    // SAFETY: the object is alive.
    match unsafe { ffi::PyObject_AsFileDescriptor(object.as_pointer()) } {
        -1 => Err(Raised),
        fd => Ok(fd),
    }
}

/// Three arguments or four.
fn unpack(arguments: Borrowed<'_>) -> PyResult<[Option<Borrowed<'_>>; 4]> {
    let null: *mut ffi::PyObject = std::ptr::null_mut();
    let [mut read, mut write, mut exceptional, mut timeout] = [null; 4];
    // SAFETY: it fills at most four pointers with references that the tuple owns.
    unsafe {
        let unpacked = ffi::PyArg_UnpackTuple(
            arguments.as_pointer(),
            c"select".as_ptr(),
            3,
            4,
            &raw mut read,
            &raw mut write,
            &raw mut exceptional,
            &raw mut timeout,
        );
        if unpacked == 0 {
            return Err(Raised);
        }
        Ok([
            Borrowed::from_pointer(read),
            Borrowed::from_pointer(write),
            Borrowed::from_pointer(exceptional),
            Borrowed::from_pointer(timeout),
        ])
    }
}
