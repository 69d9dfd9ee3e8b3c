//! Pipes, and `read(2)` and `write(2)` on what a program has open.

use super::description::{Attributes, Description};
use super::endpoint::Endpoint;
use super::{Fd, Sockets};
use crate::error::Result;
use crate::message::MessageFlags;
use crate::net::Network;
use crate::time::Timeout;
use crate::unix::Pipe;
use crate::waiting::Wait;

impl<N: Network> Sockets<N> {
    /// `os.pipe()` — a descriptor to read from, and one to write to. They are no sockets.
    ///
    /// # Errors
    /// `EMFILE`: there are too many.
    pub fn pipe(&self) -> Result<(Fd, Fd)> {
        self.insert_both(Pipe::pair().map(|end| Description::open(Attributes::of_no_socket(), end)))
    }

    /// `os.read(fd, n)` — up to `max` bytes of a pipe, a socket, a standard stream or a device; waits unless `O_NONBLOCK` is set.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open for reading. Of a socket, as [`Sockets::receive`].
    pub fn read(&self, fd: Fd, max: usize) -> Result<Vec<u8>> {
        let description = self.any_description(fd)?;
        if description.endpoint.is_socket() {
            return Ok(self.receive(fd, max, MessageFlags::empty(), Timeout::Blocking)?.data);
        }
        description.attributes.use_up_reading();
        let read = description.endpoint.read(&self.net, max, self.wait_of(&description));
        self.net.changed();
        read
    }

    /// `os.write(fd, data)` — how many bytes of `data` were taken; waits for room unless `O_NONBLOCK` is set.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open for writing. `EPIPE`: its reading end is closed. `ENOSPC`: it is `/dev/full`. Of a socket, as [`Sockets::send`].
    pub fn write(&self, fd: Fd, data: &[u8]) -> Result<usize> {
        let description = self.any_description(fd)?;
        if description.endpoint.is_socket() {
            return self.send(fd, &[data], MessageFlags::empty(), None, Timeout::Blocking);
        }
        let written = description.endpoint.write(&self.net, data, self.wait_of(&description));
        description.attributes.use_up_room(data.len(), &written);
        self.net.changed();
        written
    }

    fn wait_of(&self, description: &Description<N>) -> Wait {
        Wait::start(&self.net, description.attributes.mode(Timeout::Blocking))
    }
}
