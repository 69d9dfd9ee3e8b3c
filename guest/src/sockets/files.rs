//! Standard streams and devices as descriptors beside sockets, so that one wait is for all.

use super::description::{Attributes, Description, Rights};
use super::endpoint::Endpoint;
use super::{Fd, Sockets};
use crate::error::Result;
use crate::file::{Device, File, FileType, StandardStream};
use crate::library_file::{LibraryFile, Opened};
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

    /// A new descriptor for a file of the C library: the lowest free number.
    ///
    /// # Errors
    /// `EMFILE`: there are too many. The file is closed.
    pub fn insert_file(&self, file: LibraryFile) -> Result<Fd> {
        let description = Description::open(Attributes::of_no_socket(), file);
        Ok(self.descriptors.borrow_mut().insert_from(0, description)?)
    }

    /// Who does the calls on what `fd` refers to; nothing if it is not open.
    pub fn opened(&self, fd: Fd) -> Option<Opened> {
        self.descriptors.borrow().get(fd).ok().map(|descriptor| descriptor.description.endpoint.opened())
    }

    /// `os.lseek(fd, position, how)` — where a device is, whatever is asked for; nothing for what has no position.
    ///
    /// # Errors
    /// `EBADF`: `fd` is not open.
    pub fn position(&self, fd: Fd) -> Result<Option<u64>> {
        Ok(self.any_description(fd)?.endpoint.position())
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
