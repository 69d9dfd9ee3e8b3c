//! What a guest calls, thin: resources are looked up, and their methods called.

use std::sync::Arc;

use wasmtime::Result;
use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::p2::DynPollable;

use super::address::{ip, ip_written};
use super::bindings::wasocket::socket::host::{
    self, Deadline, Event, Found, Host, HostLookup, HostPollSet, HostSocket, Message, Readiness, Trigger,
};
use super::bindings::wasocket::socket::signals;
use super::errors::{HostResult, os};
use super::lookup::Lookup;
use super::message::Outgoing;
use super::poll_set::PollSet;
use super::socket::Socket;
use super::state::Sockets;
use super::types::wasocket::socket::types;
use super::types::{
    Address, AddressFamily, AncillaryData, Errno, IpAddress, MessageFlags, OptionValue, ShutdownType, SocketOption,
    SocketType,
};
use super::waiting::HostDeadline;
use super::{interfaces, poll};
use crate::names::resolver::Resolved;

/// What a store's data has so that its guest can use sockets of the operating system.
pub trait HostView: Send {
    /// The guest's sockets, and the table that holds their handles.
    fn host(&mut self) -> View<'_>;
}

/// A guest's sockets, and the table that holds their handles.
pub struct View<'a> {
    /// What they share.
    pub sockets: &'a Arc<Sockets>,
    /// Their handles. When it is dropped, all of them are closed.
    pub table: &'a mut ResourceTable,
}

struct HasView;

impl HasData for HasView {
    type Data<'a> = View<'a>;
}

/// Links the interfaces `host` and `signals`.
pub(crate) fn add_to_linker<T: HostView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    types::add_to_linker::<T, HasView>(linker, T::host)?;
    host::add_to_linker::<T, HasView>(linker, T::host)?;
    signals::add_to_linker::<T, HasView>(linker, T::host)
}

impl View<'_> {
    fn deadline(&self, deadline: Deadline) -> HostDeadline {
        match deadline {
            Deadline::Now => HostDeadline::Now,
            Deadline::At(moment) => self.sockets.clock.at(moment),
            Deadline::Never => HostDeadline::Never,
        }
    }

    fn push<R: Send + 'static>(&mut self, made: HostResult<R>) -> Result<HostResult<Resource<R>>> {
        match made {
            Ok(made) => Ok(Ok(self.table.push(made)?)),
            Err(error) => Ok(Err(error)),
        }
    }
}

impl types::Host for View<'_> {}

impl HostSocket for View<'_> {
    fn create(
        &mut self,
        family: AddressFamily,
        style: SocketType,
        protocol: u32,
    ) -> Result<HostResult<Resource<Socket>>> {
        let made = Socket::create(self.sockets, family, style, protocol);
        self.push(made)
    }

    fn pair(
        &mut self,
        family: AddressFamily,
        style: SocketType,
        protocol: u32,
    ) -> Result<HostResult<(Resource<Socket>, Resource<Socket>)>> {
        match Socket::pair(self.sockets, family, style, protocol) {
            Ok((one, other)) => Ok(Ok((self.table.push(one)?, self.table.push(other)?))),
            Err(error) => Ok(Err(error)),
        }
    }

    fn bind(&mut self, socket: Resource<Socket>, local: Address) -> Result<HostResult<()>> {
        Ok(self.table.get(&socket)?.bind(local))
    }

    async fn connect(
        &mut self,
        socket: Resource<Socket>,
        remote: Address,
        deadline: Deadline,
    ) -> Result<HostResult<()>> {
        let until = self.deadline(deadline);
        Ok(self.table.get(&socket)?.connect(remote, until).await)
    }

    fn listen(&mut self, socket: Resource<Socket>, backlog: u32) -> Result<HostResult<()>> {
        Ok(self.table.get(&socket)?.listen(backlog))
    }

    async fn accept(
        &mut self,
        socket: Resource<Socket>,
        deadline: Deadline,
    ) -> Result<HostResult<(Resource<Socket>, Address)>> {
        let until = self.deadline(deadline);
        match self.table.get(&socket)?.accept(until).await {
            Ok((socket, peer)) => Ok(Ok((self.table.push(socket)?, peer))),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn recv(
        &mut self,
        socket: Resource<Socket>,
        max: u32,
        flags: MessageFlags,
        deadline: Deadline,
    ) -> Result<HostResult<Vec<u8>>> {
        let until = self.deadline(deadline);
        Ok(self.table.get(&socket)?.recv(max, flags, until).await)
    }

    async fn recv_message(
        &mut self,
        socket: Resource<Socket>,
        max: u32,
        room: u32,
        flags: MessageFlags,
        deadline: Deadline,
    ) -> Result<HostResult<Message>> {
        let until = self.deadline(deadline);
        let incoming = match self.table.get(&socket)?.recv_message(max, room, flags, until).await {
            Ok(incoming) => incoming,
            Err(error) => return Ok(Err(error)),
        };
        let mut rights = Vec::new();
        for socket in incoming.rights {
            rights.push(self.table.push(socket)?);
        }
        Ok(Ok(Message {
            data: incoming.data,
            ancillary: incoming.ancillary,
            rights,
            flags: incoming.flags,
            sender: incoming.sender,
            length: incoming.length,
        }))
    }

    async fn send(
        &mut self,
        socket: Resource<Socket>,
        data: Vec<u8>,
        flags: MessageFlags,
        deadline: Deadline,
    ) -> Result<HostResult<u32>> {
        let until = self.deadline(deadline);
        Ok(self.table.get(&socket)?.send(&data, flags, until).await)
    }

    async fn send_message(
        &mut self,
        socket: Resource<Socket>,
        parts: Vec<Vec<u8>>,
        ancillary: Vec<AncillaryData>,
        rights: Vec<Resource<Socket>>,
        flags: MessageFlags,
        remote: Option<Address>,
        deadline: Deadline,
    ) -> Result<HostResult<u32>> {
        let until = self.deadline(deadline);
        let rights = rights.iter().map(|socket| Ok(self.table.get(socket)?)).collect::<Result<Vec<_>>>()?;
        let message = Outgoing { parts: &parts, ancillary, rights, remote };
        Ok(self.table.get(&socket)?.send_message(message, flags, until).await)
    }

    fn shutdown(&mut self, socket: Resource<Socket>, how: ShutdownType) -> Result<HostResult<()>> {
        Ok(self.table.get(&socket)?.shutdown(how))
    }

    fn getsockname(&mut self, socket: Resource<Socket>) -> Result<HostResult<Address>> {
        Ok(self.table.get(&socket)?.getsockname())
    }

    fn getpeername(&mut self, socket: Resource<Socket>) -> Result<HostResult<Address>> {
        Ok(self.table.get(&socket)?.getpeername())
    }

    fn get_option(&mut self, socket: Resource<Socket>, name: SocketOption) -> Result<HostResult<OptionValue>> {
        Ok(self.table.get(&socket)?.option(&name))
    }

    fn set_option(
        &mut self,
        socket: Resource<Socket>,
        name: SocketOption,
        value: OptionValue,
    ) -> Result<HostResult<()>> {
        Ok(self.table.get(&socket)?.set_option(&name, &value))
    }

    fn drop(&mut self, socket: Resource<Socket>) -> Result<()> {
        self.table.delete(socket)?;
        Ok(())
    }
}

impl HostLookup for View<'_> {
    fn forward(&mut self, name: String, family: Option<AddressFamily>) -> Result<HostResult<Resource<Lookup>>> {
        let made = Lookup::forward(self.sockets, name, family);
        self.push(made)
    }

    fn reverse(&mut self, address: IpAddress) -> Result<HostResult<Resource<Lookup>>> {
        let made = Lookup::reverse(self.sockets, ip(address));
        self.push(made)
    }

    async fn finish(&mut self, lookup: Resource<Lookup>, deadline: Deadline) -> Result<HostResult<Found>> {
        let until = self.deadline(deadline);
        Ok(self.table.get(&lookup)?.finish(until).await.map(found))
    }

    fn drop(&mut self, lookup: Resource<Lookup>) -> Result<()> {
        self.table.delete(lookup)?;
        Ok(())
    }
}

impl HostPollSet for View<'_> {
    fn create(&mut self) -> Result<HostResult<Resource<PollSet>>> {
        let made = PollSet::create(self.sockets);
        self.push(made)
    }

    fn add_socket(
        &mut self,
        set: Resource<PollSet>,
        token: u64,
        socket: Resource<Socket>,
        readiness: Readiness,
        trigger: Trigger,
    ) -> Result<HostResult<()>> {
        Ok(self.table.get(&set)?.add_socket(token, self.table.get(&socket)?, readiness, trigger))
    }

    fn add_lookup(
        &mut self,
        set: Resource<PollSet>,
        token: u64,
        lookup: Resource<Lookup>,
        trigger: Trigger,
    ) -> Result<HostResult<()>> {
        Ok(self.table.get(&set)?.add_lookup(token, self.table.get(&lookup)?, trigger))
    }

    fn modify(
        &mut self,
        set: Resource<PollSet>,
        token: u64,
        readiness: Readiness,
        trigger: Trigger,
    ) -> Result<HostResult<()>> {
        Ok(self.table.get(&set)?.modify(token, readiness, trigger))
    }

    fn remove(&mut self, set: Resource<PollSet>, token: u64) -> Result<HostResult<()>> {
        Ok(self.table.get(&set)?.remove(token))
    }

    async fn wait(
        &mut self,
        set: Resource<PollSet>,
        deadline: Deadline,
        max_events: u32,
    ) -> Result<HostResult<Vec<Event>>> {
        let until = self.deadline(deadline);
        Ok(self.table.get(&set)?.wait(until, max_events).await)
    }

    fn subscribe(&mut self, set: Resource<PollSet>) -> Result<HostResult<Resource<DynPollable>>> {
        wasmtime_wasi::p2::subscribe(self.table, set).map(Ok)
    }

    fn drop(&mut self, set: Resource<PollSet>) -> Result<()> {
        self.table.delete(set)?;
        Ok(())
    }
}

impl Host for View<'_> {
    fn now(&mut self) -> Result<u64> {
        Ok(self.sockets.clock.now())
    }

    async fn poll(
        &mut self,
        sockets: Vec<(Resource<Socket>, Readiness)>,
        lookups: Vec<Resource<Lookup>>,
        deadline: Deadline,
    ) -> Result<HostResult<Vec<Readiness>>> {
        let until = self.deadline(deadline);
        let mut sources = Vec::with_capacity(sockets.len() + lookups.len());
        for (socket, readiness) in &sockets {
            sources.push((self.table.get(socket)?.as_fd(), *readiness));
        }
        for lookup in &lookups {
            sources.push((self.table.get(lookup)?.as_fd(), Readiness::READABLE));
        }
        Ok(poll::poll(&sources, until, &self.sockets.waits).await)
    }

    fn gethostname(&mut self) -> Result<HostResult<String>> {
        Ok(Ok(self.sockets.host_name.clone()))
    }

    fn sethostname(&mut self, _: String) -> Result<HostResult<()>> {
        Ok(Err(os(Errno::NotPermitted)))
    }

    fn if_nameindex(&mut self) -> Result<HostResult<Vec<(u32, String)>>> {
        Ok(interfaces::all())
    }
}

fn found(resolved: Resolved) -> Found {
    let Resolved { canonical_name, aliases, addresses, .. } = resolved;
    Found { canonical_name, aliases, addresses: addresses.into_iter().map(ip_written).collect() }
}
