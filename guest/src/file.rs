//! Files that a program has without any folder: its standard streams, and the devices that every Unix keeps below `/dev`.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man3/stdin.3.html>
//! - <https://man7.org/linux/man-pages/man4/null.4.html>
//! - <https://man7.org/linux/man-pages/man4/random.4.html>

use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::net::{Net, Readiness, Refusal};
use crate::polling::{Events, Status};
use crate::waiting::Wait;

/// A standard stream of the program. Its number as a descriptor is its place here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandardStream {
    /// `sys.stdin`, descriptor 0.
    Input,
    /// `sys.stdout`, descriptor 1.
    Output,
    /// `sys.stderr`, descriptor 2.
    Error,
}

impl StandardStream {
    /// All of them, by descriptor.
    pub const ALL: [Self; 3] = [Self::Input, Self::Output, Self::Error];
}

/// A character device below `/dev`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// `/dev/null`: at its end when read, and takes whatever is written.
    Null,
    /// `/dev/zero`: zeros without end.
    Zero,
    /// `/dev/full`: zeros, and `ENOSPC` for what is written.
    Full,
    /// `/dev/random` and `/dev/urandom`: random bytes without end.
    Random,
}

/// What `os.fstat(fd).st_mode` tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// `stat.S_IFSOCK`.
    Socket,
    /// `stat.S_IFIFO`.
    Pipe,
    /// `stat.S_IFCHR`: a terminal.
    Terminal,
    /// `stat.S_IFCHR`: a device that is no terminal.
    Device,
}

/// A file that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum File {
    Stream(StandardStream),
    Device(Device),
}

/// What one call reads at most, as the kernel does from a device.
const AT_ONCE: usize = 1 << 20;

impl File {
    /// Up to `max` bytes; none at the end.
    pub(crate) fn read<N: Net>(self, net: &N, max: usize, wait: Wait) -> Result<Vec<u8>> {
        let max = max.min(AT_ONCE);
        match self {
            Self::Stream(StandardStream::Input) if max == 0 => Ok(Vec::new()),
            Self::Stream(stream @ StandardStream::Input) => {
                net.read_stream(stream, max, wait.deadline).map_err(|refusal| failure(&wait, refusal))
            }
            Self::Stream(StandardStream::Output | StandardStream::Error) => Err(Errno::EBADF.into()),
            Self::Device(Device::Null) => Ok(Vec::new()),
            Self::Device(Device::Zero | Device::Full) => Ok(vec![0; max]),
            Self::Device(Device::Random) => net.random_bytes(max).map_err(|refusal| failure(&wait, refusal)),
        }
    }

    /// How many bytes were taken: all, if the call may wait.
    pub(crate) fn write<N: Net>(self, net: &N, data: &[u8], wait: Wait) -> Result<usize> {
        match self {
            Self::Stream(StandardStream::Input) => Err(Errno::EBADF.into()),
            Self::Stream(stream) => write_stream(net, stream, data, wait),
            Self::Device(Device::Full) if !data.is_empty() => Err(Errno::ENOSPC.into()),
            Self::Device(_) => Ok(data.len()),
        }
    }

    pub(crate) fn status(self) -> Status {
        match self {
            Self::Stream(StandardStream::Input) => Status { watch_read: true, ..Status::default() },
            Self::Stream(_) => Status { watch_write: true, ..Status::default() },
            Self::Device(_) => Status::known(Events::READABLE.with(Events::WRITABLE)),
        }
    }

    /// The stream that the network is to watch.
    pub(crate) fn stream(self) -> Option<StandardStream> {
        match self {
            Self::Stream(stream) => Some(stream),
            Self::Device(_) => None,
        }
    }

    /// What is reported of a stream that was found ready. That it is at its end shows when it is read.
    pub(crate) fn refresh(self, ready: Readiness) -> Events {
        self.status().events.with_if(ready.read, Events::READABLE).with_if(ready.write, Events::WRITABLE)
    }

    pub(crate) fn file_type<N: Net>(self, net: &N) -> FileType {
        match self {
            Self::Stream(stream) if net.is_terminal(stream) => FileType::Terminal,
            // WASI does not say what else it is; a program that asks waits for it, as for a pipe.
            Self::Stream(_) => FileType::Pipe,
            Self::Device(_) => FileType::Device,
        }
    }
}

fn write_stream<N: Net>(net: &N, stream: StandardStream, data: &[u8], wait: Wait) -> Result<usize> {
    let mut written = 0;
    while let Some(rest) = data.get(written..).filter(|rest| !rest.is_empty()) {
        match net.write_stream(stream, rest, wait.deadline) {
            Ok(count) => written += count,
            Err(_) if written > 0 => break,
            Err(refusal) => return Err(failure(&wait, refusal)),
        }
    }
    Ok(written)
}

fn failure(wait: &Wait, refusal: Refusal) -> Error {
    match refusal {
        Refusal::WouldBlock => wait.expired(),
        Refusal::Errno(errno) => Error::from(errno),
        Refusal::Error(error) => error,
        Refusal::Code(_) | Refusal::Other(_) => Error::from(Errno::EIO),
    }
}
