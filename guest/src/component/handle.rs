//! A socket object: a descriptor, a timeout, and the calls of the core in its name.

use std::cell::Cell;

use super::contract::sockets;
use super::contract::types::{Error, MessageFlags};
use super::convert::{error_from_core, message_flags_to_core};
use super::program::{OwnedDescriptor, mode, nanoseconds, with_sockets};
use crate::backend::DefaultNetwork;
use crate::errno::Errno;
use crate::error::Result;
use crate::message::{Outgoing, Received};
use crate::sockets::{Fd, Sockets};
use crate::time::Timeout;

/// A result in the contract.
pub(super) type WitResult<T> = std::result::Result<T, Error>;

/// A socket object.
pub(super) struct Socket(pub(super) SocketHandle);

/// What a socket object is made of: a descriptor and a timeout, as in Python.
pub(super) struct SocketHandle {
    fd: OwnedDescriptor,
    timeout: Cell<Option<u64>>,
}

impl SocketHandle {
    /// Its descriptor, until it is closed.
    pub(super) fn fd(&self) -> Option<Fd> {
        self.fd.get()
    }

    /// How long its calls may wait, in nanoseconds.
    pub(super) fn timeout(&self) -> Option<u64> {
        self.timeout.get()
    }

    pub(super) fn set_timeout(&self, timeout: Option<u64>) {
        self.timeout.set(timeout);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A descriptor that is not open any more needs no closing.
        let _ = self.close_descriptor();
    }
}

impl Socket {
    /// An object for `fd`, with the default timeout, which makes it non-blocking as in CPython.
    pub(super) fn adopt(sockets: &Sockets<DefaultNetwork>, fd: Fd) -> Result<sockets::Socket> {
        let timeout = nanoseconds(sockets.default_timeout());
        if timeout.is_some() {
            sockets.set_nonblocking(fd, true)?;
        }
        Ok(Self::object(fd, timeout))
    }

    /// Objects for descriptors that came with a message.
    pub(super) fn adopt_all(fds: Vec<Fd>) -> WitResult<Vec<sockets::Socket>> {
        let adopt = |fd| with_sockets(|sockets| Self::adopt(sockets, fd)).map_err(error_from_core);
        fds.into_iter().map(adopt).collect()
    }

    /// Another object for the same open socket, whose descriptor is `fd`.
    pub(super) fn duplicate(&self, fd: Fd) -> sockets::Socket {
        Self::object(fd, self.0.timeout())
    }

    fn object(fd: Fd, timeout: Option<u64>) -> sockets::Socket {
        let handle = SocketHandle { fd: OwnedDescriptor::new(fd), timeout: Cell::new(timeout) };
        sockets::Socket::new(Self(handle))
    }

    pub(super) fn fd(&self) -> Result<Fd> {
        Ok(self.0.fd().ok_or(Errno::EBADF)?)
    }

    /// Gives its descriptor away.
    pub(super) fn detach_descriptor(&self) -> Result<Fd> {
        Ok(self.0.fd.take().ok_or(Errno::EBADF)?)
    }

    pub(super) fn close_descriptor(&self) -> Result<()> {
        self.0.fd.take().map_or(Ok(()), |fd| with_sockets(|sockets| sockets.close(fd)))
    }

    /// Asks something of the open socket.
    pub(super) fn ask<T>(&self, call: impl FnOnce(&Sockets<DefaultNetwork>, Fd) -> Result<T>) -> WitResult<T> {
        self.fd().and_then(|fd| with_sockets(|sockets| call(sockets, fd))).map_err(error_from_core)
    }

    /// Makes a call that may wait as long as this object's timeout says.
    pub(super) fn act<T>(&self, call: impl FnOnce(&Sockets<DefaultNetwork>, Fd, Timeout) -> Result<T>) -> WitResult<T> {
        self.ask(|sockets, fd| call(sockets, fd, mode(self.0.timeout.get())))
    }

    /// As CPython's `recv`, which does not ask the socket for nothing.
    pub(super) fn receive(&self, max: u32, flags: MessageFlags) -> WitResult<Vec<u8>> {
        if max == 0 {
            return Ok(Vec::new());
        }
        Ok(self.receive_message(max, 0, flags)?.data)
    }

    /// Receives with the control messages that `room` holds.
    pub(super) fn receive_message(&self, max: u32, room: usize, flags: MessageFlags) -> WitResult<Received> {
        let max = usize::try_from(max).unwrap_or(usize::MAX).min(MAX_RECEIVED);
        let flags = message_flags_to_core(flags);
        self.act(|sockets, fd, timeout| sockets.receive_message(fd, max, room, flags, timeout))
    }

    pub(super) fn send_message(&self, message: &Outgoing<'_, Fd>, flags: MessageFlags) -> WitResult<u32> {
        let flags = message_flags_to_core(flags);
        self.act(|sockets, fd, timeout| sockets.send_message(fd, message, flags, timeout)).map(length)
    }

    /// Sends all of `data`, in as many pieces as the network takes it.
    pub(super) fn send_whole(&self, data: &[u8], flags: MessageFlags) -> WitResult<()> {
        let flags = message_flags_to_core(flags);
        self.act(|sockets, fd, timeout| sockets.send_all(fd, data, flags, timeout))
    }
}

/// A length in the contract. Memory is smaller than what it can say.
pub(super) fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The most that one call receives, whatever is asked for: the answer has to fit into memory together with the data that
/// it is made of.
const MAX_RECEIVED: usize = 16 << 20;
