//! Sockets for Rust programs: [`Program`] opens them, [`Socket`] is one, and closes when it is dropped.
//!
//! On a WebAssembly target `Program::current()` is the program's own network, and `Socket::tcp()` is all that is needed. Any other
//! [`Transport`](crate::net::Transport) does as well:
//!
//! ```
//! # fn fetch<N: wasocket::net::Network>(network: N) -> std::io::Result<String> {
//! use std::io::{Read, Write};
//! use std::time::Duration;
//! use wasocket::Program;
//!
//! let program = Program::new(network);
//! let mut socket = program.create_connection("localhost", 8000, Some(Duration::from_secs(10)))?;
//! socket.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
//! let mut answer = String::new();
//! socket.read_to_string(&mut answer)?;
//! # Ok(answer)
//! # }
//! ```

mod audit;
#[cfg(target_family = "wasm")]
mod default;
mod destination;
mod io;
mod names;
mod socket;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

pub use audit::AuditEvent;
pub use destination::Destination;
pub use socket::Socket;

use crate::address::{Family, Kind};
use crate::error::Result;
use crate::net::Network;
use crate::netdb::{AddressInfo, Hints};
use crate::polling::{Events, PollEntry};
use crate::sockets::Sockets;
use crate::time::Timeout;

type Hook = Box<dyn Fn(&AuditEvent<'_>) -> Result<()>>;

/// The sockets of one program: what the functions of Python's module `socket` work on. Copies are the same program.
pub struct Program<N: Network>(Rc<Shared<N>>);

struct Shared<N: Network> {
    sockets: Sockets<N>,
    hooks: RefCell<Vec<Rc<Hook>>>,
}

impl<N: Network> Clone for Program<N> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<N: Network> Program<N> {
    /// A program on a network.
    pub fn new(net: N) -> Self {
        Self(Rc::new(Shared { sockets: Sockets::new(net), hooks: RefCell::default() }))
    }

    /// The functions below, which take descriptors.
    #[must_use]
    pub fn sockets(&self) -> &Sockets<N> {
        &self.0.sockets
    }

    /// `socket.socket(family, type, proto)`.
    ///
    /// # Errors
    /// As [`Sockets::socket`]; or what a hook says.
    pub fn socket(&self, family: Family, kind: Kind, protocol: i32) -> Result<Socket<N>> {
        self.audit(&AuditEvent::New { family, kind, protocol })?;
        Ok(Socket::new(self.clone(), self.sockets().socket(family, kind, protocol)?))
    }

    /// `socket.socketpair()`: two connected sockets in memory.
    ///
    /// # Errors
    /// As [`Sockets::socketpair`]; or what a hook says.
    pub fn socketpair(&self, kind: Kind) -> Result<(Socket<N>, Socket<N>)> {
        for _ in 0..2 {
            self.audit(&AuditEvent::New { family: Family::Unix, kind, protocol: 0 })?;
        }
        let (one, other) = self.sockets().socketpair(Family::Unix, kind, 0)?;
        Ok((Socket::new(self.clone(), one), Socket::new(self.clone(), other)))
    }

    /// `socket.create_connection((host, port), timeout)`: connects to the first address of the host that answers.
    ///
    /// # Errors
    /// Of the last address; or that of the lookup.
    pub fn create_connection(&self, host: &str, port: u16, timeout: Option<Duration>) -> Result<Socket<N>> {
        let hints = Hints { kind: STREAM, ..Hints::default() };
        let mut last = None;
        for found in self.getaddrinfo(Some(host), Some(&port.to_string()), &hints)? {
            let socket = self.socket(found.family, Kind::Stream, found.protocol)?;
            socket.set_timeout(timeout);
            match socket.connect(found.address) {
                Ok(()) => return Ok(socket),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or(crate::Error::Text("getaddrinfo returns an empty list")))
    }

    /// `socket.getaddrinfo(host, port, family, type, proto, flags)`.
    ///
    /// # Errors
    /// As [`Sockets::getaddrinfo`]; or what a hook says.
    pub fn getaddrinfo(&self, host: Option<&str>, service: Option<&str>, hints: &Hints) -> Result<Vec<AddressInfo>> {
        self.audit(&AuditEvent::GetAddrInfo { host, service, hints })?;
        let (host, service) = (host.map(str::as_bytes), service.map(str::as_bytes));
        self.sockets().getaddrinfo(host, service, hints, Timeout::Blocking)
    }

    /// `select.poll().poll(timeout)`: which of these sockets are ready for what is asked of each, in the order in which they
    /// are given. No timeout waits for ever.
    ///
    /// # Errors
    /// As [`Sockets::poll`].
    pub fn poll(&self, asked: &[(&Socket<N>, Events)], timeout: Option<Duration>) -> Result<Vec<Events>> {
        let mut entries: Vec<PollEntry> =
            asked.iter().map(|(socket, events)| PollEntry::new(socket.fileno(), *events)).collect();
        self.sockets().poll(&mut entries, mode(timeout))?;
        Ok(entries.into_iter().map(|entry| entry.revents).collect())
    }

    /// `socket.setdefaulttimeout(timeout)`: of sockets that are opened from now on.
    pub fn set_default_timeout(&self, timeout: Option<Duration>) {
        self.sockets().set_default_timeout(timeout);
    }

    /// `sys.addaudithook(hook)`: is called before each operation, with Python's audit event, and may refuse it. Hooks
    /// cannot be taken away again.
    pub fn add_audit_hook(&self, hook: impl Fn(&AuditEvent<'_>) -> Result<()> + 'static) {
        self.0.hooks.borrow_mut().push(Rc::new(Box::new(hook)));
    }

    fn audit(&self, event: &AuditEvent<'_>) -> Result<()> {
        // A hook may add another one.
        let hooks = self.0.hooks.borrow().clone();
        hooks.iter().try_for_each(|hook| hook(event))
    }
}

impl<N: Network> std::fmt::Debug for Program<N> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Program").finish_non_exhaustive()
    }
}

/// How long a call may wait, as `settimeout` has it.
fn mode(timeout: Option<Duration>) -> Timeout {
    match timeout {
        None => Timeout::Blocking,
        Some(Duration::ZERO) => Timeout::NonBlocking,
        Some(timeout) => Timeout::After(timeout),
    }
}

/// `SOCK_STREAM`.
const STREAM: i32 = crate::constants::number("SOCK_STREAM");
