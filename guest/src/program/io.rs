//! Sockets as the standard library's streams, and errors as its errors.

use std::io::{self, ErrorKind, Read, Write};

use super::Socket;
use crate::errno::Errno;
use crate::error::Error;
use crate::net::Network;

impl<N: Network> Read for &Socket<N> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let data = self.recv(buffer.len())?;
        let length = data.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), data.get(..length)) {
            to.copy_from_slice(from);
        }
        Ok(length)
    }
}

impl<N: Network> Write for &Socket<N> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(self.send(data)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<N: Network> Read for Socket<N> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

impl<N: Network> Write for Socket<N> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        (&*self).write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = if error.is_timeout() { ErrorKind::TimedOut } else { error.errno().map_or(ErrorKind::Other, kind) };
        Self::new(kind, error)
    }
}

/// The standard library's word for an errno; the subclasses of `OSError` are the same selection.
fn kind(errno: Errno) -> ErrorKind {
    match errno {
        Errno::EAGAIN | Errno::EINPROGRESS | Errno::EALREADY => ErrorKind::WouldBlock,
        Errno::EPIPE | Errno::ESHUTDOWN => ErrorKind::BrokenPipe,
        Errno::ECONNABORTED => ErrorKind::ConnectionAborted,
        Errno::ECONNREFUSED => ErrorKind::ConnectionRefused,
        Errno::ECONNRESET => ErrorKind::ConnectionReset,
        Errno::ETIMEDOUT => ErrorKind::TimedOut,
        Errno::EACCES | Errno::EPERM => ErrorKind::PermissionDenied,
        Errno::EADDRINUSE => ErrorKind::AddrInUse,
        Errno::EADDRNOTAVAIL => ErrorKind::AddrNotAvailable,
        Errno::ENOTCONN => ErrorKind::NotConnected,
        Errno::EHOSTUNREACH => ErrorKind::HostUnreachable,
        Errno::ENETUNREACH => ErrorKind::NetworkUnreachable,
        Errno::EINVAL => ErrorKind::InvalidInput,
        Errno::ENOENT => ErrorKind::NotFound,
        Errno::EINTR => ErrorKind::Interrupted,
        _ => ErrorKind::Other,
    }
}
