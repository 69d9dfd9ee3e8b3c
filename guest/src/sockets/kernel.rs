//! Sockets of an operating system: their state is the kernel's, and each call is a call of its.

use std::cell::RefCell;
use std::net::IpAddr;

use super::carried::Carried;
use super::description::{Attributes, Description, Rights};
use super::endpoint::{Endpoint, SourceRef};
use super::kinds::KernelKind;
use super::poll_cache::PollCache;
use super::stack::{Kernel, Member, Stack};
use super::{Events, PollEntry, PollList, Sockets, Trigger, total_length};
use crate::address::{Address, Family, Kind, Shutdown};
use crate::constants::number;
use crate::errno::Errno;
use crate::error::Result;
use crate::message::{MessageFlags, Outgoing, Received};
use crate::net::Interest;
use crate::options::{IPPROTO_TCP, IPPROTO_UDP, OptionValue, SOL_SOCKET};
use crate::status::Status;
use crate::system::System;
use crate::time::Deadline;
use crate::waiting::Wait;

/// A socket of a kernel.
pub struct KernelSocket<S: System> {
    socket: S::Socket,
    family: Family,
    kind: Kind,
}

/// What the core keeps beside a kernel's sockets.
pub struct KernelState<S: System> {
    pub(super) carried: Carried<S>,
    pub(super) poll_cache: RefCell<PollCache<S>>,
}

impl<S: System> Default for KernelState<S> {
    fn default() -> Self {
        Self { carried: Carried::default(), poll_cache: RefCell::default() }
    }
}

/// What is handed over or taken in one call.
const AT_ONCE: usize = 1 << 20;

impl<S: System> Stack<S> for Kernel {
    type Kind = KernelKind<S>;
    type State = KernelState<S>;
    type Set = S::Set;

    const IS_KERNEL: bool = true;

    fn open(sockets: &Sockets<S>, family: Family, kind: Kind, protocol: i32) -> Result<Rights<S>> {
        let socket = sockets.net.create(family, kind, protocol)?;
        Ok(KernelSocket::describe(socket, family, kind, protocol))
    }

    fn pair(sockets: &Sockets<S>, family: Family, kind: Kind, protocol: i32) -> Result<[Rights<S>; 2]> {
        let (first, second) = sockets.net.pair(family, kind, protocol)?;
        Ok([first, second].map(|end| KernelSocket::describe(end, family, kind, protocol)))
    }

    fn reverse_lookup(net: &S, address: IpAddr) -> Option<Result<S::Lookup>> {
        Some(net.reverse_lookup(address))
    }

    fn host_name(net: &S) -> Result<String> {
        net.host_name()
    }

    fn set_host_name(net: &S, name: &str) -> Result<()> {
        net.set_host_name(name)
    }

    fn interfaces(net: &S) -> Result<Vec<(u32, String)>> {
        net.interfaces()
    }

    fn interface_index(net: &S, name: &[u8]) -> Result<Option<u32>> {
        let found = net.interfaces()?.into_iter().find(|(_, known)| known.as_bytes() == name);
        Ok(found.map(|(index, _)| index))
    }

    fn interface_name(net: &S, index: u32) -> Result<Option<String>> {
        Ok(net.interfaces()?.into_iter().find(|(known, _)| *known == index).map(|(_, name)| name))
    }

    fn departing(sockets: &Sockets<S>, rights: Vec<Rights<S>>) -> Result<Vec<Rights<S>>> {
        let depart = |right: Rights<S>| match right.endpoint.kernel_socket() {
            Some(_) => Ok(right),
            None => sockets.token_for(&right),
        };
        rights.into_iter().map(depart).collect()
    }

    fn arrived(sockets: &Sockets<S>, description: Rights<S>, is_peek: bool) -> Rights<S> {
        sockets.arrived(description, is_peek)
    }

    fn poll_cached(sockets: &Sockets<S>, entries: &mut [PollEntry], deadline: Deadline) -> Option<Result<usize>> {
        sockets.poll_by_set(entries, deadline)
    }

    fn poll_kept(sockets: &Sockets<S>, list: &PollList, deadline: Deadline) -> Option<Result<Vec<PollEntry>>> {
        sockets.poll_kept(list, deadline)
    }

    fn keep(sockets: &Sockets<S>, list: &PollList) {
        sockets.keep(list);
    }

    fn create_set(net: &S) -> Option<S::Set> {
        net.create_set().ok()
    }

    fn add_to_set(net: &S, set: &S::Set, member: &Member<'_, S>) -> bool {
        let Member { token, description, events, trigger } = *member;
        if let Some(lookup) = description.endpoint.lookup() {
            return lookup
                .borrow()
                .in_progress()
                .is_some_and(|lookup| net.add_lookup_to_set(set, token, lookup, trigger).is_ok());
        }
        let Some(socket) = description.endpoint.kernel_socket() else { return false };
        net.add_to_set(set, token, socket, events, trigger).is_ok()
    }

    fn modify_in_set(net: &S, set: &S::Set, token: u64, events: Events, trigger: Trigger) -> bool {
        net.modify_in_set(set, token, events, trigger).is_ok()
    }

    fn remove_from_set(net: &S, set: &S::Set, token: u64) {
        // What was closed is gone already.
        let _ = net.remove_from_set(set, token);
    }

    fn wait_for_set(
        net: &S,
        set: &S::Set,
        most: u32,
        beside: &[Interest<'_, S>],
        deadline: Deadline,
    ) -> Result<Vec<(u64, Events)>> {
        net.wait_for_set(set, most, beside, deadline)
    }
}

impl<S: System> KernelSocket<S> {
    pub(super) fn describe(socket: S::Socket, family: Family, kind: Kind, protocol: i32) -> Rights<S> {
        let attributes = Attributes::new(family, kind, shown_protocol(family, kind, protocol));
        Description::open(attributes, Self { socket, family, kind })
    }

    /// A description of a socket that came with a message: the system says what it is.
    pub(super) fn adopt(net: &S, socket: S::Socket) -> Result<Rights<S>> {
        const SO_TYPE: i32 = number("SO_TYPE");
        const SO_PROTOCOL: i32 = number("SO_PROTOCOL");
        const SO_DOMAIN: i32 = number("SO_DOMAIN");
        let ask = |name| net.option(&socket, SOL_SOCKET, name).map(integer);
        let (domain, kind, protocol) = (ask(SO_DOMAIN)?, ask(SO_TYPE)?, ask(SO_PROTOCOL)?);
        let (family, kind) = (Family::numbered(domain)?, Kind::numbered(kind)?);
        Ok(Description::open(Attributes::new(family, kind, protocol), Self { socket, family, kind }))
    }

    /// `recv` on a stream. What a call may wait for ever for, the system completes; a limit in time and what is more than one
    /// call takes are completed here.
    fn receive_stream(&self, net: &S, max: usize, flags: MessageFlags, wait: Wait) -> Result<Vec<u8>> {
        let is_for_all = flags.contains(MessageFlags::WAITALL) && !flags.contains(MessageFlags::PEEK);
        let first = net.receive(&self.socket, max.min(AT_ONCE), flags, wait.deadline);
        let mut data = first.map_err(|error| wait.system_error(error))?;
        while is_for_all && data.len() < max {
            match net.receive(&self.socket, (max - data.len()).min(AT_ONCE), flags, wait.deadline) {
                Ok(more) if !more.is_empty() => data.extend_from_slice(&more),
                // What came before an error is not lost; the error stays for the next call where it matters.
                Err(error) if error.is_interrupted() => return Err(error),
                Ok(_) | Err(_) => break,
            }
        }
        Ok(data)
    }

    /// A blocking stream takes all of a message, as a kernel does: one call after the other, each as much as one takes.
    fn send_message(
        &self,
        net: &S,
        message: &Outgoing<'_, Rights<S>>,
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<usize> {
        let rights = message.rights.iter().map(|right| right.endpoint.kernel_socket().ok_or(Errno::EOPNOTSUPP));
        let rights = rights.collect::<std::result::Result<Vec<_>, _>>()?;
        let length = total_length(message.parts);
        if self.kind != Kind::Stream && length > AT_ONCE {
            return Err(Errno::EMSGSIZE.into());
        }
        let is_for_all = self.kind == Kind::Stream && wait.is_blocking();
        let flags = flags.for_system();
        let mut sent = 0;
        loop {
            let parts = window(message.parts, sent);
            let first = sent == 0;
            let outgoing = Outgoing {
                parts: &parts,
                ancillary: if first { message.ancillary } else { &[] },
                rights: if first { &rights } else { &[] },
                remote: message.remote,
            };
            let answer = match outgoing {
                Outgoing { parts: [only], ancillary: [], rights: [], remote: None } => {
                    net.send(&self.socket, only, flags, wait.deadline)
                }
                outgoing => net.send_message(&self.socket, &outgoing, flags, wait.deadline),
            };
            match answer {
                Ok(count) => {
                    sent += count;
                    if !is_for_all || count == 0 || sent >= length {
                        return Ok(sent);
                    }
                }
                Err(error) if sent > 0 && !error.is_interrupted() => return Ok(sent),
                Err(error) => return Err(wait.system_error(error)),
            }
        }
    }
}

impl<S: System> Endpoint<S> for KernelSocket<S> {
    fn bind(&self, net: &S, local: &Address) -> Result<()> {
        net.bind(&self.socket, local)
    }

    fn connect(&self, net: &S, remote: &Address, wait: Wait) -> Result<()> {
        net.connect(&self.socket, remote, wait.deadline).map_err(|error| wait.system_error(error))
    }

    fn listen(&self, net: &S, backlog: u32) -> Result<()> {
        net.listen(&self.socket, backlog)
    }

    fn accept(&self, net: &S, like: &Attributes, wait: Wait) -> Result<(Rights<S>, Address)> {
        let accepted = net.accept(&self.socket, wait.deadline);
        let (socket, peer) = accepted.map_err(|error| wait.system_error(error))?;
        let attributes = Attributes::new(like.family, like.kind, like.protocol);
        Ok((Description::open(attributes, Self { socket, ..*self }), peer))
    }

    fn shutdown(&self, net: &S, how: Shutdown) -> Result<()> {
        net.shutdown(&self.socket, how)
    }

    fn local_address(&self, net: &S) -> Result<Address> {
        net.local_address(&self.socket)
    }

    fn peer_address(&self, net: &S) -> Result<Address> {
        net.peer_address(&self.socket)
    }

    fn check_flags(&self, _flags: MessageFlags) -> Result<()> {
        Ok(())
    }

    fn receive(
        &self,
        net: &S,
        (max, room): (usize, usize),
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<(Received, Vec<Rights<S>>)> {
        let is_plain =
            room == 0 && self.family != Family::Unix && !flags.intersects(MessageFlags::TRUNC | MessageFlags::ERRQUEUE);
        // A kernel waits for all on a blocking socket alone.
        let flags = if wait.is_blocking() { flags } else { flags - MessageFlags::WAITALL }.for_system();
        if self.kind == Kind::Stream && is_plain {
            return Ok((Received::stream(self.receive_stream(net, max, flags, wait)?), Vec::new()));
        }
        let message = net.receive_message(&self.socket, max.min(AT_ONCE), room, flags, wait.deadline);
        let message = message.map_err(|error| wait.system_error(error))?;
        let rights = message.rights.into_iter().map(|socket| Self::adopt(net, socket));
        let received = Received {
            data: message.data,
            from: message.sender,
            flags: message.flags,
            length: message.length,
            rights: Vec::new(),
            ancillary: message.ancillary,
        };
        Ok((received, rights.collect::<Result<_>>()?))
    }

    fn send_by_kernel(
        &self,
        net: &S,
        message: &Outgoing<'_, Rights<S>>,
        flags: MessageFlags,
        wait: Wait,
    ) -> Option<Result<usize>> {
        Some(self.send_message(net, message, flags, wait))
    }

    fn status(&self, asked: Events) -> Status {
        Status { events: Events::empty(), watch: Some(asked) }
    }

    fn sources(&self) -> [Option<SourceRef<'_, S>>; 2] {
        [Some(SourceRef::Plain(&self.socket)), None]
    }

    fn refresh(&self, _net: &S, found: Events) -> Events {
        found
    }

    fn kernel_option(&self, net: &S, level: i32, name: i32) -> Option<Result<OptionValue>> {
        Some(net.option(&self.socket, level, name))
    }

    fn set_kernel_option(&self, net: &S, level: i32, name: i32, value: &OptionValue) -> Option<Result<()>> {
        Some(net.set_option(&self.socket, level, name, value))
    }

    fn kernel_socket(&self) -> Option<&S::Socket> {
        Some(&self.socket)
    }
}

/// The protocol of a new socket as `SO_PROTOCOL` reads it: not 0, where the default has a number.
fn shown_protocol(family: Family, kind: Kind, protocol: i32) -> i32 {
    match (family, kind, protocol) {
        (Family::Unix, ..) => 0,
        (Family::Inet | Family::Inet6, Kind::Stream, 0) => IPPROTO_TCP,
        (Family::Inet | Family::Inet6, Kind::Datagram, 0) => IPPROTO_UDP,
        (Family::Inet | Family::Inet6, ..) => protocol,
    }
}

/// The C `int` at the start of a value.
fn integer(value: OptionValue) -> i32 {
    match value {
        OptionValue::Int(value) => value,
        OptionValue::Bytes(bytes) => bytes.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes)),
        OptionValue::Error(_) => 0,
    }
}

/// At most as much of `parts` as one call takes, after the first `skip` bytes.
fn window<'a>(parts: &[&'a [u8]], mut skip: usize) -> Vec<&'a [u8]> {
    let mut room = AT_ONCE;
    let mut window = Vec::with_capacity(parts.len());
    for part in parts {
        let rest = part.get(skip.min(part.len())..).unwrap_or_default();
        skip -= part.len() - rest.len();
        let rest = rest.get(..room).unwrap_or(rest);
        room -= rest.len();
        if !rest.is_empty() || parts.len() == 1 {
            window.push(rest);
        }
    }
    window
}
