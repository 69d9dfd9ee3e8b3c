//! One socket.

use std::cell::Cell;
use std::io::{BufReader, BufWriter};
use std::time::Duration;

use super::{AuditEvent, Destination, Program, mode};
use crate::address::{Address, Shutdown};
use crate::error::Result;
use crate::message::{MessageFlags, Outgoing, Received};
use crate::net::Network;
use crate::options::OptionValue;
use crate::sockets::Fd;

/// `socket.socket`: closed when it is dropped.
///
/// Reading and writing go by [`std::io::Read`] and [`std::io::Write`] as well, for a socket and for a reference to one.
pub struct Socket<N: Network> {
    program: Program<N>,
    fd: Fd,
    timeout: Cell<Option<Duration>>,
}

impl<N: Network> Socket<N> {
    pub(super) fn new(program: Program<N>, fd: Fd) -> Self {
        let timeout = Cell::new(program.sockets().default_timeout());
        let socket = Self { program, fd, timeout };
        socket.note_mode();
        socket
    }

    /// `socket.fileno()`.
    #[must_use]
    pub fn fileno(&self) -> Fd {
        self.fd
    }

    /// `socket.settimeout(timeout)`: no timeout waits for as long as it takes, and one of zero does not wait at all.
    pub fn set_timeout(&self, timeout: Option<Duration>) {
        self.timeout.set(timeout);
        self.note_mode();
    }

    /// `socket.gettimeout()`.
    #[must_use]
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout.get()
    }

    fn note_mode(&self) {
        // The descriptor is open as long as this is.
        let _ = self.program.sockets().set_nonblocking(self.fd, self.timeout.get().is_some());
    }

    /// `socket.bind(address)`.
    ///
    /// # Errors
    /// As [`Sockets::bind`](crate::Sockets::bind) and of the lookup; or what a hook says.
    pub fn bind(&self, local: impl Into<Destination>) -> Result<()> {
        let local = self.address(local)?;
        self.program.audit(&AuditEvent::Bind(&local))?;
        self.program.sockets().bind(self.fd, &local)
    }

    /// `socket.connect(address)`.
    ///
    /// # Errors
    /// As [`Sockets::connect`](crate::Sockets::connect) and of the lookup; or what a hook says.
    pub fn connect(&self, remote: impl Into<Destination>) -> Result<()> {
        let remote = self.address(remote)?;
        self.program.audit(&AuditEvent::Connect(&remote))?;
        self.program.sockets().connect(self.fd, &remote, mode(self.timeout.get()))
    }

    /// `socket.listen(backlog)`.
    ///
    /// # Errors
    /// As [`Sockets::listen`](crate::Sockets::listen).
    pub fn listen(&self, backlog: i32) -> Result<()> {
        self.program.sockets().listen(self.fd, backlog)
    }

    /// `socket.accept()`: a connection, and the address of its peer.
    ///
    /// # Errors
    /// As [`Sockets::accept`](crate::Sockets::accept); or what a hook says.
    pub fn accept(&self) -> Result<(Self, Address)> {
        let sockets = self.program.sockets();
        let (fd, peer) = sockets.accept(self.fd, mode(self.timeout.get()))?;
        let accepted = Self::new(self.program.clone(), fd);
        let (family, kind, protocol) = (sockets.family(fd)?, sockets.kind(fd)?, sockets.protocol(fd)?);
        self.program.audit(&AuditEvent::New { family, kind, protocol })?;
        Ok((accepted, peer))
    }

    /// `socket.shutdown(how)`.
    ///
    /// # Errors
    /// As [`Sockets::shutdown`](crate::Sockets::shutdown).
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.program.sockets().shutdown(self.fd, how)
    }

    /// `socket.getsockname()`.
    ///
    /// # Errors
    /// As [`Sockets::local_address`](crate::Sockets::local_address).
    pub fn getsockname(&self) -> Result<Address> {
        self.program.sockets().local_address(self.fd)
    }

    /// `socket.getpeername()`.
    ///
    /// # Errors
    /// As [`Sockets::peer_address`](crate::Sockets::peer_address).
    pub fn getpeername(&self) -> Result<Address> {
        self.program.sockets().peer_address(self.fd)
    }

    /// `socket.recv(bufsize)`: at most `max` bytes; none are the end of a stream.
    ///
    /// # Errors
    /// As [`Sockets::receive`](crate::Sockets::receive).
    pub fn recv(&self, max: usize) -> Result<Vec<u8>> {
        if max == 0 {
            return Ok(Vec::new());
        }
        Ok(self.recv_message(max, MessageFlags::empty())?.data)
    }

    /// `socket.recvfrom(bufsize, flags)` and `socket.recvmsg(bufsize, 0, flags)`: bytes, and what belongs to them.
    ///
    /// # Errors
    /// As [`Sockets::receive`](crate::Sockets::receive).
    pub fn recv_message(&self, max: usize, flags: MessageFlags) -> Result<Received> {
        self.program.sockets().receive(self.fd, max, flags, mode(self.timeout.get()))
    }

    /// `socket.send(bytes)`: how many were taken.
    ///
    /// # Errors
    /// As [`Sockets::send`](crate::Sockets::send).
    pub fn send(&self, data: &[u8]) -> Result<usize> {
        self.program.sockets().send(self.fd, &[data], MessageFlags::empty(), None, mode(self.timeout.get()))
    }

    /// `socket.sendall(bytes)`.
    ///
    /// # Errors
    /// As [`Sockets::send_all`](crate::Sockets::send_all).
    pub fn send_all(&self, data: &[u8]) -> Result<()> {
        self.program.sockets().send_all(self.fd, data, MessageFlags::empty(), mode(self.timeout.get()))
    }

    /// `socket.sendto(bytes, address)`.
    ///
    /// # Errors
    /// As [`Sockets::send`](crate::Sockets::send) and of the lookup; or what a hook says.
    pub fn send_to(&self, data: &[u8], remote: impl Into<Destination>) -> Result<usize> {
        let remote = self.address(remote)?;
        self.program.audit(&AuditEvent::SendTo(&remote))?;
        self.program.sockets().send(self.fd, &[data], MessageFlags::empty(), Some(&remote), mode(self.timeout.get()))
    }

    /// `socket.sendmsg(buffers, ancdata, flags, address)`.
    ///
    /// # Errors
    /// As [`Sockets::send_message`](crate::Sockets::send_message); or what a hook says.
    pub fn send_message(&self, message: &Outgoing<'_, Fd>, flags: MessageFlags) -> Result<usize> {
        self.program.audit(&AuditEvent::SendMsg(message.remote))?;
        self.program.sockets().send_message(self.fd, message, flags, mode(self.timeout.get()))
    }

    /// `socket.setsockopt(level, option, value)`, in Linux's numbers: see [`crate::constants`].
    ///
    /// # Errors
    /// As [`Sockets::set_numbered_option`](crate::Sockets::set_numbered_option).
    pub fn setsockopt(&self, level: i32, option: i32, value: i32) -> Result<()> {
        self.program.sockets().set_numbered_option(self.fd, level, option, &OptionValue::Int(value))
    }

    /// `socket.getsockopt(level, option)`.
    ///
    /// # Errors
    /// As [`Sockets::numbered_option`](crate::Sockets::numbered_option).
    pub fn getsockopt(&self, level: i32, option: i32) -> Result<OptionValue> {
        self.program.sockets().numbered_option(self.fd, level, option)
    }

    /// `socket.dup()`: another descriptor of the same socket.
    ///
    /// # Errors
    /// As [`Sockets::dup`](crate::Sockets::dup); or what a hook says.
    pub fn dup(&self) -> Result<Self> {
        let sockets = self.program.sockets();
        let (family, kind) = (sockets.family(self.fd)?, sockets.kind(self.fd)?);
        self.program.audit(&AuditEvent::New { family, kind, protocol: sockets.protocol(self.fd)? })?;
        let copy = Self::new(self.program.clone(), sockets.dup(self.fd)?);
        copy.set_timeout(self.timeout());
        Ok(copy)
    }

    /// `socket.makefile("rwb")`: two buffered files, which keep the socket open until both are dropped.
    ///
    /// # Errors
    /// As [`Socket::dup`].
    pub fn makefile(&self) -> Result<(BufReader<Self>, BufWriter<Self>)> {
        Ok((BufReader::new(self.dup()?), BufWriter::new(self.dup()?)))
    }

    fn address(&self, given: impl Into<Destination>) -> Result<Address> {
        given.into().resolve(&self.program, self.program.sockets().family(self.fd)?)
    }
}

impl<N: Network> Drop for Socket<N> {
    fn drop(&mut self) {
        // There is no call left that could report an error of what was sent before.
        let _ = self.program.sockets().close(self.fd);
    }
}

impl<N: Network> std::fmt::Debug for Socket<N> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (local, remote) = (self.getsockname().ok(), self.getpeername().ok());
        formatter.debug_struct("Socket").field("fd", &self.fd).field("laddr", &local).field("raddr", &remote).finish()
    }
}
