//! Files that a program has without any folder: its standard streams, and the devices that every Unix keeps below `/dev`.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man3/stdin.3.html>
//! - <https://man7.org/linux/man-pages/man4/null.4.html>
//! - <https://man7.org/linux/man-pages/man4/random.4.html>

use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::library_file::Opened;
use crate::net::{NetError, Network};
use crate::polling::Events;
use crate::sockets::{Endpoint, SourceRef};
use crate::status::Status;
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

/// What `os.fstat(fd).st_mode` distinguishes.
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
    /// A file of the C library, which knows what it is.
    Library,
}

/// A file that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum File {
    Stream(StandardStream),
    Device(Device),
}

/// What one call reads at most, as the kernel does from a device.
const AT_ONCE: usize = 1 << 20;

impl<N: Network> Endpoint<N> for File {
    fn is_socket(&self) -> bool {
        false
    }

    fn opened(&self) -> Opened {
        match *self {
            Self::Stream(stream) => Opened::Stream(stream),
            Self::Device(_) => Opened::Here,
        }
    }

    /// A device is everywhere at its beginning.
    fn position(&self) -> Option<u64> {
        match *self {
            Self::Stream(_) => None,
            Self::Device(_) => Some(0),
        }
    }

    /// Up to `max` bytes; none at the end.
    fn read(&self, net: &N, max: usize, wait: Wait) -> Result<Vec<u8>> {
        let max = max.min(AT_ONCE);
        match *self {
            Self::Stream(StandardStream::Input) if max == 0 => Ok(Vec::new()),
            Self::Stream(stream @ StandardStream::Input) => {
                net.read_stream(stream, max, wait.deadline).map_err(|error| failure(&wait, error))
            }
            Self::Stream(StandardStream::Output | StandardStream::Error) => Err(Errno::EBADF.into()),
            Self::Device(Device::Null) => Ok(Vec::new()),
            Self::Device(Device::Zero | Device::Full) => Ok(vec![0; max]),
            Self::Device(Device::Random) => net.random_bytes(max).map_err(|error| failure(&wait, error)),
        }
    }

    /// How many bytes were taken: all, if the call may wait.
    fn write(&self, net: &N, data: &[u8], wait: Wait) -> Result<usize> {
        match *self {
            Self::Stream(StandardStream::Input) => Err(Errno::EBADF.into()),
            Self::Stream(stream) => write_stream(net, stream, data, wait),
            Self::Device(Device::Full) if !data.is_empty() => Err(Errno::ENOSPC.into()),
            Self::Device(_) => Ok(data.len()),
        }
    }

    fn status(&self, asked: Events) -> Status {
        match *self {
            _ if !N::HAS_FILES => Status::default(),
            Self::Stream(StandardStream::Input) => {
                Status::watching(Events::empty(), asked.intersects(Events::READABLE), false)
            }
            Self::Stream(_) => Status::watching(Events::empty(), false, asked.wants_write()),
            Self::Device(_) => Status::known(Events::READABLE | Events::WRITABLE),
        }
    }

    fn sources(&self) -> [Option<SourceRef<'_, N>>; 2] {
        match *self {
            _ if !N::HAS_FILES => [None, None],
            Self::Stream(stream) => [Some(SourceRef::Stream(stream)), None],
            Self::Device(_) => [None, None],
        }
    }

    /// That a stream is at its end shows when it is read.
    fn refresh(&self, _: &N, found: Events) -> Events {
        let found = if N::HAS_FILES { found } else { Events::empty() };
        Events::empty()
            .with_if(found.intersects(Events::READABLE), Events::READABLE)
            .with_if(found.wants_write(), Events::WRITABLE)
    }

    fn file_type(&self, net: &N) -> FileType {
        match *self {
            Self::Stream(stream) if net.is_terminal(stream) => FileType::Terminal,
            // WASI does not say what else it is; a program that asks waits for it, as for a pipe.
            Self::Stream(_) => FileType::Pipe,
            Self::Device(_) => FileType::Device,
        }
    }
}

fn write_stream<N: Network>(net: &N, stream: StandardStream, data: &[u8], wait: Wait) -> Result<usize> {
    let mut written = 0;
    while let Some(rest) = data.get(written..).filter(|rest| !rest.is_empty()) {
        match net.write_stream(stream, rest, wait.deadline) {
            Ok(count) => written += count,
            Err(_) if written > 0 => break,
            Err(error) => return Err(failure(&wait, error)),
        }
    }
    Ok(written)
}

fn failure(wait: &Wait, error: NetError) -> Error {
    match error {
        NetError::WouldBlock => wait.expired(),
        NetError::Errno(errno) => Error::from(errno),
        NetError::Error(error) => error,
        NetError::Code(_) | NetError::Other(_) => Error::from(Errno::EIO),
    }
}
