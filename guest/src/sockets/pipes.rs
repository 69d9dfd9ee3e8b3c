//! Pipes, and `read(2)` and `write(2)` on what a program has open.

use std::rc::Rc;

use super::description::{Description, Endpoint};
use super::{Fd, Sockets};
use crate::error::Result;
use crate::message::MessageFlags;
use crate::net::Net;
use crate::time::Timeout;
use crate::waiting::Wait;

impl<N: Net> Sockets<N> {
    /// `os.pipe()` — a descriptor to read from, and one to write to. They are no sockets.
    ///
    /// # Errors
    /// `EMFILE`: there are too many.
    pub fn pipe(&self) -> Result<(Fd, Fd)> {
        let (reader, writer) = Description::pipe();
        let reader = self.insert(Rc::new(reader))?;
        match self.insert(Rc::new(writer)) {
            Ok(writer) => Ok((reader, writer)),
            Err(error) => {
                self.close(reader)?;
                Err(error)
            }
        }
    }

    /// `os.read(fd, n)` — up to `max` bytes of a pipe, a socket, a standard stream or a device; waits unless `O_NONBLOCK` is set.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open for reading. Of a socket, as [`Sockets::receive`].
    pub fn read(&self, fd: Fd, max: usize) -> Result<Vec<u8>> {
        let description = self.any_description(fd)?;
        match &description.endpoint {
            Endpoint::Pipe(pipe) => pipe.read(&self.net, max, self.wait_of(&description)),
            Endpoint::File(file) => file.read(&self.net, max, self.wait_of(&description)),
            _ => Ok(self.receive(fd, max, MessageFlags::NONE, Timeout::Blocking)?.data),
        }
    }

    /// `os.write(fd, data)` — how many bytes of `data` were taken; waits for room unless `O_NONBLOCK` is set.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open for writing. `EPIPE`: nobody can read it any more. `ENOSPC`: it is `/dev/full`. Of a socket, as [`Sockets::send`].
    pub fn write(&self, fd: Fd, data: &[u8]) -> Result<usize> {
        let description = self.any_description(fd)?;
        match &description.endpoint {
            Endpoint::Pipe(pipe) => pipe.write(&self.net, data, self.wait_of(&description)),
            Endpoint::File(file) => file.write(&self.net, data, self.wait_of(&description)),
            _ => self.send(fd, &[data], MessageFlags::NONE, None, Timeout::Blocking),
        }
    }

    fn wait_of(&self, description: &Description<N>) -> Wait {
        Wait::start(&self.net, description.mode(Timeout::Blocking))
    }
}
