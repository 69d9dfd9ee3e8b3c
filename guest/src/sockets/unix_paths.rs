//! Paths as names of `AF_UNIX` sockets: which file of the program each is, and what the program called it.
//!
//! `bind` makes a file that stays until it is removed, also when its socket is gone. The program has no such file where
//! the names are its own; this remembers which there would be.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man7/unix.7.html>

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::Sockets;
use super::description::Description;
use crate::address::{Address, UnixAddress};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::net::Network;

/// The paths that sockets of this program were bound or connected to, in the order in which they became known.
pub(super) struct UnixPaths<N: Network>(RefCell<Vec<Known<N>>>);

/// What is known of a path.
struct Known<N: Network> {
    /// The path from the root.
    path: Vec<u8>,
    /// How the program spelled it when it bound a socket to it, or first connected to it.
    spelling: Vec<u8>,
    /// The socket that made a file of it; none if it was only connected to.
    maker: Option<Weak<Description<N>>>,
}

/// So many paths are known at once; what became known first is forgotten first.
const CAPACITY: usize = 1024;

impl<N: Network> Default for UnixPaths<N> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<N: Network> UnixPaths<N> {
    fn insert(&self, new: Known<N>) {
        let mut known = self.0.borrow_mut();
        if let Some(entry) = known.iter_mut().find(|entry| entry.path == new.path) {
            // The name of a socket is what it was bound to, in those words.
            if new.maker.is_some() {
                *entry = new;
            }
            return;
        }
        if known.len() >= CAPACITY {
            known.remove(0);
        }
        known.push(new);
    }

    /// Whether a socket of this program made a file of `path` that is still there.
    fn has_file(&self, path: &[u8]) -> bool {
        self.0.borrow().iter().any(|known| known.path == path && known.maker.is_some())
    }
}

impl<N: Network> Sockets<N> {
    /// Whether `path` is the file of an `AF_UNIX` socket that this program has bound, as `os.path.exists(path)` sees it.
    pub fn is_socket_file(&self, path: &[u8]) -> bool {
        self.unix_paths.has_file(&self.absolute(path))
    }

    /// `os.unlink(path)` — removes the file of an `AF_UNIX` socket: no connection to it is possible any more, and the name is free.
    ///
    /// # Errors
    /// `ENOENT`: no socket of this program has made such a file.
    pub fn unlink_socket_file(&self, path: &[u8]) -> Result<()> {
        let path = self.absolute(path);
        if !self.unix_paths.has_file(&path) {
            return Err(Errno::ENOENT.into());
        }
        let mut known = self.unix_paths.0.borrow_mut();
        known.iter_mut().filter(|known| known.path == path).for_each(|known| known.maker = None);
        drop(known);
        self.names.unlink(&UnixAddress::Path(path));
        Ok(())
    }

    /// `address` with a path from the root.
    pub(super) fn resolved<'a>(&self, address: &'a Address) -> Cow<'a, Address> {
        match address {
            Address::Unix(UnixAddress::Path(path)) if N::HAS_FILES => {
                Cow::Owned(Address::Unix(UnixAddress::Path(self.absolute(path))))
            }
            Address::Unix(_) | Address::Ip(_) => Cow::Borrowed(address),
        }
    }

    /// `address` as the program spelled it.
    pub(super) fn spelled(&self, address: Address) -> Address {
        match address {
            Address::Unix(UnixAddress::Path(path)) if N::HAS_FILES => {
                let known = self.unix_paths.0.borrow();
                let spelling = known.iter().find(|known| known.path == path).map(|known| known.spelling.clone());
                Address::Unix(UnixAddress::Path(spelling.unwrap_or(path)))
            }
            other => other,
        }
    }

    /// Refuses to bind to a file that is there.
    pub(super) fn check_unbound(&self, resolved: &Address) -> Result<()> {
        match resolved {
            Address::Unix(UnixAddress::Path(path)) if N::HAS_FILES && self.unix_paths.has_file(path) => {
                Err(Errno::EADDRINUSE.into())
            }
            Address::Unix(_) | Address::Ip(_) => Ok(()),
        }
    }

    /// A socket has been bound to `resolved`, which the program called `given`.
    pub(super) fn note_bound(&self, resolved: &Address, given: &Address, description: &Rc<Description<N>>) {
        self.note(resolved, given, Some(Rc::downgrade(description)));
    }

    /// What connecting to `resolved`, which the program called `given`, came to: a file whose socket is gone refuses.
    pub(super) fn note_connected(&self, resolved: &Address, given: &Address, answer: Result<()>) -> Result<()> {
        match (answer, resolved) {
            (Err(Error::Os { errno: Errno::ENOENT, .. }), Address::Unix(UnixAddress::Path(path)))
                if N::HAS_FILES && self.unix_paths.has_file(path) =>
            {
                Err(Errno::ECONNREFUSED.into())
            }
            (Ok(()), _) => {
                self.note(resolved, given, None);
                Ok(())
            }
            (answer, _) => answer,
        }
    }

    fn note(&self, resolved: &Address, given: &Address, maker: Option<Weak<Description<N>>>) {
        if N::HAS_FILES
            && let Address::Unix(UnixAddress::Path(path)) = resolved
            && let Address::Unix(UnixAddress::Path(spelling)) = given
        {
            self.unix_paths.insert(Known { path: path.clone(), spelling: spelling.clone(), maker });
        }
    }

    /// A path from the root, without `.` and doubled slashes. What `..` leads to depends on links, so it stays.
    fn absolute(&self, path: &[u8]) -> Vec<u8> {
        let folder = if path.starts_with(b"/") { Vec::new() } else { self.net.working_folder().unwrap_or_default() };
        let parts = [&folder, path].into_iter().flat_map(|part| part.split(|byte| *byte == b'/'));
        let parts = parts.filter(|part| !part.is_empty() && *part != b".");
        let joined = parts.fold(Vec::new(), |mut joined, part| {
            joined.push(b'/');
            joined.extend_from_slice(part);
            joined
        });
        if joined.is_empty() { b"/".to_vec() } else { joined }
    }
}
