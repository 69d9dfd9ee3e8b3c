//! The interface `sockets`.

use std::time::Duration;

use super::Component;
use super::contract::sockets::{self, Guest, GuestSocket, Message, SocketBorrow};
use super::contract::types::{
    Address, AddressFamily, AncillaryData, MessageFlags, OptionValue, ShutdownType, SocketOption, SocketType, WideBytes,
};
use super::convert::{
    address_from_core, address_to_core, ancillary_from_core, ancillary_to_core, error_from_core, family_from_core,
    family_to_core, message_flags_from_core, numbers, protocol_from_core, protocol_to_core, shutdown_to_core,
    type_from_core, type_to_core, value_from_core, value_to_core,
};
use super::handle::{Socket, WitResult, length};
use super::program::{end, nanoseconds, with_sockets};
use super::wide::{narrow, widen};
use crate::address::{self, Family};
use crate::message::Outgoing;
use crate::sockets::{Fd, Sockets};

impl Guest for Component {
    type Socket = Socket;

    fn close(fd: u32) -> WitResult<()> {
        with_sockets(|sockets| sockets.close(fd)).map_err(error_from_core)
    }

    fn get_default_timeout() -> Option<u64> {
        nanoseconds(with_sockets(Sockets::default_timeout))
    }

    fn set_default_timeout(timeout: Option<u64>) {
        with_sockets(|sockets| sockets.set_default_timeout(timeout.map(Duration::from_nanos)));
    }

    fn drain(patience: u64) -> bool {
        end(Duration::from_nanos(patience))
    }
}

impl GuestSocket for Socket {
    fn create(family: AddressFamily, kind: SocketType, protocol: u32) -> WitResult<sockets::Socket> {
        let opened = with_sockets(|sockets| {
            let fd = sockets.socket(family_to_core(family)?, type_to_core(kind)?, protocol_to_core(protocol)?)?;
            Self::adopt(sockets, fd)
        });
        opened.map_err(error_from_core)
    }

    fn pair(family: AddressFamily, kind: SocketType, protocol: u32) -> WitResult<(sockets::Socket, sockets::Socket)> {
        let opened = with_sockets(|sockets| {
            let (family, kind) = (family_to_core(family)?, type_to_core(kind)?);
            let (first, second) = sockets.socketpair(family, kind, protocol_to_core(protocol)?)?;
            Ok((Self::adopt(sockets, first)?, Self::adopt(sockets, second)?))
        });
        opened.map_err(error_from_core)
    }

    fn from_fileno(fd: u32) -> WitResult<sockets::Socket> {
        let opened = with_sockets(|sockets| {
            // Only a socket has a family; a lookup is refused here.
            sockets.family(fd)?;
            Self::adopt(sockets, fd)
        });
        opened.map_err(error_from_core)
    }

    fn fileno(&self) -> Option<u32> {
        self.0.fd()
    }

    fn detach(&self) -> WitResult<u32> {
        self.detach_descriptor().map_err(error_from_core)
    }

    fn dup(&self) -> WitResult<sockets::Socket> {
        let fd = self.ask(|sockets, fd| sockets.dup(fd))?;
        Ok(self.duplicate(fd))
    }

    fn close(&self) -> WitResult<()> {
        self.close_descriptor().map_err(error_from_core)
    }

    fn get_family(&self) -> WitResult<AddressFamily> {
        self.ask(Sockets::family).map(family_from_core)
    }

    fn get_type(&self) -> WitResult<SocketType> {
        self.ask(Sockets::kind).map(type_from_core)
    }

    fn get_protocol(&self) -> WitResult<u32> {
        self.ask(Sockets::protocol).map(protocol_from_core)
    }

    fn get_timeout(&self) -> Option<u64> {
        self.0.timeout()
    }

    fn set_timeout(&self, timeout: Option<u64>) -> WitResult<()> {
        self.ask(|sockets, fd| sockets.set_nonblocking(fd, timeout.is_some()))?;
        self.0.set_timeout(timeout);
        Ok(())
    }

    fn get_blocking(&self) -> WitResult<bool> {
        self.ask(Sockets::nonblocking).map(|nonblocking| !nonblocking)
    }

    fn set_blocking(&self, blocking: bool) -> WitResult<()> {
        self.ask(|sockets, fd| sockets.set_nonblocking(fd, !blocking))
    }

    fn get_inheritable(&self) -> WitResult<bool> {
        self.ask(Sockets::inheritable)
    }

    fn set_inheritable(&self, inheritable: bool) -> WitResult<()> {
        self.ask(|sockets, fd| sockets.set_inheritable(fd, inheritable))
    }

    fn bind(&self, local: Address) -> WitResult<()> {
        self.act(|sockets, fd, _| sockets.bind(fd, &address_to_core(local)?))
    }

    fn connect(&self, remote: Address) -> WitResult<()> {
        self.act(|sockets, fd, timeout| sockets.connect(fd, &address_to_core(remote)?, timeout))
    }

    fn listen(&self, backlog: Option<u32>) -> WitResult<()> {
        let backlog = i32::try_from(backlog.unwrap_or(DEFAULT_BACKLOG)).unwrap_or(i32::MAX);
        self.act(|sockets, fd, _| sockets.listen(fd, backlog))
    }

    fn accept(&self) -> WitResult<(sockets::Socket, Address)> {
        self.act(|sockets, fd, timeout| {
            let (accepted, peer) = sockets.accept(fd, timeout)?;
            Ok((Self::adopt(sockets, accepted)?, address_from_core(peer)))
        })
    }

    fn shutdown(&self, how: ShutdownType) -> WitResult<()> {
        self.act(|sockets, fd, _| sockets.shutdown(fd, shutdown_to_core(how)))
    }

    fn getsockname(&self) -> WitResult<Address> {
        self.ask(Sockets::local_address).map(address_from_core)
    }

    fn getpeername(&self) -> WitResult<Address> {
        self.ask(Sockets::peer_address).map(address_from_core)
    }

    fn recv(&self, max: u32, flags: MessageFlags) -> WitResult<Vec<u8>> {
        self.receive(max, flags)
    }

    fn recv_wide(&self, max: u32, flags: MessageFlags) -> WitResult<WideBytes> {
        self.receive(max, flags).map(|data| widen(&data))
    }

    fn recv_from(&self, max: u32, flags: MessageFlags) -> WitResult<(Vec<u8>, Option<Address>)> {
        let received = self.receive_message(max, 0, flags)?;
        Ok((received.data, received.from.map(address_from_core)))
    }

    fn recv_message(&self, max: u32, max_ancillary: u32, flags: MessageFlags) -> WitResult<Message> {
        let received = self.receive_message(max, usize::try_from(max_ancillary).unwrap_or(usize::MAX), flags)?;
        Ok(Message {
            data: received.data,
            ancillary: ancillary_from_core(received.ancillary),
            rights: Self::adopt_all(received.rights)?,
            flags: message_flags_from_core(received.flags),
            sender: received.from.map(address_from_core),
            length: length(received.length),
        })
    }

    fn send(&self, data: Vec<u8>, flags: MessageFlags) -> WitResult<u32> {
        self.send_message(&bytes(&[&data], None), flags)
    }

    fn send_wide(&self, data: WideBytes, flags: MessageFlags) -> WitResult<u32> {
        self.send_message(&bytes(&[narrow(&data)?], None), flags)
    }

    fn send_all(&self, data: Vec<u8>, flags: MessageFlags) -> WitResult<()> {
        self.send_whole(&data, flags)
    }

    fn send_all_wide(&self, data: WideBytes, flags: MessageFlags) -> WitResult<()> {
        self.send_whole(narrow(&data)?, flags)
    }

    fn send_to(&self, data: Vec<u8>, flags: MessageFlags, remote: Address) -> WitResult<u32> {
        let remote = address_to_core(remote).map_err(|errno| error_from_core(errno.into()))?;
        self.send_message(&bytes(&[&data], Some(&remote)), flags)
    }

    fn send_message(
        &self,
        parts: Vec<Vec<u8>>,
        ancillary: Vec<AncillaryData>,
        rights: Vec<SocketBorrow<'_>>,
        flags: MessageFlags,
        remote: Option<Address>,
    ) -> WitResult<u32> {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let rights = rights.iter().map(|socket| socket.get::<Self>().fd()).collect::<crate::error::Result<Vec<_>>>();
        let rights = rights.map_err(error_from_core)?;
        let remote = remote.map(address_to_core).transpose().map_err(|errno| error_from_core(errno.into()))?;
        // Only a host's network asks: over WASI nothing depends on it.
        let is_inet6 = cfg!(feature = "host") && matches!(self.ask(Sockets::family)?, Family::Inet6);
        let ancillary = ancillary_to_core(&ancillary, is_inet6).map_err(|errno| error_from_core(errno.into()))?;
        let message = Outgoing { parts: &parts, ancillary: &ancillary, rights: &rights, remote: remote.as_ref() };
        self.send_message(&message, flags)
    }

    fn get_option(&self, name: SocketOption) -> WitResult<OptionValue> {
        self.ask(|sockets, fd| {
            let (level, number) = numbers(&name);
            Ok(value_from_core(&name, sockets.numbered_option(fd, level, number)?)?)
        })
    }

    fn set_option(&self, name: SocketOption, value: OptionValue) -> WitResult<()> {
        self.ask(|sockets, fd| {
            let (level, number) = numbers(&name);
            sockets.set_numbered_option(fd, level, number, &value_to_core(&name, value)?)
        })
    }
}

/// CPython's: the smaller of `SOMAXCONN` and 128.
const DEFAULT_BACKLOG: u32 = 128;

/// Bytes alone.
fn bytes<'a>(parts: &'a [&'a [u8]], remote: Option<&'a address::Address>) -> Outgoing<'a, Fd> {
    Outgoing { parts, ancillary: &[], rights: &[], remote }
}
