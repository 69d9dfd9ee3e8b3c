//! How a socket gets a peer: `connect`, which may have to wait.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use super::address::{self, Named, local, named};
use super::errors::{HostResult, exceeded, os};
use super::kind::Style;
use super::open::{self, Target};
use super::socket::{Socket, is_writable};
use super::state::Sockets;
use super::types::{Address, Errno, UnixAddress};
use super::waiting::{HostDeadline, WRITE};
use crate::accounting::account::Connection;
use crate::network::Admitted;

impl Socket {
    /// `socket.connect(address)`.
    pub(super) async fn connect(&self, remote: Address, until: HostDeadline) -> HostResult<()> {
        match named(remote)? {
            Named::Internet(remote) => {
                self.expect_internet()?;
                self.connect_internet(remote, until).await
            }
            Named::Unix(name) => {
                self.expect_unix()?;
                self.connect_unix(&name, until).await
            }
            Named::Nobody => {
                open::disconnect(self.system())?;
                self.account().disconnected(None);
                Ok(())
            }
        }
    }

    async fn connect_internet(&self, remote: SocketAddr, until: HostDeadline) -> HostResult<()> {
        let (kind, account) = (self.kind(), self.account());
        let admitted = self.decide_remote(remote)?;
        if kind.style == Style::Datagram {
            open::connect(kind, self.system(), &admitted)?;
            account.has_peer(local(self.system()), remote);
            return Ok(());
        }
        let connection = Connection::outbound(account.meter()).map_err(exceeded)?;
        let outcome = open::connect(kind, self.system(), &admitted);
        match outcome {
            Ok(()) => {
                account.connecting(connection, remote);
                self.note_connected();
                Ok(())
            }
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {
                account.admit(admitted);
                account.connecting(connection, remote);
                self.finish_connect(until).await
            }
            // A signal has ended the call that began it, and the guest goes on with that.
            Err(error) if error.raw_os_error() == Some(libc::EALREADY) && self.is_interrupted.swap(false, Relaxed) => {
                self.finish_connect(until).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A listener whose backlog is full is the one thing to wait for, and the system does not say when it is over.
    async fn connect_unix(&self, name: &UnixAddress, until: HostDeadline) -> HostResult<()> {
        let target = self.unix_target(name)?;
        loop {
            match open::connect_unix(self.system(), &target) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && until != HostDeadline::Now => {
                    let again = Instant::now() + BACKLOG_PAUSE;
                    match until {
                        HostDeadline::At(moment) if again > moment => return Err(os(Errno::WouldBlock)),
                        HostDeadline::At(_) | HostDeadline::Never | HostDeadline::Now => {
                            self.sockets.waits.sleep(HostDeadline::At(again)).await?;
                        }
                    }
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Where a guest finds the socket with this name: among its own, or where rules on paths say. From then on others may be on
    /// the other end.
    pub(super) fn unix_target(&self, name: &UnixAddress) -> HostResult<Target> {
        let Sockets { network, names, .. } = &*self.sockets;
        let own = names.place(name);
        let UnixAddress::Path(guest) = name else { return own.map(Target::own) };
        if own.is_ok() || !network.has_unix_outbound() {
            return own.map(Target::own);
        }
        let target = network.decide_unix_connect(address::path(guest))?;
        names.remember(guest, target.target().host.clone());
        self.account().goes_outside();
        Ok(Target::outside(target)?)
    }

    /// Waits for a connection that the system is making.
    ///
    /// A caller that does not wait must not consume the error: `SO_ERROR` or the next `connect` reports it. One that waits for
    /// ever is in `connect(2)` itself, whose end lets a socket be used anew; one with a deadline waits as with `poll(2)`.
    pub(super) async fn finish_connect(&self, until: HostDeadline) -> HostResult<()> {
        if until == HostDeadline::Now {
            return Err(os(Errno::InProgress));
        }
        // What was decided under another policy is not connected once more.
        let network = &self.sockets.network;
        let again = self.account().admitted().filter(|admitted| {
            until == HostDeadline::Never && self.account().is_connecting() && network.is_current(admitted)
        });
        let outcome = match again {
            Some(remote) => {
                let again = |socket: &Arc<socket2::Socket>| self.connect_again(socket, &remote);
                self.inner.attempt(WRITE, until, again).await
            }
            None => self.inner.attempt(WRITE, until, |socket| connected(socket)).await,
        };
        match outcome {
            Ok(()) => {
                self.note_connected();
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(os(Errno::InProgress)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                self.is_interrupted.store(true, Relaxed);
                Err(error.into())
            }
            Err(error) => {
                self.note_failed(&error);
                Err(error.into())
            }
        }
    }

    /// Asks the system for a connection that it is making already: "would block" while it goes on.
    fn connect_again(&self, socket: &socket2::Socket, remote: &Admitted) -> io::Result<()> {
        if !is_writable(socket)? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        match open::connect(self.kind(), socket, remote) {
            Err(error) if error.raw_os_error() == Some(libc::EALREADY) => Err(io::ErrorKind::WouldBlock.into()),
            Err(error) if error.raw_os_error() == Some(libc::EISCONN) => Ok(()),
            outcome => outcome,
        }
    }
}

/// Whether a connection that was started is complete: its error if it failed, and "would block" while it is in progress.
fn connected(socket: &socket2::Socket) -> io::Result<()> {
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    if !is_writable(socket)? {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    match socket.take_error()? {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// How soon to try again where the backlog of an `AF_UNIX` listener is full.
const BACKLOG_PAUSE: std::time::Duration = std::time::Duration::from_millis(2);
