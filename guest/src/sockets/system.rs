//! Sockets of an operating system: what is left for the core to do about them.

use std::rc::Rc;

use super::description::{Description, Endpoint, Rights};
use super::{Events, Fd, PollEntry, Sockets};
use crate::address::{Family, Kind};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::file::File;
use crate::message::{MessageFlags, Outgoing, Received};
use crate::net::{Net, Readiness};
use crate::options::{IPPROTO_TCP, IPPROTO_UDP, OptionValue, SOL_SOCKET};
use crate::polling::Status;
use crate::system::{System, SystemSource};
use crate::time::Deadline;
use crate::waiting::Wait;

/// A socket of the operating system of the network `N`.
pub(super) type SystemSocket<N> = <<N as Net>::System as System>::Socket;

/// What is handed over or taken in one call.
const AT_ONCE: usize = 1 << 20;

/// The operating system of `net`, which a description of one of its sockets proves there is.
pub(super) fn system_of<N: Net>(net: &N) -> Result<&N::System> {
    net.system().ok_or(Error::from(Errno::EOPNOTSUPP))
}

/// The protocol of a new socket as `SO_PROTOCOL` reads it: not 0, where the default has a number.
pub(super) fn shown_protocol(family: Family, kind: Kind, protocol: i32) -> i32 {
    match (family, kind, protocol) {
        (Family::Unix, ..) => 0,
        (Family::Inet | Family::Inet6, Kind::Stream, 0) => IPPROTO_TCP,
        (Family::Inet | Family::Inet6, Kind::Datagram, 0) => IPPROTO_UDP,
        (Family::Inet | Family::Inet6, ..) => protocol,
    }
}

impl<N: Net> Description<N> {
    /// Refuses the flags that only a kernel can do something about, where there is none.
    pub(super) fn check_flags(&self, flags: MessageFlags) -> Result<()> {
        match self.endpoint {
            Endpoint::System(_) => Ok(()),
            _ => Ok(flags.check()?),
        }
    }

    /// Receives, with the sockets that came along.
    pub(super) fn receive_of_system(
        &self,
        net: &N,
        socket: &SystemSocket<N>,
        (max, room): (usize, usize),
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<(Received, Vec<Rights<N>>)> {
        let for_message = MessageFlags::TRUNC.with(MessageFlags::ERRQUEUE);
        let plain = room == 0 && self.family != Family::Unix && !flags.intersects(for_message);
        let flags = flags.for_system();
        if self.kind == Kind::Stream && plain {
            return Ok((Received::stream(self.receive_stream(net, socket, max, flags, wait)?), Vec::new()));
        }
        let system = system_of(net)?;
        let message = system.receive_message(socket, max.min(AT_ONCE), room, flags, wait.deadline);
        let message = message.map_err(|error| wait.system_error(error))?;
        let rights = message.rights.into_iter().map(|socket| Self::adopt(system, socket).map(Rc::new));
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

    /// `recv` on a stream. `MSG_WAITALL` is kept here: the host's sockets themselves never wait.
    fn receive_stream(
        &self,
        net: &N,
        socket: &SystemSocket<N>,
        max: usize,
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<Vec<u8>> {
        let system = system_of(net)?;
        let all = flags.contains(MessageFlags::WAITALL) && !flags.contains(MessageFlags::PEEK) && wait.is_blocking();
        let flags = if all { flags.without(MessageFlags::WAITALL) } else { flags };
        let first = system.receive(socket, max.min(AT_ONCE), flags, wait.deadline);
        let mut data = first.map_err(|error| wait.system_error(error))?;
        while all && data.len() < max {
            match system.receive(socket, (max - data.len()).min(AT_ONCE), flags, wait.deadline) {
                Ok(more) if more.is_empty() => break,
                Ok(more) => data.extend_from_slice(&more),
                Err(_) => break,
            }
        }
        Ok(data)
    }

    /// A description of a socket that came with a message: the system says what it is.
    fn adopt(system: &N::System, socket: SystemSocket<N>) -> Result<Self> {
        const SO_TYPE: i32 = 3;
        const SO_PROTOCOL: i32 = 38;
        const SO_DOMAIN: i32 = 39;
        let ask = |name| system.option(&socket, SOL_SOCKET, name).map(integer);
        let (domain, kind, protocol) = (ask(SO_DOMAIN)?, ask(SO_TYPE)?, ask(SO_PROTOCOL)?);
        let family = match domain {
            1 => Family::Unix,
            2 => Family::Inet,
            10 => Family::Inet6,
            _ => return Err(Errno::EAFNOSUPPORT.into()),
        };
        let kind = match kind {
            1 => Kind::Stream,
            2 => Kind::Datagram,
            5 => Kind::SequentialPacket,
            _ => Kind::Raw,
        };
        Ok(Self::new(family, kind, protocol, Endpoint::System(socket)))
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

impl<N: Net> Sockets<N> {
    /// Sends some bytes of a stream, or a message that has nothing but bytes.
    pub(super) fn send_once(
        &self,
        socket: &SystemSocket<N>,
        data: &[u8],
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<usize> {
        let data = data.get(..AT_ONCE).unwrap_or(data);
        let sent = system_of(self.net())?.send(socket, data, flags.for_system(), wait.deadline);
        sent.map_err(|error| wait.system_error(error))
    }

    /// Sends a message. A blocking stream takes all of it, as a kernel does, however often that means asking.
    pub(super) fn send_to_system(
        &self,
        description: &Description<N>,
        socket: &SystemSocket<N>,
        (message, rights): (&Outgoing<'_, Fd>, &[Rights<N>]),
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<usize> {
        let system = system_of(self.net())?;
        let token = |right: &Rights<N>| match &right.endpoint {
            Endpoint::System(_) => Ok(None),
            _ => self.token_for(right).map(Some),
        };
        let tokens = rights.iter().map(token).collect::<Result<Vec<_>>>()?;
        let travellers = rights.iter().zip(&tokens).map(|(right, token)| right.traveller(token));
        let rights = travellers.collect::<Result<Vec<_>>>()?;
        let length = super::total_length(message.parts);
        let stream = description.kind == Kind::Stream;
        if !stream && length > AT_ONCE {
            return Err(Errno::EMSGSIZE.into());
        }
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
                    system.send(socket, only, flags.for_system(), wait.deadline)
                }
                outgoing => system.send_message(socket, &outgoing, flags.for_system(), wait.deadline),
            };
            match answer {
                Ok(count) => {
                    sent += count;
                    if !stream || count == 0 || sent >= length || !wait.is_blocking() {
                        return Ok(sent);
                    }
                }
                Err(_) if sent > 0 => return Ok(sent),
                Err(error) => return Err(wait.system_error(error)),
            }
        }
    }

    /// [`Sockets::poll`] where the operating system knows of every socket, and of lookups.
    pub(super) fn poll_system(
        &self,
        system: &N::System,
        entries: &mut [PollEntry],
        deadline: Deadline,
    ) -> Result<usize> {
        loop {
            match self.wait_by_set(system, entries, deadline) {
                Some(Ok(count)) if count == 0 && !self.has_passed(deadline) => continue,
                Some(answer) => return answer,
                None => {}
            }
            let watched = self.watch_system(entries);
            let ready = entries.iter().any(|entry| !entry.revents.is_empty());
            let wait = if ready { Deadline::Now } else { deadline };
            if watched.is_empty() && wait == Deadline::Never {
                return Err(Errno::EDEADLK.into());
            }
            if !watched.is_empty() || !ready {
                self.ask_system(system, entries, &watched, wait)?;
            }
            let count = entries.iter().filter(|entry| !entry.revents.is_empty()).count();
            if count > 0 || self.has_passed(deadline) {
                return Ok(count);
            }
        }
    }

    /// Fills in what is known already, and collects the rest: places among the entries, and what is there.
    fn watch_system(&self, entries: &mut [PollEntry]) -> Vec<(usize, Rc<Description<N>>)> {
        let mut watched = Vec::with_capacity(entries.len());
        for (position, entry) in entries.iter_mut().enumerate() {
            let Ok(description) = self.any_description(entry.fd) else {
                entry.revents = Events::NVAL;
                continue;
            };
            let Status { events, watch_read, watch_write } = description.status(entry.events);
            let watch_write = watch_write && entry.events.wants_write();
            entry.revents = events.reported(entry.events);
            if watch_read || watch_write || description.system_socket().is_ok() {
                watched.push((position, description));
            }
        }
        watched
    }

    fn ask_system(
        &self,
        system: &N::System,
        entries: &mut [PollEntry],
        watched: &[(usize, Rc<Description<N>>)],
        deadline: Deadline,
    ) -> Result<()> {
        let found = {
            let lookups: Vec<_> = watched.iter().map(|(_, description)| description.lookup_in_progress()).collect();
            let mut asked = Vec::with_capacity(watched.len());
            let mut sources = Vec::with_capacity(watched.len());
            for ((position, description), lookup) in watched.iter().zip(&lookups) {
                let events = entries.get(*position).map_or(Events::NONE, |entry| entry.events);
                match (&description.endpoint, lookup) {
                    (Endpoint::System(socket), _) => sources.push(SystemSource::Socket(socket, events)),
                    (Endpoint::File(File::Stream(stream)), _) => sources.push(SystemSource::Stream(*stream, events)),
                    (_, Some(lookup)) => sources.push(SystemSource::Lookup(&**lookup)),
                    // What only this program can make ready is not waited for.
                    (_, None) => continue,
                }
                asked.push((*position, Rc::clone(description)));
            }
            let found = system.poll(&sources, deadline)?;
            asked.into_iter().zip(found).collect::<Vec<_>>()
        };
        for ((position, description), events) in found {
            let Some(entry) = entries.get_mut(position).filter(|_| !events.is_empty()) else { continue };
            let events = match &description.endpoint {
                Endpoint::System(_) | Endpoint::File(_) => events,
                _ => description.refresh(self.net(), Readiness { read: true, write: false }),
            };
            entry.revents = entry.revents.with(events.reported(entry.events));
        }
        Ok(())
    }
}

impl<N: Net> Description<N> {
    /// The socket of the operating system that this is.
    pub(super) fn system_socket(&self) -> Result<&SystemSocket<N>> {
        match &self.endpoint {
            Endpoint::System(socket) => Ok(socket),
            _ => Err(Errno::EOPNOTSUPP.into()),
        }
    }

    /// The lookup that this is, while the network is asked.
    fn lookup_in_progress(&self) -> Option<std::cell::Ref<'_, N::Lookup>> {
        match &self.endpoint {
            Endpoint::Lookup(lookup) => {
                std::cell::Ref::filter_map(lookup.borrow(), super::lookups::Lookup::in_progress).ok()
            }
            _ => None,
        }
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
