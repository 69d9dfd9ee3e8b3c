//! The names of `AF_UNIX` sockets that are private to a guest: sockets in a folder that only this process's user may enter.
//!
//! A guest's name is not a path of this machine. A socket that a guest binds does not appear at that path, and a guest connects
//! only to sockets that it has bound itself. A path that a rule covers is the exception: it maps to a path of this machine.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use socket2::SockAddr;
use tempfile::TempDir;

use super::errors::{HostResult, os};
use super::types::{Errno, UnixAddress};
use crate::sync::locked;

/// The names that a guest's sockets have.
#[derive(Default)]
pub(super) struct Names(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    folder: Option<TempDir>,
    next_place: u64,
    next_automatic: u32,
    places: BTreeMap<Name, u64>,
    names: BTreeMap<u64, Name>,
    /// What the guest calls paths of this machine that it has used.
    outside: BTreeMap<PathBuf, Vec<u8>>,
}

/// A name; paths and abstract names are apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Path(Vec<u8>),
    Abstract(Vec<u8>),
}

impl Names {
    /// Names a socket, which `bind` binds to the path that it is given. The unnamed address asks for a name.
    pub(super) fn bind(
        &self,
        address: &UnixAddress,
        bind: impl FnOnce(&SockAddr) -> io::Result<()>,
    ) -> HostResult<Bound> {
        let mut table = locked(&self.0);
        let name = match address {
            UnixAddress::Unnamed => table.automatic(),
            UnixAddress::Path(_) | UnixAddress::Abstract(_) => name_of(address)?,
        };
        if table.places.contains_key(&name) {
            return Err(os(Errno::AddressInUse));
        }
        let place = table.next_place;
        bind(&table.address(place)?)?;
        table.next_place += 1;
        table.places.insert(name.clone(), place);
        table.names.insert(place, name);
        Ok(Bound { table: Arc::clone(&self.0), place: Place::Own(place) })
    }

    /// A socket has been bound to a path of this machine, which the guest knows as another.
    pub(super) fn bound_outside(&self, guest: &[u8], host: PathBuf) -> Bound {
        self.remember(guest, host.clone());
        Bound { table: Arc::clone(&self.0), place: Place::Outside(host) }
    }

    /// The guest means a path of this machine by one of its own.
    pub(super) fn remember(&self, guest: &[u8], host: PathBuf) {
        locked(&self.0).outside.insert(host, guest.to_vec());
    }

    /// Where the socket with this name is.
    pub(super) fn place(&self, address: &UnixAddress) -> HostResult<SockAddr> {
        let name = match address {
            UnixAddress::Unnamed => return Err(os(Errno::ConnectionRefused)),
            UnixAddress::Path(_) | UnixAddress::Abstract(_) => name_of(address)?,
        };
        let mut table = locked(&self.0);
        match (table.places.get(&name).copied(), name) {
            (Some(place), _) => table.address(place),
            (None, Name::Path(_)) => Err(os(Errno::NoSuchEntry)),
            (None, Name::Abstract(_)) => Err(os(Errno::ConnectionRefused)),
        }
    }

    /// The guest's name for a place.
    pub(super) fn name(&self, address: &SockAddr) -> UnixAddress {
        let Some(path) = address.as_pathname() else { return UnixAddress::Unnamed };
        let table = locked(&self.0);
        if let Some(guest) = table.outside.get(path) {
            return UnixAddress::Path(guest.clone());
        }
        let own = path.parent().filter(|parent| table.folder.as_ref().is_some_and(|folder| folder.path() == *parent));
        let place = own.and(path.file_name()).and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        match place.and_then(|place: u64| table.names.get(&place)) {
            Some(Name::Path(path)) => UnixAddress::Path(path.clone()),
            Some(Name::Abstract(name)) => UnixAddress::Abstract(name.clone()),
            None => UnixAddress::Unnamed,
        }
    }
}

impl Table {
    fn address(&mut self, place: u64) -> HostResult<SockAddr> {
        let folder = match &mut self.folder {
            Some(folder) => folder,
            none => none.insert(tempfile::Builder::new().prefix("wasocket-").tempdir()?),
        };
        Ok(SockAddr::unix(folder.path().join(place.to_string()))?)
    }

    /// As Linux names a socket that asks for it: five hexadecimal digits in the abstract namespace.
    fn automatic(&mut self) -> Name {
        loop {
            let name = Name::Abstract(format!("{:05x}", self.next_automatic & 0xf_ffff).into_bytes());
            self.next_automatic = self.next_automatic.wrapping_add(1);
            if !self.places.contains_key(&name) {
                return name;
            }
        }
    }
}

fn name_of(address: &UnixAddress) -> HostResult<Name> {
    match address {
        UnixAddress::Path(path) | UnixAddress::Abstract(path) if path.len() > MAX_NAME => {
            Err(os(Errno::InvalidArgument))
        }
        UnixAddress::Path(path) => Ok(Name::Path(path.clone())),
        UnixAddress::Abstract(name) => Ok(Name::Abstract(name.clone())),
        UnixAddress::Unnamed => Err(os(Errno::InvalidArgument)),
    }
}

/// A name in use. It is free again when this is dropped, since the guest has no file to remove.
pub(super) struct Bound {
    table: Arc<Mutex<Table>>,
    place: Place,
}

/// Where a name leads.
enum Place {
    Own(u64),
    Outside(PathBuf),
}

impl Drop for Bound {
    fn drop(&mut self) {
        let mut table = locked(&self.table);
        // Whoever is connected stays so. What cannot be removed now goes with the folder, or is for others to remove.
        match &self.place {
            Place::Own(place) => {
                if let Some(name) = table.names.remove(place) {
                    table.places.remove(&name);
                }
                if let Some(folder) = &table.folder {
                    let _ = std::fs::remove_file(folder.path().join(place.to_string()));
                }
            }
            Place::Outside(path) => {
                table.outside.remove(path);
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// The longest name: what the system has room for is for the guest to say, since it gives a path from the root for a
/// shorter one.
const MAX_NAME: usize = 4096;

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;
    use crate::sockets::types::Error;

    fn code<T>(answer: HostResult<T>) -> Option<Errno> {
        match answer {
            Err(Error::Os(error)) => Some(error.code),
            _ => None,
        }
    }

    #[test]
    fn a_name_is_the_guests_own_and_free_again_when_its_socket_is_gone() {
        let names = Names::default();
        let name = UnixAddress::Path(b"/tmp/a".to_vec());
        let bound = names.bind(&name, |_| Ok(())).unwrap();
        let place = names.place(&name).unwrap();
        assert_ne!(place.as_pathname().unwrap().as_os_str().as_bytes(), b"/tmp/a");
        assert!(matches!(names.name(&place), UnixAddress::Path(path) if path == b"/tmp/a"));
        assert_eq!(code(names.bind(&name, |_| Ok(()))), Some(Errno::AddressInUse));
        assert_eq!(code(names.place(&UnixAddress::Abstract(b"/tmp/a".to_vec()))), Some(Errno::ConnectionRefused));
        drop(bound);
        assert_eq!(code(names.place(&name)), Some(Errno::NoSuchEntry));
    }
}
