//! What lives as long as the interpreter: the sockets, and the Python objects that errors and types need.

use std::cell::OnceCell;

use wasocket::Sockets;
use wasocket::backend::DefaultNetwork;
use wasocket::sockets::{Fd, Opened};

use crate::coalescing::PendingCall;
use crate::errors::PyResult;
use crate::ffi;
use crate::object::Object;

/// A value of a program in which one thread runs at a time.
pub(crate) struct Single<T>(pub(crate) T);

// SAFETY: WASI 0.2 has no threads. Those that an interpreter of ours has take turns: one goes on where another one waits, with no
// borrow of the value held.
unsafe impl<T> Sync for Single<T> {}

static STATE: Single<OnceCell<State>> = Single(OnceCell::new());

/// The state of this program.
pub(crate) fn state() -> &'static State {
    STATE.0.get_or_init(State::new)
}

/// All that the functions of this module share.
pub(crate) struct State {
    pub(crate) sockets: Sockets<DefaultNetwork>,
    pub(crate) pending_call: PendingCall,
    python: OnceCell<PythonObjects>,
}

/// The Python objects that are made once, when the module is first imported.
pub(crate) struct PythonObjects {
    pub(crate) errno_module: Object,
    pub(crate) address_info_error: Object,
    pub(crate) host_error: Object,
    pub(crate) socket_type: Object,
    pub(crate) poll_type: Object,
    pub(crate) epoll_type: Object,
    /// The exception of the module for TLS.
    pub(crate) tls_refused: Object,
    /// `_socket`.
    pub(crate) socket: Object,
    /// `select`.
    pub(crate) select: Object,
    /// The module `_wasocket` itself, which holds the other two.
    pub(crate) module: Object,
}

impl State {
    fn new() -> Self {
        Self {
            sockets: Sockets::new(DefaultNetwork::new()),
            pending_call: PendingCall::default(),
            python: OnceCell::new(),
        }
    }

    /// The objects of the first import; `make` makes them.
    pub(crate) fn python_or_make(&self, make: impl FnOnce() -> PyResult<PythonObjects>) -> PyResult<&PythonObjects> {
        match self.python.get() {
            Some(objects) => Ok(objects),
            None => make().map(|objects| self.python.get_or_init(|| objects)),
        }
    }

    /// The objects, if the module has been imported: functions of it run only then.
    pub(crate) fn python(&self) -> Option<&PythonObjects> {
        self.python.get()
    }

    pub(crate) fn errno_module(&self) -> Option<&Object> {
        self.python().map(|objects| &objects.errno_module)
    }

    /// `socket.gaierror`.
    pub(crate) fn address_info_error(&self) -> *mut ffi::PyObject {
        self.python().map_or_else(os_error, |objects| objects.address_info_error.as_pointer())
    }

    /// `socket.herror`.
    pub(crate) fn host_error(&self) -> *mut ffi::PyObject {
        self.python().map_or_else(os_error, |objects| objects.host_error.as_pointer())
    }

    /// The descriptor of ours with the number `fd`: of anything but a file.
    pub(crate) fn socket_fd(&self, fd: i32) -> Option<Fd> {
        Fd::try_from(fd).ok().filter(|fd| matches!(self.sockets.opened(*fd), Some(Opened::Here | Opened::Stream(_))))
    }
}

fn os_error() -> *mut ffi::PyObject {
    // SAFETY: CPython sets it before it runs anything.
    unsafe { ffi::PyExc_OSError }
}
