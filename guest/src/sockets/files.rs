//! Standard streams and devices as descriptors beside sockets, so that one wait is for all.

use std::rc::Rc;

use super::description::{Description, Endpoint};
use super::{Fd, Sockets};
use crate::address::{Family, Kind};
use crate::error::Result;
use crate::file::{Device, File, FileType, StandardStream};
use crate::net::Net;

impl<N: Net> Sockets<N> {
    /// Makes 0, 1 and 2 descriptors of the program's standard streams. Again is the same as once; one that was closed is
    /// open again.
    pub fn open_standard_streams(&self) {
        let descriptions = StandardStream::ALL.map(|stream| Rc::new(Description::of_file(File::Stream(stream))));
        self.changes.set(self.changes.get() + 1);
        self.descriptors.borrow_mut().set_standard(descriptions);
    }

    /// `os.open("/dev/null", flags)` — a new descriptor for a device.
    ///
    /// # Errors
    /// `EMFILE`: there are too many.
    pub fn open_device(&self, device: Device) -> Result<Fd> {
        self.insert(Rc::new(Description::of_file(File::Device(device))))
    }

    /// `os.fstat(fd).st_mode` — what kind of file `fd` is.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn file_type(&self, fd: Fd) -> Result<FileType> {
        Ok(match &self.any_description(fd)?.endpoint {
            Endpoint::File(file) => file.file_type(&self.net),
            Endpoint::Pipe(_) => FileType::Pipe,
            Endpoint::Tcp(_)
            | Endpoint::Udp(_)
            | Endpoint::Unix(_)
            | Endpoint::Lookup(_)
            | Endpoint::System(_)
            | Endpoint::Reserved => FileType::Socket,
        })
    }
}

impl<N: Net> Description<N> {
    /// No socket: the family and the rest are never asked for.
    fn of_file(file: File) -> Self {
        Self::new(Family::Unix, Kind::Stream, 0, Endpoint::File(file))
    }
}
