//! Binding, connecting, listening, accepting, and the two addresses of a socket.

use super::endpoint::Endpoint;
use super::{Events, Fd, Sockets};
use crate::address::{Address, Shutdown};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::net::Network;
use crate::time::Timeout;

impl<N: Network> Sockets<N> {
    /// `socket.bind(address)`.
    ///
    /// # Errors
    /// `EINVAL`: already bound, or an address of another family. `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`: the host refuses.
    pub fn bind(&self, fd: Fd, local: &Address) -> Result<()> {
        let description = self.description(fd)?;
        let resolved = self.resolved(local);
        self.check_unbound(&resolved)?;
        description.endpoint.bind(&self.net, &resolved)?;
        self.net.changed();
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
        let wait = description.attributes.send_wait(&self.net, timeout);
        let connected = self.connect_among_others(&description, &resolved, wait);
        self.note_connected(&resolved, remote, connected)
    }

    /// `socket.listen([backlog])` — a negative backlog counts as 0, and 0 as 1, the least that WASI has.
    ///
    /// # Errors
    /// `EINVAL`: connected. `EOPNOTSUPP`: not a stream.
    pub fn listen(&self, fd: Fd, backlog: i32) -> Result<()> {
        self.description(fd)?.endpoint.listen(&self.net, u32::try_from(backlog).unwrap_or(0))
    }

    /// `socket.accept()` — a new descriptor for the next connection, and its peer's address, which is the wildcard address
    /// if the peer has already gone.
    ///
    /// # Errors
    /// `EINVAL`: not listening. `EOPNOTSUPP`: not a stream. `EAGAIN` and [`Error::Timeout`]: none in time.
    pub fn accept(&self, fd: Fd, timeout: Timeout) -> Result<(Fd, Address)> {
        let description = self.description(fd)?;
        let timeout = self.wait_beside_blocked(&description, Events::IN, timeout)?;
        let wait = description.attributes.receive_wait(&self.net, timeout);
        description.attributes.use_up_reading();
        let accept = |wait| description.endpoint.accept(&self.net, &description.attributes, wait);
        let (accepted, peer) = self.among_others(&description, Events::IN, wait, accept)?;
        self.changed_in_memory(&description);
        Ok((self.insert(accepted)?, self.spelled(peer)))
    }

    /// `socket.shutdown(how)`.
    ///
    /// # Errors
    /// `ENOTCONN`: not connected.
    pub fn shutdown(&self, fd: Fd, how: Shutdown) -> Result<()> {
        let description = self.description(fd)?;
        if how.writes() {
            self.flush_before_shutdown(fd);
        }
        let shut = description.endpoint.shutdown(&self.net, how);
        self.changed_in_memory(&description);
        shut
    }

    /// `socket.getsockname()` — the wildcard address with port 0 while there is none.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn local_address(&self, fd: Fd) -> Result<Address> {
        Ok(self.spelled(self.description(fd)?.endpoint.local_address(&self.net)?))
    }

    /// `socket.getpeername()`.
    ///
    /// # Errors
    /// `ENOTCONN`: not connected, or not any more.
    pub fn peer_address(&self, fd: Fd) -> Result<Address> {
        Ok(self.spelled(self.description(fd)?.endpoint.peer_address(&self.net)?))
    }
}
