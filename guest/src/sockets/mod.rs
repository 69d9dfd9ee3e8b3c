//! The socket functions of one program: what both faces call.
//!
//! Descriptors are numbers from [`FIRST_FD`] on; each refers to an open description, which `dup` shares. All methods take
//! `&self`, and nothing here calls back into a face, so a face may be re-entered between two calls but never within one.

mod carried;
mod description;
mod files;
mod kept_options;
mod kept_set;
mod letting_go;
mod lookups;
mod option_access;
mod pipes;
mod poll;
mod system;
mod unix_paths;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use carried::Carried;
use description::{Description, Endpoint, Rights};
use kept_set::KeptSet;
use letting_go::let_go;
use unix_paths::UnixPaths;

use crate::address::{Address, Family, Kind, Shutdown};
use crate::ancillary::descriptors_that_fit;
use crate::descriptors::{Descriptor, Descriptors};
use crate::errno::Errno;
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::message::{MessageFlags, Outgoing, Received};
use crate::net::Net;
use crate::time::Timeout;
use crate::unix::Names;
use crate::waiting::Wait;

pub use crate::descriptors::{FIRST_FD, Fd};
pub use crate::file::{Device, FileType};
pub use crate::message;
pub use crate::polling::{Events, PollEntry, PollList};

/// The sockets of one program over one network.
pub struct Sockets<N: Net> {
    net: N,
    descriptors: RefCell<Descriptors<Description<N>>>,
    names: Rc<Names<Rights<N>>>,
    unix_paths: UnixPaths<N>,
    /// How often a descriptor that was open came to mean something else, or nothing.
    changes: Cell<u64>,
    kept_set: RefCell<KeptSet<N>>,
    carried: Carried<N>,
}

impl<N: Net> Sockets<N> {
    /// A program without open sockets.
    pub fn new(net: N) -> Self {
        Self {
            net,
            descriptors: RefCell::new(Descriptors::new()),
            names: Rc::default(),
            unix_paths: UnixPaths::default(),
            changes: Cell::new(0),
            kept_set: RefCell::default(),
            carried: Carried::default(),
        }
    }

    /// The network below.
    pub fn net(&self) -> &N {
        &self.net
    }

    /// `socket.socket(family, type, proto)` — opens a socket; `protocol` is an `IPPROTO_*` number of Linux, 0 for the default.
    ///
    /// # Errors
    /// - `EPROTONOSUPPORT`: the protocol does not belong to the type. - `ESOCKTNOSUPPORT`: the family lacks the type.
    /// - `EACCES`: the host does not let this program have one.
    pub fn socket(&self, family: Family, kind: Kind, protocol: i32) -> Result<Fd> {
        let description = Description::open(&self.net, &self.names, family, kind, protocol)?;
        self.insert(Rc::new(description))
    }

    /// `socket.socketpair(family, type, proto)` — two connected sockets in memory, with the meaning of `AF_UNIX`.
    ///
    /// # Errors
    /// - `EOPNOTSUPP`: a family other than `AF_UNIX`, as on Linux. - `EPROTONOSUPPORT`: a protocol other than 0.
    pub fn socketpair(&self, family: Family, kind: Kind, protocol: i32) -> Result<(Fd, Fd)> {
        let (first, second) = Description::pair(&self.net, &self.names, family, kind, protocol)?;
        let first = self.insert(Rc::new(first))?;
        match self.insert(Rc::new(second)) {
            Ok(second) => Ok((first, second)),
            Err(error) => {
                self.close(first)?;
                Err(error)
            }
        }
    }

    /// A number for something that a face keeps itself, such as an `epoll` instance: no socket, and never ready.
    ///
    /// # Errors
    /// `EMFILE`: there are too many.
    pub fn reserve(&self) -> Result<Fd> {
        self.insert(Rc::new(Description::reserved()))
    }

    /// `socket.dup(fd)` — another descriptor for the same open description; not inheritable.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open. `EMFILE`: there are too many.
    pub fn dup(&self, fd: Fd) -> Result<Fd> {
        let description = self.any_description(fd)?;
        self.insert(description)
    }

    /// `os.dup2(fd, fd2)` — makes `onto` a descriptor for what `fd` refers to; what it was before is closed. The number is
    /// one of ours, open or not; the new descriptor is not inheritable. The same number twice changes nothing.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open, or `onto` is no number of ours.
    pub fn dup_onto(&self, fd: Fd, onto: Fd) -> Result<()> {
        let description = self.any_description(fd)?;
        self.changes.set(self.changes.get() + 1);
        let replaced = if fd == onto { None } else { self.descriptors.borrow_mut().replace(onto, description)? };
        let_go(replaced.into_iter().collect());
        Ok(())
    }

    /// `socket.close()` — frees the descriptor; the description goes with its last one. Never waits: what was handed over
    /// for sending is still sent.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn close(&self, fd: Fd) -> Result<()> {
        let description = self.descriptors.borrow_mut().remove(fd)?;
        self.changes.set(self.changes.get() + 1);
        let_go(vec![description]);
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
        Ok(self.description(fd)?.family)
    }

    /// The type of a socket.
    ///
    /// # Errors
    /// As [`Sockets::family`].
    pub fn kind(&self, fd: Fd) -> Result<Kind> {
        Ok(self.description(fd)?.kind)
    }

    /// The protocol of a socket, as `SO_PROTOCOL` reads it.
    ///
    /// # Errors
    /// As [`Sockets::family`].
    pub fn protocol(&self, fd: Fd) -> Result<i32> {
        Ok(self.description(fd)?.protocol)
    }

    /// `os.get_blocking(fd)`, inverted — `O_NONBLOCK`, which all descriptors of a description share.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn nonblocking(&self, fd: Fd) -> Result<bool> {
        Ok(self.any_description(fd)?.nonblocking.get())
    }

    /// `os.set_blocking(fd, blocking)`, inverted.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn set_nonblocking(&self, fd: Fd, nonblocking: bool) -> Result<()> {
        self.any_description(fd)?.nonblocking.set(nonblocking);
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

    /// `socket.bind(address)`.
    ///
    /// # Errors
    /// `EINVAL`: already bound, or an address of another family. `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`: the host refuses.
    pub fn bind(&self, fd: Fd, local: &Address) -> Result<()> {
        let description = self.description(fd)?;
        let resolved = self.resolved(local);
        self.check_unbound(&resolved)?;
        description.bind(&self.net, &resolved)?;
        self.note_bound(&resolved, local, &description);
        Ok(())
    }

    /// `socket.connect(address)`.
    ///
    /// # Errors
    /// - `EINPROGRESS`, `EALREADY`: it goes on in the background. - `EISCONN`: already connected.
    /// - [`Error::Timeout`]: not in time; it goes on. - `ECONNREFUSED`, `EHOSTUNREACH`, `ETIMEDOUT`, `EACCES` …
    pub fn connect(&self, fd: Fd, remote: &Address, timeout: Timeout) -> Result<()> {
        let description = self.description(fd)?;
        let resolved = self.resolved(remote);
        let connected = description.connect(&self.net, &resolved, description.mode(timeout));
        self.note_connected(&resolved, remote, connected)
    }

    /// `socket.listen([backlog])` — a negative backlog counts as 0, and 0 as 1, the least that WASI has.
    ///
    /// # Errors
    /// `EINVAL`: connected. `EOPNOTSUPP`: not a stream.
    pub fn listen(&self, fd: Fd, backlog: i32) -> Result<()> {
        self.description(fd)?.listen(&self.net, u32::try_from(backlog).unwrap_or(0))
    }

    /// `socket.accept()` — a new descriptor for the next connection, and its peer's address, which is the wildcard address
    /// if the peer has already gone.
    ///
    /// # Errors
    /// `EINVAL`: not listening. `EOPNOTSUPP`: not a stream. `EAGAIN` and [`Error::Timeout`]: none in time.
    pub fn accept(&self, fd: Fd, timeout: Timeout) -> Result<(Fd, Address)> {
        let description = self.description(fd)?;
        let (accepted, peer) = description.accept(&self.net, description.mode(timeout))?;
        Ok((self.insert(Rc::new(accepted))?, self.spelled(peer)))
    }

    /// `socket.shutdown(how)`.
    ///
    /// # Errors
    /// `ENOTCONN`: not connected.
    pub fn shutdown(&self, fd: Fd, how: Shutdown) -> Result<()> {
        self.description(fd)?.shutdown(&self.net, how)
    }

    /// `socket.getsockname()` — the wildcard address with port 0 while there is none.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn local_address(&self, fd: Fd) -> Result<Address> {
        Ok(self.spelled(self.description(fd)?.local_address(&self.net)?))
    }

    /// `socket.getpeername()`.
    ///
    /// # Errors
    /// `ENOTCONN`: not connected, or not any more.
    pub fn peer_address(&self, fd: Fd) -> Result<Address> {
        Ok(self.spelled(self.description(fd)?.peer_address(&self.net)?))
    }

    /// `socket.recv`, `recvfrom`, `recvmsg` — at most `max` bytes, of one message where there are messages. Allocates for
    /// what arrives, not for `max`.
    ///
    /// # Errors
    /// `ENOTCONN`: not connected. `ECONNRESET`: the peer reset the connection. `EAGAIN` and [`Error::Timeout`]: nothing in time.
    pub fn receive(&self, fd: Fd, max: usize, flags: MessageFlags, timeout: Timeout) -> Result<Received> {
        self.receive_message(fd, max, 0, flags, timeout)
    }

    /// `socket.recvmsg` — as [`Sockets::receive`], with the control messages that `room` bytes hold, descriptors among them; `CTRUNC`
    /// if there were more, or too many are open.
    ///
    /// # Errors
    /// As [`Sockets::receive`].
    pub fn receive_message(
        &self,
        fd: Fd,
        max: usize,
        room: usize,
        flags: MessageFlags,
        timeout: Timeout,
    ) -> Result<Received> {
        let description = self.description(fd)?;
        description.check_flags(flags)?;
        let mode = if flags.contains(MessageFlags::DONTWAIT) { without_blocking(timeout) } else { timeout };
        let (mut received, came_along) = description.receive(&self.net, (max, room), flags, description.mode(mode))?;
        if N::HAS_FILES {
            received.from = received.from.map(|sender| self.spelled(sender));
        }
        let mut came_along = came_along.into_iter();
        for description in came_along.by_ref().take(descriptors_that_fit(room)) {
            let description = self.arrived(description, flags.contains(MessageFlags::PEEK));
            // Linux, too, tells of one that there is no number left for as of one that was not asked for.
            let Ok(fd) = self.insert(Rc::clone(&description)) else {
                received.flags = received.flags.with(MessageFlags::CTRUNC);
                let_go(vec![description]);
                break;
            };
            received.rights.push(fd);
        }
        let left: Vec<_> = came_along.collect();
        if !left.is_empty() {
            received.flags = received.flags.with(MessageFlags::CTRUNC);
        }
        let_go(left);
        Ok(received)
    }

    /// `socket.send`, `sendto`, `sendmsg` — sends `parts` as one message or as some bytes of a stream; how many were taken.
    ///
    /// # Errors
    /// `EPIPE`: not connected for sending. `ECONNRESET`: the peer reset the connection. `EDESTADDRREQ`: a datagram to nobody.
    /// `EMSGSIZE`: too long a datagram. `EISCONN`: an address on a pair. `EAGAIN` and [`Error::Timeout`]: no room in time.
    pub fn send(
        &self,
        fd: Fd,
        parts: &[&[u8]],
        flags: MessageFlags,
        to: Option<&Address>,
        timeout: Timeout,
    ) -> Result<usize> {
        self.send_message(fd, &Outgoing { parts, ancillary: &[], rights: &[], remote: to }, flags, timeout)
    }

    /// `socket.sendmsg` — as [`Sockets::send`], with descriptors of this program that travel along on `AF_UNIX`, and other
    /// control messages.
    ///
    /// # Errors
    /// As [`Sockets::send`]. `EBADF`: one of the descriptors is not open. `EOPNOTSUPP`: control messages that nobody takes.
    pub fn send_message(
        &self,
        fd: Fd,
        message: &Outgoing<'_, Fd>,
        flags: MessageFlags,
        timeout: Timeout,
    ) -> Result<usize> {
        let description = self.description(fd)?;
        description.check_flags(flags)?;
        let resolved = message.remote.filter(|_| N::HAS_FILES).map(|remote| self.resolved(remote));
        let message = &Outgoing { remote: resolved.as_deref().or(message.remote), ..*message };
        let rights = message.rights.iter().map(|fd| self.any_description(*fd)).collect::<Result<Vec<_>>>()?;
        let mode = if flags.contains(MessageFlags::DONTWAIT) { without_blocking(timeout) } else { timeout };
        let wait = description.send_wait(&self.net, description.mode(mode));
        if let Endpoint::System(socket) = &description.endpoint {
            return self.send_to_system(&description, socket, (message, &rights), flags, wait);
        }
        if !message.ancillary.is_empty() {
            return Err(Errno::EOPNOTSUPP.into());
        }
        let (parts, to) = (message.parts, message.remote);
        match parts {
            [only] => description.send(&self.net, only, rights, to, wait),
            _ if description.kind == Kind::Stream => self.send_parts(&description, parts, rights, to, wait),
            _ if total_length(parts) > MAX_MESSAGE => Err(Errno::EMSGSIZE.into()),
            _ => description.send(&self.net, &parts.concat(), rights, to, wait),
        }
    }

    /// Sends the parts of a stream, a bounded copy at a time.
    fn send_parts(
        &self,
        description: &Description<N>,
        parts: &[&[u8]],
        mut rights: Vec<Rights<N>>,
        to: Option<&Address>,
        wait: Wait,
    ) -> Result<usize> {
        let mut sent = 0;
        let mut rest = parts.iter().flat_map(|part| part.chunks(GATHERED)).peekable();
        loop {
            let mut copy = Vec::new();
            while let Some(part) = rest.next_if(|part| copy.is_empty() || copy.len() + part.len() <= GATHERED) {
                copy.extend_from_slice(part);
            }
            match description.send(&self.net, &copy, std::mem::take(&mut rights), to, wait) {
                Ok(count) => {
                    sent += count;
                    if count < copy.len() || rest.peek().is_none() || !wait.is_blocking() {
                        return Ok(sent);
                    }
                }
                Err(_) if sent > 0 => return Ok(sent),
                Err(error) => return Err(error),
            }
        }
    }

    /// `socket.sendall(bytes[, flags])` — sends all of `data`, with one timeout for the whole call.
    ///
    /// # Errors
    /// As [`Sockets::send`]; how much was sent before is not known.
    pub fn send_all(&self, fd: Fd, data: &[u8], flags: MessageFlags, timeout: Timeout) -> Result<()> {
        let description = self.description(fd)?;
        description.check_flags(flags)?;
        let wait = description.send_wait(&self.net, description.mode(timeout));
        let mut sent = 0;
        loop {
            sent += match &description.endpoint {
                Endpoint::System(socket) => self.send_once(socket, &data[sent..], flags, wait)?,
                _ => description.send(&self.net, &data[sent..], Vec::new(), None, wait)?,
            };
            if sent >= data.len() {
                return Ok(());
            }
        }
    }

    /// At the end of a program: closes all descriptors and waits until what was written has left, or `patience` has run out
    /// since the last progress; whether all of it left.
    pub fn drain(&self, patience: Duration) -> bool {
        self.changes.set(self.changes.get() + 1);
        let open = self.descriptors.borrow_mut().clear();
        let_go(open);
        self.net.drain(patience)
    }

    fn insert(&self, description: Rc<Description<N>>) -> Result<Fd> {
        Ok(self.descriptors.borrow_mut().insert(description)?)
    }

    fn any_description(&self, fd: Fd) -> Result<Rc<Description<N>>> {
        let descriptors = self.descriptors.borrow();
        let Descriptor { description, .. } = descriptors.get(fd)?;
        Ok(Rc::clone(description))
    }

    fn description(&self, fd: Fd) -> Result<Rc<Description<N>>> {
        let description = self.any_description(fd)?;
        match description.endpoint {
            Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                Err(Errno::ENOTSOCK.into())
            }
            Endpoint::Tcp(_) | Endpoint::Udp(_) | Endpoint::Unix(_) | Endpoint::System(_) => Ok(description),
        }
    }
}

/// How much of a message in parts is copied together at once: enough to fill what a network takes in one call.
const GATHERED: usize = 256 * 1024;

/// No message of any kind is longer.
const MAX_MESSAGE: usize = 1024 * 1024;

fn total_length(parts: &[&[u8]]) -> usize {
    parts.iter().fold(0, |total, part| total.saturating_add(part.len()))
}

/// The mode of a call with `MSG_DONTWAIT`: a blocking socket does not wait; one with a timeout waits as before, since
/// CPython itself waits for readiness before it makes the call.
fn without_blocking(timeout: Timeout) -> Timeout {
    match timeout {
        Timeout::Blocking => Timeout::NonBlocking,
        Timeout::NonBlocking | Timeout::After(_) => timeout,
    }
}
