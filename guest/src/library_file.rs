//! Files that a C library has opened. They have their numbers from here, beside all else that a program has open, and nothing else:
//! their bytes, positions and flags are the C library's.

use crate::file::{FileType, StandardStream};
use crate::net::Network;
use crate::polling::Events;
use crate::sockets::Endpoint;
use crate::status::Status;

/// Who does the calls on what is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The core: on a socket, a pipe, a device.
    Here,
    /// The core and the C library, which both have the program's standard streams.
    Stream(StandardStream),
    /// The C library: what it calls the file.
    File(u32),
}

/// An open file of the C library, closed when its last descriptor is.
#[derive(Debug)]
pub struct LibraryFile {
    /// What the C library calls it.
    pub number: u32,
    /// Closes the file with that number.
    pub close: fn(u32),
}

impl Drop for LibraryFile {
    fn drop(&mut self) {
        (self.close)(self.number);
    }
}

impl<N: Network> Endpoint<N> for LibraryFile {
    fn is_socket(&self) -> bool {
        false
    }

    fn file_type(&self, _: &N) -> FileType {
        FileType::Library
    }

    fn opened(&self) -> Opened {
        Opened::File(self.number)
    }

    /// A file is always ready.
    fn status(&self, _: Events) -> Status {
        Status::known(Events::READABLE | Events::WRITABLE)
    }
}
