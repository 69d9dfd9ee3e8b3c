//! Lookups: names to addresses, at once or as a descriptor that becomes readable.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use super::description::{Description, Endpoint};
use super::{Fd, Sockets};
use crate::address::{Family, Kind};
use crate::errno::Errno;
use crate::error::{AddressInfoError, Error, Result};
use crate::net::{Found, Net, Refusal};
use crate::netdb::{self, AddressInfo, Hints, HostEntry, NameInfo, Pending, Plan, lookup_error};
use crate::polling::{Events, Status};
use crate::system::System;
use crate::time::{Deadline, Timeout};

/// A call of `getaddrinfo` that is under way.
pub(super) struct Lookup<N: Net> {
    state: LookupState<N>,
}

/// How far a lookup is.
enum LookupState<N: Net> {
    /// The network is being asked.
    Asking { lookup: N::Lookup, pending: Pending<Vec<AddressInfo>> },
    /// The answer is here, until it is fetched.
    Answered(Result<Vec<AddressInfo>>),
}

impl<N: Net> Sockets<N> {
    /// `socket.getaddrinfo(host, port, family, type, proto, flags)` — the addresses of a host and a service.
    ///
    /// # Errors
    /// [`Error::AddressInfo`]: no such name, or a bad combination of arguments. [`Error::Timeout`]: not in time.
    pub fn getaddrinfo(
        &self,
        host: Option<&[u8]>,
        service: Option<&[u8]>,
        hints: &Hints,
        timeout: Timeout,
    ) -> Result<Vec<AddressInfo>> {
        self.answer(netdb::getaddrinfo(host, service, hints)?, timeout)
    }

    /// Carries out a plan of [`netdb`]: looks up what it needs.
    ///
    /// # Errors
    /// As the function that made the plan. [`Error::Timeout`]: not in time.
    pub fn answer<T>(&self, plan: Plan<T>, timeout: Timeout) -> Result<T> {
        let pending = match plan {
            Plan::Done(answer) => return Ok(answer),
            Plan::Lookup(pending) => pending,
        };
        let deadline = timeout.deadline(|| self.net().now());
        let mut lookup = self.net().lookup(pending.name()).map_err(lookup_error)?;
        match self.net().finish_lookup(&mut lookup, deadline) {
            Err(Refusal::WouldBlock) => Err(Error::Timeout),
            answer => pending.finish(answer),
        }
    }

    /// `socket.gethostbyaddr(ip_address)` — the names of an address, or of the first address of a name. WASI knows those of
    /// the loopback addresses alone.
    ///
    /// # Errors
    /// As [`Sockets::getaddrinfo`]. [`Error::Host`]: the address has no name.
    pub fn gethostbyaddr(&self, host: &[u8]) -> Result<HostEntry> {
        let Some(system) = self.net().system() else {
            return self.answer(netdb::gethostbyaddr(host)?, Timeout::Blocking);
        };
        let address = self.answer(netdb::host_address(host)?, Timeout::Blocking)?;
        match netdb::gethostbyaddr(address.to_string().as_bytes()) {
            Ok(Plan::Done(local)) => Ok(local),
            _ => netdb::host_entry(address, self.names(system, address)),
        }
    }

    /// `socket.getnameinfo(sockaddr, flags)`. WASI knows the names of the loopback addresses alone.
    ///
    /// # Errors
    /// [`Error::AddressInfo`]: unknown flags, no name where `NI_NAMEREQD` asks for one, or a resolver that does not answer.
    pub fn getnameinfo(&self, address: SocketAddr, flags: i32) -> Result<NameInfo> {
        let name = match self.net().system() {
            Some(system) if netdb::wants_name(address, flags) => self.name(system, address.ip())?,
            Some(_) | None => None,
        };
        netdb::getnameinfo_with(address, flags, name)
    }

    /// The name of `address`; none if there is none, or it is not this program's to know.
    fn name(&self, system: &N::System, address: IpAddr) -> Result<Option<String>> {
        match self.names(system, address) {
            Ok(found) => Ok(found.canonical_name),
            Err(error @ Error::AddressInfo(AddressInfoError::Again | AddressInfoError::Fail)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    fn names(&self, system: &N::System, address: IpAddr) -> Result<Found> {
        let mut lookup = system.reverse_lookup(address)?;
        self.net().finish_lookup(&mut lookup, Deadline::Never).map_err(lookup_error)
    }

    /// Starts [`Sockets::getaddrinfo`] and returns a descriptor that becomes readable when the answer is there.
    ///
    /// # Errors
    /// As [`Sockets::getaddrinfo`], for what is known at once to be wrong. `EMFILE`: too many descriptors.
    pub fn start_getaddrinfo(&self, host: Option<&[u8]>, service: Option<&[u8]>, hints: &Hints) -> Result<Fd> {
        let state = match netdb::getaddrinfo(host, service, hints)? {
            Plan::Done(found) => LookupState::Answered(Ok(found)),
            Plan::Lookup(pending) => {
                let lookup = self.net().lookup(pending.name()).map_err(lookup_error)?;
                LookupState::Asking { lookup, pending }
            }
        };
        let endpoint = Endpoint::Lookup(RefCell::new(Lookup { state }));
        self.insert(Rc::new(Description::new(Family::Inet, Kind::Datagram, 0, endpoint)))
    }

    /// Fetches the answer of [`Sockets::start_getaddrinfo`] and closes the descriptor.
    ///
    /// # Errors
    /// As [`Sockets::getaddrinfo`]. `EAGAIN` and [`Error::Timeout`]: not yet, and the descriptor stays. `EBADF`: not a lookup.
    pub fn finish_getaddrinfo(&self, fd: Fd, timeout: Timeout) -> Result<Vec<AddressInfo>> {
        let description = self.any_description(fd)?;
        let Endpoint::Lookup(lookup) = &description.endpoint else { return Err(Errno::EBADF.into()) };
        let deadline = timeout.deadline(|| self.net().now());
        let answer = lookup.borrow_mut().answer(self.net(), deadline);
        match answer {
            Some(answer) => {
                self.close(fd)?;
                answer
            }
            None if matches!(timeout, Timeout::After(_)) => Err(Error::Timeout),
            None => Err(Errno::EAGAIN.into()),
        }
    }
}

impl<N: Net> Lookup<N> {
    pub(super) fn status(&self) -> Status {
        match self.state {
            LookupState::Asking { .. } => Status { events: Events::NONE, watch_read: true, watch_write: false },
            LookupState::Answered(_) => Status::known(Events::READABLE),
        }
    }

    /// The lookup of the network, while it is asked.
    pub(super) fn in_progress(&self) -> Option<&N::Lookup> {
        match &self.state {
            LookupState::Asking { lookup, .. } => Some(lookup),
            LookupState::Answered(_) => None,
        }
    }

    /// Takes in an answer that the network has; what is reported then.
    pub(super) fn refresh(&mut self, net: &N) -> Events {
        self.advance(net, Deadline::Now);
        self.status().events
    }

    fn answer(&mut self, net: &N, deadline: Deadline) -> Option<Result<Vec<AddressInfo>>> {
        self.advance(net, deadline);
        match &self.state {
            LookupState::Answered(answer) => Some(answer.clone()),
            LookupState::Asking { .. } => None,
        }
    }

    /// Waits for the network until `deadline`, and keeps its answer.
    fn advance(&mut self, net: &N, deadline: Deadline) {
        let LookupState::Asking { lookup, .. } = &mut self.state else { return };
        let found = match net.finish_lookup(lookup, deadline) {
            Err(Refusal::WouldBlock) => return,
            found => found,
        };
        let lost = LookupState::Answered(Err(Errno::EBADF.into()));
        self.state = match std::mem::replace(&mut self.state, lost) {
            LookupState::Asking { pending, .. } => LookupState::Answered(pending.finish(found)),
            answered @ LookupState::Answered(_) => answered,
        };
    }
}
