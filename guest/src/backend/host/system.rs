//! The operating system's sockets, over the interface `host`.

use std::net::IpAddr;
use std::rc::Rc;

use super::bindings::wasocket::socket::host::{self, SocketOption};
use super::bindings::wasocket::socket::types::OtherOption;
use super::convert::{
    address_from_host, address_to_host, ancillary_from_host, ancillary_to_host, deadline_to_host, error_from_host,
    events_from_host, family_to_host, ip_to_host, kind_to_host, message_flags_from_host, message_flags_to_host,
    protocol_to_host, readiness_to_host, shutdown_to_host, trigger_to_host, value_from_host, value_to_host,
};
use super::{Host, HostLookup, HostSet, HostSocket, signals};
use crate::address::{Address, Family, Kind, Shutdown};
use crate::constants::number;
use crate::error::Result;
use crate::message::{MessageFlags, Outgoing};
use crate::net::{Interest, Network as _, Source};
use crate::options::{OptionValue, SOL_SOCKET};
use crate::polling::{Events, Trigger};
use crate::system::{System, SystemMessage};
use crate::time::Deadline;

impl System for Host {
    type Set = HostSet;

    fn create(&self, family: Family, kind: Kind, protocol: i32) -> Result<HostSocket> {
        let made = host::Socket::create(family_to_host(family), kind_to_host(kind), protocol_to_host(protocol)?);
        made.map(HostSocket::from).map_err(error_from_host)
    }

    fn pair(&self, family: Family, kind: Kind, protocol: i32) -> Result<(HostSocket, HostSocket)> {
        let made = host::Socket::pair(family_to_host(family), kind_to_host(kind), protocol_to_host(protocol)?);
        made.map(|(first, second)| (first.into(), second.into())).map_err(error_from_host)
    }

    fn bind(&self, socket: &HostSocket, local: &Address) -> Result<()> {
        socket.0.bind(&address_to_host(local)).map_err(error_from_host)
    }

    fn connect(&self, socket: &HostSocket, remote: &Address, deadline: Deadline) -> Result<()> {
        let remote = address_to_host(remote);
        let connect = |deadline| socket.0.connect(&remote, deadline);
        self.wait(Source::Socket(socket), Events::OUT, deadline, connect)
    }

    fn listen(&self, socket: &HostSocket, backlog: u32) -> Result<()> {
        socket.0.listen(backlog).map_err(error_from_host)
    }

    fn accept(&self, socket: &HostSocket, deadline: Deadline) -> Result<(HostSocket, Address)> {
        let accept = |deadline| socket.0.accept(deadline);
        let (accepted, peer) = self.wait(Source::Socket(socket), Events::IN, deadline, accept)?;
        Ok((accepted.into(), address_from_host(peer)?))
    }

    fn receive(&self, socket: &HostSocket, max: usize, flags: MessageFlags, deadline: Deadline) -> Result<Vec<u8>> {
        let receive = |deadline| socket.0.recv(size(max), message_flags_to_host(flags), deadline);
        self.wait(Source::Socket(socket), Events::IN, deadline, receive)
    }

    fn receive_message(
        &self,
        socket: &HostSocket,
        max: usize,
        room: usize,
        flags: MessageFlags,
        deadline: Deadline,
    ) -> Result<SystemMessage<HostSocket>> {
        let flags = message_flags_to_host(flags);
        let receive = |deadline| socket.0.recv_message(size(max), size(room), flags, deadline);
        let message = self.wait(Source::Socket(socket), Events::IN, deadline, receive)?;
        let is_inet6 = matches!(message.sender, Some(host::Address::Inet6(_)));
        let ancillary = message.ancillary.into_iter().map(|one| ancillary_from_host(one, is_inet6));
        Ok(SystemMessage {
            data: message.data,
            ancillary: ancillary.collect::<Result<_>>()?,
            rights: message.rights.into_iter().map(HostSocket::from).collect(),
            flags: message_flags_from_host(message.flags),
            sender: message.sender.map(address_from_host).transpose()?,
            length: usize::try_from(message.length).unwrap_or(usize::MAX),
        })
    }

    fn send(&self, socket: &HostSocket, data: &[u8], flags: MessageFlags, deadline: Deadline) -> Result<usize> {
        let send = |deadline| socket.0.send(data, message_flags_to_host(flags), deadline);
        self.wait(Source::Socket(socket), Events::OUT, deadline, send).map(count)
    }

    fn send_message(
        &self,
        socket: &HostSocket,
        message: &Outgoing<'_, &HostSocket>,
        flags: MessageFlags,
        deadline: Deadline,
    ) -> Result<usize> {
        let ancillary: Vec<_> = message.ancillary.iter().map(ancillary_to_host).collect();
        let ancillary: Vec<_> = ancillary.iter().collect();
        let rights: Vec<_> = message.rights.iter().map(|right| &*right.0).collect();
        let remote = message.remote.map(address_to_host);
        let flags = message_flags_to_host(flags);
        let send =
            |deadline| socket.0.send_message(message.parts, &ancillary, &rights, flags, remote.as_ref(), deadline);
        self.wait(Source::Socket(socket), Events::OUT, deadline, send).map(count)
    }

    fn shutdown(&self, socket: &HostSocket, how: Shutdown) -> Result<()> {
        socket.0.shutdown(shutdown_to_host(how)).map_err(error_from_host)
    }

    fn local_address(&self, socket: &HostSocket) -> Result<Address> {
        address_from_host(socket.0.getsockname().map_err(error_from_host)?)
    }

    fn peer_address(&self, socket: &HostSocket) -> Result<Address> {
        address_from_host(socket.0.getpeername().map_err(error_from_host)?)
    }

    fn option(&self, socket: &HostSocket, level: i32, name: i32) -> Result<OptionValue> {
        value_from_host(socket.0.get_option(named(level, name)).map_err(error_from_host)?)
    }

    fn set_option(&self, socket: &HostSocket, level: i32, name: i32, value: &OptionValue) -> Result<()> {
        socket.0.set_option(named(level, name), &value_to_host(value)?).map_err(error_from_host)
    }

    fn create_set(&self) -> Result<HostSet> {
        host::PollSet::create().map(|set| HostSet(Rc::new(set))).map_err(error_from_host)
    }

    fn add_to_set(
        &self,
        set: &HostSet,
        token: u64,
        socket: &HostSocket,
        events: Events,
        trigger: Trigger,
    ) -> Result<()> {
        let readiness = readiness_to_host(events);
        set.0.add_socket(token, &socket.0, readiness, trigger_to_host(trigger)).map_err(error_from_host)
    }

    fn add_lookup_to_set(&self, set: &HostSet, token: u64, lookup: &HostLookup, trigger: Trigger) -> Result<()> {
        set.0.add_lookup(token, &lookup.0, trigger_to_host(trigger)).map_err(error_from_host)
    }

    fn modify_in_set(&self, set: &HostSet, token: u64, events: Events, trigger: Trigger) -> Result<()> {
        set.0.modify(token, readiness_to_host(events), trigger_to_host(trigger)).map_err(error_from_host)
    }

    fn remove_from_set(&self, set: &HostSet, token: u64) -> Result<()> {
        set.0.remove(token).map_err(error_from_host)
    }

    fn wait_for_set(
        &self,
        set: &HostSet,
        most: u32,
        beside: &[Interest<'_, Self>],
        deadline: Deadline,
    ) -> Result<Vec<(u64, Events)>> {
        let wait = |deadline| {
            let wait = || set.0.wait(deadline_to_host(deadline), most).map_err(error_from_host);
            let found = signals::interrupted(wait)?.unwrap_or_default();
            Ok(found.into_iter().map(|event| (event.token, events_from_host(event.readiness))).collect::<Vec<_>>())
        };
        #[cfg(feature = "threads")]
        if deadline != Deadline::Now {
            let found = wait(Deadline::Now)?;
            if !found.is_empty() {
                return Ok(found);
            }
            if self.wait_for_set_with_others(set, beside, deadline)? {
                return wait(Deadline::Now);
            }
        }
        if beside.is_empty() {
            return wait(deadline);
        }
        let found = wait(Deadline::Now)?;
        if deadline == Deadline::Now || !found.is_empty() {
            return Ok(found);
        }
        if Self::HAS_FILES {
            signals::interrupted(|| self.poll_mixed(beside, &[&set.0], deadline))?;
        } else {
            // A component imports no pollables: it looks at the set in turns.
            self.poll(beside, self.turn(deadline))?;
        }
        wait(Deadline::Now)
    }

    fn reverse_lookup(&self, address: IpAddr) -> Result<HostLookup> {
        host::Lookup::reverse(ip_to_host(address)).map(HostLookup::from).map_err(error_from_host)
    }

    fn host_name(&self) -> Result<String> {
        host::gethostname().map_err(error_from_host)
    }

    fn set_host_name(&self, name: &str) -> Result<()> {
        host::sethostname(name).map_err(error_from_host)
    }

    fn interfaces(&self) -> Result<Vec<(u32, String)>> {
        host::if_nameindex().map_err(error_from_host)
    }
}

/// The option with these numbers. The error that waits has a name, since its value is one of an enumeration.
fn named(level: i32, name: i32) -> SocketOption {
    const SO_ERROR: i32 = number("SO_ERROR");
    match (level, name) {
        (SOL_SOCKET, SO_ERROR) => SocketOption::Error,
        _ => SocketOption::Other(OtherOption { level, name }),
    }
}

fn size(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn count(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
