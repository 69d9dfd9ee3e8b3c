//! Standard streams and devices as descriptors beside sockets, so that one wait is for all.

use super::description::{Attributes, Description, Rights};
use super::endpoint::Endpoint;
use super::{Fd, Sockets};
use crate::error::Result;
use crate::file::{Device, File, FileType, StandardStream};
use crate::net::Network;

impl<N: Network> Sockets<N> {
    /// Makes 0, 1 and 2 descriptors of the program's standard streams. Again is the same as once; one that was closed is
    /// open again.
    pub fn open_standard_streams(&self) {
        let descriptions = StandardStream::ALL.map(|stream| of_file(File::Stream(stream)));
        self.changes.set(self.changes.get() + 1);
        self.descriptors.borrow_mut().set_standard(descriptions);
    }

    /// `os.open("/dev/null", flags)` — a new descriptor for a device.
    ///
    /// # Errors
    /// `EMFILE`: there are too many.
    pub fn open_device(&self, device: Device) -> Result<Fd> {
        self.insert(of_file(File::Device(device)))
    }

    /// `os.fstat(fd).st_mode` — what kind of file `fd` is.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn file_type(&self, fd: Fd) -> Result<FileType> {
        Ok(self.any_description(fd)?.endpoint.file_type(&self.net))
    }
}

fn of_file<N: Network>(file: File) -> Rights<N> {
    Description::open(Attributes::of_no_socket(), file)
}
