//! A UDP socket.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::address::{Address, IpFamily, Shutdown};
use crate::errno::Errno;
use crate::errno_table::Operation;
use crate::error::{Error, Result};
use crate::message::{MessageFlags, Received};
use crate::net::{Datagram, NetError, NetOption, Protocol, Source, Transport};
use crate::polling::Events;
use crate::sockets::{Endpoint, Rights, SourceRef};
use crate::status::Status;
use crate::time::Deadline;
use crate::waiting::{Wait, error_of};

/// The largest payload of a datagram: 65,535 less the headers of UDP (8) and, for IPv4 alone, IP (20).
const MAX_PAYLOAD_V4: usize = 65_507;
const MAX_PAYLOAD_V6: usize = 65_527;

/// How many datagrams may be read ahead for readiness and `MSG_PEEK`.
const READ_AHEAD: usize = 1;

/// A UDP socket of `N`.
pub struct Udp<N: Transport> {
    socket: N::Socket,
    family: IpFamily,
    /// Bound by the program or by its first send.
    bound: Cell<bool>,
    peer: Cell<Option<SocketAddr>>,
    /// Datagrams that were read ahead.
    ahead: RefCell<VecDeque<Datagram>>,
    /// An error that reading ahead met; the next receive reports it, and so does `SO_ERROR`.
    pending: Cell<Option<Errno>>,
    read_shut: Cell<bool>,
    write_shut: Cell<bool>,
}

impl<N: Transport> Udp<N> {
    pub(crate) fn open(net: &N, family: IpFamily) -> Result<Self> {
        let socket = net.open(family, Protocol::Udp).map_err(|error| error_of(Operation::Open, error))?;
        Ok(Self {
            socket,
            family,
            bound: Cell::new(false),
            peer: Cell::new(None),
            ahead: RefCell::default(),
            pending: Cell::new(None),
            read_shut: Cell::new(false),
            write_shut: Cell::new(false),
        })
    }

    fn bind_to(&self, net: &N, local: SocketAddr) -> Result<()> {
        if self.bound.get() {
            return Err(Errno::EINVAL.into());
        }
        net.bind(&self.socket, local).map_err(|error| error_of(Operation::Bind, error))?;
        self.bound.set(true);
        Ok(())
    }

    fn bind_if_needed(&self, net: &N) -> Result<()> {
        if self.bound.get() { Ok(()) } else { self.bind_to(net, any_address(self.family, 0)) }
    }

    /// Has other threads that wait for this socket look again.
    fn changed(&self, net: &N) {
        net.changed_at(&Source::Socket(&self.socket));
    }

    fn max_payload(&self) -> usize {
        match self.family {
            IpFamily::V4 => MAX_PAYLOAD_V4,
            IpFamily::V6 => MAX_PAYLOAD_V6,
        }
    }
}

impl<N: Transport> Endpoint<N> for Udp<N> {
    fn bind(&self, net: &N, local: &Address) -> Result<()> {
        self.bind_to(net, self.family.expect(local)?)
    }

    fn connect(&self, net: &N, remote: &Address, _: Wait) -> Result<()> {
        let remote = reachable(self.family.expect(remote)?);
        self.bind_if_needed(net)?;
        if remote.port() == 0 {
            // Linux takes port 0 as a peer that nothing can be sent to; WASI has no such connection.
            self.peer.set(None);
            return Ok(());
        }
        let connected = net.connect(&self.socket, remote, Deadline::Now);
        connected.map_err(|error| error_of(Operation::Connect, error))?;
        self.peer.set(Some(remote));
        Ok(())
    }

    fn receive(
        &self,
        net: &N,
        (max, _): (usize, usize),
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<(Received, Vec<Rights<N>>)> {
        if let Some(errno) = self.pending.take() {
            return Err(Error::from(errno));
        }
        if self.ahead.borrow().is_empty() {
            // On Linux this ends a wait, and is nothing to a call that does not wait.
            let ends = self.read_shut.get() && wait.is_blocking();
            let deadline = if ends { Deadline::Now } else { wait.deadline };
            let received =
                if self.bound.get() { net.receive_from(&self.socket, deadline) } else { Err(NetError::WouldBlock) };
            match received {
                Ok(datagram) => self.ahead.borrow_mut().push_back(datagram),
                Err(NetError::WouldBlock) if ends => return Ok((Received::stream(Vec::new()), Vec::new())),
                Err(NetError::WouldBlock) if !self.bound.get() => return Err(wait.in_vain(net)),
                Err(error) => return Err(wait.error(Operation::Receive, error)),
            }
        }
        let mut ahead = self.ahead.borrow_mut();
        let peek = flags.contains(MessageFlags::PEEK);
        if peek {
            self.changed(net);
        }
        let datagram = if peek { ahead.front().cloned() } else { ahead.pop_front() };
        let Some(Datagram { data, from }) = datagram else { return Err(wait.expired()) };
        Ok((Received::message(data, Some(Address::Ip(from)), max), Vec::new()))
    }

    fn send(&self, net: &N, data: &[u8], _: &[Rights<N>], to: Option<&Address>, wait: Wait) -> Result<usize> {
        let to = to.map(|to| self.family.expect(to)).transpose()?;
        // Linux binds a socket before it sends, whether or not the send succeeds.
        self.bind_if_needed(net)?;
        if to.is_none() && self.peer.get().is_none() {
            return Err(Errno::EDESTADDRREQ.into());
        }
        if self.write_shut.get() {
            return Err(Errno::EPIPE.into());
        }
        if let Some(errno) = self.pending.take() {
            return Err(Error::from(errno));
        }
        if to.is_some_and(|to| to.port() == 0) {
            return Err(Errno::EINVAL.into());
        }
        if data.len() > self.max_payload() {
            return Err(Errno::EMSGSIZE.into());
        }
        let to = to.map(reachable).filter(|to| Some(*to) != self.peer.get());
        let sent = net.send_to(&self.socket, data, to, wait.deadline);
        sent.map_err(|error| wait.error(Operation::Send, error))?;
        Ok(data.len())
    }

    fn shutdown(&self, net: &N, how: Shutdown) -> Result<()> {
        self.changed(net);
        self.read_shut.set(self.read_shut.get() || how.reads());
        self.write_shut.set(self.write_shut.get() || how.writes());
        // Linux takes note of it even where it then says that there is no connection.
        if self.peer.get().is_some() { Ok(()) } else { Err(Errno::ENOTCONN.into()) }
    }

    fn local_address(&self, net: &N) -> Result<Address> {
        if !self.bound.get() {
            return Ok(Address::Ip(any_address(self.family, 0)));
        }
        let local = net.local_address(&self.socket);
        Ok(Address::Ip(local.map_err(|error| error_of(Operation::LocalAddress, error))?))
    }

    fn peer_address(&self, _: &N) -> Result<Address> {
        Ok(Address::Ip(self.peer.get().ok_or(Errno::ENOTCONN)?))
    }

    fn take_error(&self, _: &N) -> Option<Errno> {
        self.pending.take()
    }

    fn network_option(&self, net: &N, option: NetOption) -> Option<Result<u64>> {
        let ask = || net.option(&self.socket, option).map_err(|error| error_of(Operation::Option, error));
        (option != NetOption::KeepAlive).then(ask)
    }

    fn set_network_option(&self, net: &N, option: NetOption, value: u64) -> Option<Result<()>> {
        let set = || net.set_option(&self.socket, option, value).map_err(|error| error_of(Operation::Option, error));
        (option != NetOption::KeepAlive).then(set)
    }

    fn status(&self, asked: Events) -> Status {
        let waiting = !self.ahead.borrow().is_empty();
        let failed = self.pending.get().is_some();
        let (read_shut, write_shut) = (self.read_shut.get(), self.write_shut.get());
        let events = Events::empty()
            .with_if(waiting || read_shut || failed, Events::READABLE)
            .with_if(write_shut || !self.bound.get(), Events::WRITABLE_MESSAGES)
            .with_if(read_shut, Events::RDHUP)
            .with_if(read_shut && write_shut, Events::HUP)
            .with_if(failed, Events::ERR);
        // Shutting changes nothing about what arrives, and a peer that refuses is learnt of there.
        let watch_read = self.bound.get() && !waiting && !failed;
        Status::watching(events, watch_read, self.bound.get() && !write_shut && asked.wants_write())
    }

    fn sources(&self) -> [Option<SourceRef<'_, N>>; 2] {
        // Without an address it receives nothing.
        [self.bound.get().then_some(SourceRef::Plain(&self.socket)), None]
    }

    fn refresh(&self, net: &N, found: Events) -> Events {
        if found.intersects(Events::READABLE) && self.ahead.borrow().len() < READ_AHEAD {
            match net.receive_from(&self.socket, Deadline::Now) {
                Ok(datagram) => self.ahead.borrow_mut().push_back(datagram),
                Err(error) => {
                    if let Error::Os { errno, .. } = error_of(Operation::Receive, error)
                        && errno != Errno::EAGAIN
                    {
                        self.pending.set(Some(errno));
                    }
                }
            }
            self.changed(net);
        }
        self.status(Events::empty()).events.with_if(found.wants_write(), Events::WRITABLE_MESSAGES)
    }
}

/// The wildcard address of `family` with `port`.
pub(crate) fn any_address(family: IpFamily, port: u16) -> SocketAddr {
    match family {
        IpFamily::V4 => (Ipv4Addr::UNSPECIFIED, port).into(),
        IpFamily::V6 => (Ipv6Addr::UNSPECIFIED, port).into(),
    }
}

/// `remote`, with the wildcard address taken as the loopback, as Linux takes it and WASI refuses it.
pub(crate) fn reachable(remote: SocketAddr) -> SocketAddr {
    match remote.ip() {
        IpAddr::V4(address) if address.is_unspecified() => (Ipv4Addr::LOCALHOST, remote.port()).into(),
        IpAddr::V6(address) if address.is_unspecified() => (Ipv6Addr::LOCALHOST, remote.port()).into(),
        IpAddr::V4(_) | IpAddr::V6(_) => remote,
    }
}
