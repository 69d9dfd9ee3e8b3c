//! Lookups: names to addresses, at once or as a descriptor that becomes readable.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use super::description::{Attributes, Description};
use super::endpoint::{Endpoint, SourceRef};
use super::poll::Query;
use super::stack::Stack;
use super::{Fd, Sockets};
use crate::errno::Errno;
use crate::error::{AddressInfoError, Error, Result};
use crate::net::{Found, NetError, Network};
use crate::netdb::{self, AddressInfo, Hints, HostEntry, NameInfo, Pending, Plan, lookup_error};
use crate::polling::Events;
use crate::status::Status;
use crate::time::{Deadline, Timeout};

/// A call of `getaddrinfo` that is under way.
pub struct Lookup<N: Network> {
    state: LookupState<N>,
}

/// How far a lookup is.
enum LookupState<N: Network> {
    /// The network is being asked.
    Asking { lookup: N::Lookup, pending: Pending<Vec<AddressInfo>> },
    /// The answer is here, until it is fetched.
    Answered(Result<Vec<AddressInfo>>),
}

impl<N: Network> Sockets<N> {
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
        self.flush();
        let pending = match plan {
            Plan::Done(answer) => return Ok(answer),
            Plan::Lookup(pending) => pending,
        };
        let deadline = timeout.deadline(|| self.net.now());
        let mut lookup = self.net.lookup(pending.name()).map_err(lookup_error)?;
        match self.net.finish_lookup(&mut lookup, deadline) {
            Err(NetError::WouldBlock) => Err(Error::Timeout),
            answer => pending.finish(answer),
        }
    }

    /// `socket.gethostbyaddr(ip_address)` — the names of an address, or of the first address of a name. WASI knows those of
    /// the loopback addresses alone.
    ///
    /// # Errors
    /// As [`Sockets::getaddrinfo`]. [`Error::Host`]: the address has no name.
    pub fn gethostbyaddr(&self, host: &[u8]) -> Result<HostEntry> {
        if !N::Stack::IS_KERNEL {
            return self.answer(netdb::gethostbyaddr(host)?, Timeout::Blocking);
        }
        let address = self.answer(netdb::host_address(host)?, Timeout::Blocking)?;
        match netdb::gethostbyaddr(address.to_string().as_bytes()) {
            Ok(Plan::Done(local)) => Ok(local),
            plan => match self.names(address) {
                Some(found) => netdb::host_entry(address, found),
                None => self.answer(plan?, Timeout::Blocking),
            },
        }
    }

    /// `socket.getnameinfo(sockaddr, flags)`. WASI knows the names of the loopback addresses alone.
    ///
    /// # Errors
    /// [`Error::AddressInfo`]: unknown flags, no name where `NI_NAMEREQD` asks for one, or a resolver that does not answer.
    pub fn getnameinfo(&self, address: SocketAddr, flags: i32) -> Result<NameInfo> {
        let name = if netdb::wants_name(address, flags) { self.name(address.ip())? } else { None };
        netdb::getnameinfo_with(address, flags, name)
    }

    /// The name of `address`; none if there is none, or it is not this program's to know.
    fn name(&self, address: IpAddr) -> Result<Option<String>> {
        match self.names(address) {
            Some(Ok(found)) => Ok(found.canonical_name),
            Some(Err(error @ Error::AddressInfo(AddressInfoError::Again | AddressInfoError::Fail))) => Err(error),
            Some(Err(_)) | None => Ok(None),
        }
    }

    /// The names of `address`, where the network can look them up.
    fn names(&self, address: IpAddr) -> Option<Result<Found>> {
        let lookup = N::Stack::reverse_lookup(&self.net, address)?;
        let finish = |mut lookup| self.net.finish_lookup(&mut lookup, Deadline::Never).map_err(lookup_error);
        Some(lookup.and_then(finish))
    }

    /// Starts [`Sockets::getaddrinfo`] and returns a descriptor that becomes readable when the answer is there.
    ///
    /// # Errors
    /// As [`Sockets::getaddrinfo`], for what is known at once to be wrong. `EMFILE`: too many descriptors.
    pub fn start_getaddrinfo(&self, host: Option<&[u8]>, service: Option<&[u8]>, hints: &Hints) -> Result<Fd> {
        let state = match netdb::getaddrinfo(host, service, hints)? {
            Plan::Done(found) => LookupState::Answered(Ok(found)),
            Plan::Lookup(pending) => {
                let lookup = self.net.lookup(pending.name()).map_err(lookup_error)?;
                LookupState::Asking { lookup, pending }
            }
        };
        self.insert(Description::open(Attributes::of_no_socket(), RefCell::new(Lookup { state })))
    }

    /// Fetches the answer of [`Sockets::start_getaddrinfo`] and closes the descriptor.
    ///
    /// # Errors
    /// As [`Sockets::getaddrinfo`]. `EAGAIN` and [`Error::Timeout`]: not yet, and the descriptor stays. `EBADF`: not a lookup.
    pub fn finish_getaddrinfo(&self, fd: Fd, timeout: Timeout) -> Result<Vec<AddressInfo>> {
        let description = self.any_description(fd)?;
        let lookup = description.endpoint.lookup().ok_or(Errno::EBADF)?;
        let deadline = timeout.deadline(|| self.net.now());
        let mut answer = lookup.borrow_mut().answer(&self.net, if N::HAS_THREADS { Deadline::Now } else { deadline });
        while N::HAS_THREADS && answer.is_none() && !self.has_passed(deadline) {
            let description = Some(Rc::clone(&description));
            self.wait_for(&mut [Query { description, events: Events::IN, revents: Events::empty() }], deadline)?;
            answer = lookup.borrow_mut().answer(&self.net, Deadline::Now);
        }
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

impl<N: Network> Endpoint<N> for RefCell<Lookup<N>> {
    fn is_socket(&self) -> bool {
        false
    }

    fn status(&self, _asked: Events) -> Status {
        match self.borrow().state {
            LookupState::Asking { .. } => Status::watching(Events::empty(), true, false),
            LookupState::Answered(_) => Status::known(Events::READABLE),
        }
    }

    fn sources(&self) -> [Option<SourceRef<'_, N>>; 2] {
        [self.borrow().in_progress().cloned().map(SourceRef::Lookup), None]
    }

    fn refresh(&self, net: &N, _found: Events) -> Events {
        self.borrow_mut().advance(net, Deadline::Now);
        self.status(Events::empty()).events
    }

    fn lookup(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<N: Network> Lookup<N> {
    /// The lookup of the network, while it is asked.
    pub(super) fn in_progress(&self) -> Option<&N::Lookup> {
        match &self.state {
            LookupState::Asking { lookup, .. } => Some(lookup),
            LookupState::Answered(_) => None,
        }
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
            Err(NetError::WouldBlock) => return,
            found => found,
        };
        let lost = LookupState::Answered(Err(Errno::EBADF.into()));
        self.state = match std::mem::replace(&mut self.state, lost) {
            LookupState::Asking { pending, .. } => LookupState::Answered(pending.finish(found)),
            answered @ LookupState::Answered(_) => answered,
        };
    }
}
