//! The socket functions of one program: what all front ends call.
//!
//! Descriptors are numbers from [`FIRST_FD`] on; each refers to an open description, which `dup` shares. All methods take
//! `&self`, and nothing here calls back into a front end, so one may be re-entered between two calls but never within one.

mod calls;
mod carried;
mod coalescing;
mod description;
mod drop;
mod endpoint;
mod epoll;
mod files;
mod host;
mod kept_options;
mod kernel;
mod kinds;
mod lookups;
mod option_access;
mod pipes;
mod poll;
mod poll_cache;
mod sharing;
pub(crate) mod stack;
mod transfer;
mod unix_paths;
mod write_pattern;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use coalescing::Coalescing;
use drop::let_go;
use unix_paths::UnixPaths;

use crate::address::{Family, Kind};
use crate::descriptors::{Descriptor, Descriptors};
use crate::errno::Errno;
use crate::error::Result;
use crate::net::{Network, Stack};
use crate::unix::Names;

pub use crate::descriptors::{FIRST_FD, Fd};
pub use crate::file::{Device, FileType};
pub use crate::library_file::{LibraryFile, Opened};
pub use crate::message;
pub use crate::polling::{Events, PollEntry, PollList, Trigger};
pub(crate) use description::{Attributes, Description, Rights};
pub(crate) use endpoint::{Endpoint, SourceRef};

/// The sockets of one program over one network.
pub struct Sockets<N: Network> {
    net: N,
    descriptors: RefCell<Descriptors<Description<N>>>,
    /// The names of `AF_UNIX`, where its sockets are in memory.
    names: Rc<Names<Rights<N>>>,
    unix_paths: UnixPaths<N>,
    /// How often a descriptor that was open came to mean something else, or nothing.
    changes: Cell<u64>,
    /// What the stack keeps beside the sockets.
    state: <N::Stack as Stack<N>>::State,
    coalescing: Coalescing,
    /// `socket.setdefaulttimeout()`.
    default_timeout: Cell<Option<Duration>>,
}

impl<N: Network> Sockets<N> {
    /// A program without open sockets.
    pub fn new(net: N) -> Self {
        Self {
            net,
            descriptors: RefCell::new(Descriptors::new()),
            names: Rc::default(),
            unix_paths: UnixPaths::default(),
            changes: Cell::new(0),
            state: Default::default(),
            coalescing: Coalescing::default(),
            default_timeout: Cell::new(None),
        }
    }

    /// `socket.socket(family, type, proto)` — opens a socket; `protocol` is an `IPPROTO_*` number of Linux, 0 for the default.
    ///
    /// # Errors
    /// - `EPROTONOSUPPORT`: the protocol does not belong to the type. - `ESOCKTNOSUPPORT`: the family lacks the type.
    /// - `EACCES`: the host does not let this program have one.
    pub fn socket(&self, family: Family, kind: Kind, protocol: i32) -> Result<Fd> {
        self.insert(N::Stack::open(self, family, kind, protocol)?)
    }

    /// `socket.socketpair(family, type, proto)` — two connected sockets of `AF_UNIX`.
    ///
    /// # Errors
    /// - `EOPNOTSUPP`: a family other than `AF_UNIX`, as on Linux. - `EPROTONOSUPPORT`: a protocol other than 0.
    pub fn socketpair(&self, family: Family, kind: Kind, protocol: i32) -> Result<(Fd, Fd)> {
        self.insert_both(N::Stack::pair(self, family, kind, protocol)?)
    }

    /// `socket.dup(fd)` — another descriptor for the same open description; not inheritable.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open. `EMFILE`: there are too many.
    pub fn dup(&self, fd: Fd) -> Result<Fd> {
        let description = self.any_description(fd)?;
        self.insert(description)
    }

    /// `fcntl.fcntl(fd, F_DUPFD_CLOEXEC, least)` — another descriptor, with the lowest free number that is not below `least`.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open. `EMFILE`: there are too many.
    pub fn dup_from(&self, fd: Fd, least: Fd) -> Result<Fd> {
        let description = self.any_description(fd)?;
        Ok(self.descriptors.borrow_mut().insert_from(least, description)?)
    }

    /// `os.dup2(fd, fd2)` — makes `onto` a descriptor for what `fd` refers to; what it was before is closed. The number may be
    /// open or not; the new descriptor is not inheritable. The same number twice changes nothing.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open, or `onto` is no number that a descriptor may have.
    pub fn dup_onto(&self, fd: Fd, onto: Fd) -> Result<()> {
        let description = self.any_description(fd)?;
        self.changes.set(self.changes.get() + 1);
        if fd != onto {
            self.flush_before_close(onto);
        }
        let replaced = if fd == onto { None } else { self.descriptors.borrow_mut().replace(onto, description)? };
        let_go(replaced.into_iter().collect());
        self.net.changed();
        Ok(())
    }

    /// `socket.close()` — frees the descriptor; the description goes with its last one. Never waits: what was handed over
    /// for sending is still sent.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn close(&self, fd: Fd) -> Result<()> {
        self.flush_before_close(fd);
        let description = self.descriptors.borrow_mut().remove(fd)?;
        self.changes.set(self.changes.get() + 1);
        let_go(vec![description]);
        self.net.changed();
        Ok(())
    }

    /// Whether `fd` is open here.
    pub fn is_open(&self, fd: Fd) -> bool {
        self.descriptors.borrow().get(fd).is_ok()
    }

    /// The family of a socket.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open. `ENOTSOCK`: it is a lookup.
    pub fn family(&self, fd: Fd) -> Result<Family> {
        Ok(self.description(fd)?.attributes.family)
    }

    /// The type of a socket.
    ///
    /// # Errors
    /// As [`Sockets::family`].
    pub fn kind(&self, fd: Fd) -> Result<Kind> {
        Ok(self.description(fd)?.attributes.kind)
    }

    /// The protocol of a socket, as `SO_PROTOCOL` reads it.
    ///
    /// # Errors
    /// As [`Sockets::family`].
    pub fn protocol(&self, fd: Fd) -> Result<i32> {
        Ok(self.description(fd)?.attributes.protocol)
    }

    /// `os.get_blocking(fd)`, inverted — `O_NONBLOCK`, which all descriptors of a description share.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn nonblocking(&self, fd: Fd) -> Result<bool> {
        Ok(self.any_description(fd)?.attributes.nonblocking.get())
    }

    /// `os.set_blocking(fd, blocking)`, inverted.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn set_nonblocking(&self, fd: Fd, nonblocking: bool) -> Result<()> {
        self.any_description(fd)?.attributes.nonblocking.set(nonblocking);
        Ok(())
    }

    /// `os.get_inheritable(fd)` — whether a child process would inherit the descriptor.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn inheritable(&self, fd: Fd) -> Result<bool> {
        Ok(self.descriptors.borrow().get(fd)?.inheritable.get())
    }

    /// `os.set_inheritable(fd, inheritable)` — kept, without effect: a component has no children.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn set_inheritable(&self, fd: Fd, inheritable: bool) -> Result<()> {
        self.descriptors.borrow().get(fd)?.inheritable.set(inheritable);
        Ok(())
    }

    /// At the end of a program: closes all descriptors and waits until what was written has left, or `patience` has run out
    /// since the last progress; whether all of it left.
    pub fn drain(&self, patience: Duration) -> bool {
        self.flush_at_end(patience);
        self.changes.set(self.changes.get() + 1);
        let open = self.descriptors.borrow_mut().clear();
        let_go(open);
        self.net.drain(patience)
    }

    /// The network below.
    #[cfg(all(target_family = "wasm", feature = "threads"))]
    pub(crate) fn net(&self) -> &N {
        &self.net
    }

    fn insert(&self, description: Rights<N>) -> Result<Fd> {
        Ok(self.descriptors.borrow_mut().insert(description)?)
    }

    fn insert_both(&self, [first, second]: [Rights<N>; 2]) -> Result<(Fd, Fd)> {
        let first = self.insert(first)?;
        match self.insert(second) {
            Ok(second) => Ok((first, second)),
            Err(error) => {
                self.close(first)?;
                Err(error)
            }
        }
    }

    /// What `fd` refers to, for a call of the program: sends what is held.
    fn any_description(&self, fd: Fd) -> Result<Rights<N>> {
        self.flush();
        self.refers_to(fd)
    }

    /// What `fd` refers to.
    fn refers_to(&self, fd: Fd) -> Result<Rights<N>> {
        let descriptors = self.descriptors.borrow();
        let Descriptor { description, .. } = descriptors.get(fd)?;
        Ok(Rc::clone(description))
    }

    /// What `fd` refers to, if it is a socket, for a call of the program.
    fn description(&self, fd: Fd) -> Result<Rights<N>> {
        self.flush();
        self.socket_at(fd)
    }

    fn socket_at(&self, fd: Fd) -> Result<Rights<N>> {
        let description = self.refers_to(fd)?;
        if description.endpoint.is_socket() { Ok(description) } else { Err(Errno::ENOTSOCK.into()) }
    }
}

fn total_length(parts: &[&[u8]]) -> usize {
    parts.iter().fold(0, |total, part| total.saturating_add(part.len()))
}
