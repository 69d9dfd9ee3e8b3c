//! The interface `sockets`.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use super::Component;
use super::contract::sockets::{self, Guest, GuestSocket, Message, SocketBorrow};
use super::contract::types::{
    Address, AddressFamily, AncillaryData, Error, MessageFlags, OptionValue, ShutdownType, SocketOption, SocketType,
    WideBytes,
};
use super::convert::{
    address_from_core, address_to_core, error_from_core, family_from_core, family_to_core, message_flags_from_core,
    message_flags_to_core, option_to_core, protocol_from_core, protocol_to_core, shutdown_to_core, type_from_core,
    type_to_core, value_from_core, value_to_core,
};
use super::program::{default_timeout, mode, set_default_timeout, with_sockets};
use super::wide::{narrow, widen};
use crate::address;
use crate::backend::wasi::Wasi;
use crate::errno::Errno;
use crate::error::Result;
use crate::message::Received;
use crate::options::unknown_to_get;
use crate::sockets::{Fd, Sockets};
use crate::time::Timeout;

impl Guest for Component {
    type Socket = Socket;

    fn close(fd: u32) -> Answer<()> {
        with_sockets(|sockets| sockets.close(fd)).map_err(error_from_core)
    }

    fn get_default_timeout() -> Option<u64> {
        default_timeout()
    }

    fn set_default_timeout(timeout: Option<u64>) {
        set_default_timeout(timeout);
    }

    fn drain(patience: u64) -> bool {
        with_sockets(|sockets| sockets.drain(Duration::from_nanos(patience)))
    }
}

/// A result in the contract.
type Answer<T> = std::result::Result<T, Error>;

/// A socket object, and what pollers that wait for it refer to.
pub(super) struct Socket(pub(super) Rc<SocketHandle>);

/// What a socket object is made of: a descriptor and a timeout, as in Python.
pub(super) struct SocketHandle {
    fd: Cell<Option<Fd>>,
    timeout: Cell<Option<u64>>,
    /// Shared by `dup`.
    calls: Rc<Cell<Calls>>,
}

/// How many calls have been made that may change what an open socket is ready for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Calls {
    /// To receive or to accept.
    pub(super) receiving: u64,
    /// To send or to connect.
    pub(super) sending: u64,
}

/// Which way a call goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It receives.
    In,
    /// It sends.
    Out,
    /// It changes the socket as a whole.
    Both,
}

impl Calls {
    fn and_one(self, way: Way) -> Self {
        let count = |before: u64, counts: bool| before.wrapping_add(u64::from(counts));
        Self { receiving: count(self.receiving, way != Way::Out), sending: count(self.sending, way != Way::In) }
    }
}

impl SocketHandle {
    /// Its descriptor, until it is closed.
    pub(super) fn fd(&self) -> Option<Fd> {
        self.fd.get()
    }

    /// How many calls have been made so far.
    pub(super) fn calls(&self) -> Calls {
        self.calls.get()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A descriptor that is not open any more needs no closing.
        let _ = self.close_descriptor();
    }
}

impl Socket {
    /// An object for `fd`, with the default timeout, which makes it non-blocking as in CPython.
    fn adopt(sockets: &Sockets<Wasi>, fd: Fd) -> Result<sockets::Socket> {
        let timeout = default_timeout();
        if timeout.is_some() {
            sockets.set_nonblocking(fd, true)?;
        }
        Ok(Self::object(fd, timeout, Rc::default()))
    }

    fn object(fd: Fd, timeout: Option<u64>, calls: Rc<Cell<Calls>>) -> sockets::Socket {
        let handle = SocketHandle { fd: Cell::new(Some(fd)), timeout: Cell::new(timeout), calls };
        sockets::Socket::new(Self(Rc::new(handle)))
    }

    fn fd(&self) -> Result<Fd> {
        Ok(self.0.fd().ok_or(Errno::EBADF)?)
    }

    fn close_descriptor(&self) -> Result<()> {
        self.0.fd.take().map_or(Ok(()), |fd| with_sockets(|sockets| sockets.close(fd)))
    }

    /// Asks something of the open socket.
    fn ask<T>(&self, call: impl FnOnce(&Sockets<Wasi>, Fd) -> Result<T>) -> Answer<T> {
        self.fd().and_then(|fd| with_sockets(|sockets| call(sockets, fd))).map_err(error_from_core)
    }

    /// Makes a call that may change what the open socket is ready for.
    fn act<T>(&self, way: Way, call: impl FnOnce(&Sockets<Wasi>, Fd, Timeout) -> Result<T>) -> Answer<T> {
        self.0.calls.set(self.0.calls.get().and_one(way));
        self.ask(|sockets, fd| call(sockets, fd, mode(self.0.timeout.get())))
    }

    fn receive(&self, max: u32, flags: MessageFlags) -> Answer<Received> {
        let max = usize::try_from(max).unwrap_or(usize::MAX).min(MAX_RECEIVED);
        self.act(Way::In, |sockets, fd, timeout| sockets.receive(fd, max, message_flags_to_core(flags), timeout))
    }

    fn send_parts(&self, parts: &[&[u8]], flags: MessageFlags, remote: Option<&address::Address>) -> Answer<u32> {
        let flags = message_flags_to_core(flags);
        self.act(Way::Out, |sockets, fd, timeout| sockets.send(fd, parts, flags, remote, timeout)).map(length)
    }
}

impl GuestSocket for Socket {
    fn create(family: AddressFamily, kind: SocketType, protocol: u32) -> Answer<sockets::Socket> {
        let opened = with_sockets(|sockets| {
            let fd = sockets.socket(family_to_core(family)?, type_to_core(kind)?, protocol_to_core(protocol)?)?;
            Self::adopt(sockets, fd)
        });
        opened.map_err(error_from_core)
    }

    fn pair(family: AddressFamily, kind: SocketType, protocol: u32) -> Answer<(sockets::Socket, sockets::Socket)> {
        let opened = with_sockets(|sockets| {
            let (family, kind) = (family_to_core(family)?, type_to_core(kind)?);
            let (first, second) = sockets.socketpair(family, kind, protocol_to_core(protocol)?)?;
            Ok((Self::adopt(sockets, first)?, Self::adopt(sockets, second)?))
        });
        opened.map_err(error_from_core)
    }

    fn from_fileno(fd: u32) -> Answer<sockets::Socket> {
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

    fn detach(&self) -> Answer<u32> {
        let fd = self.fd().map_err(error_from_core)?;
        self.0.fd.set(None);
        Ok(fd)
    }

    fn dup(&self) -> Answer<sockets::Socket> {
        let fd = self.ask(|sockets, fd| sockets.dup(fd))?;
        Ok(Self::object(fd, self.0.timeout.get(), Rc::clone(&self.0.calls)))
    }

    fn close(&self) -> Answer<()> {
        self.close_descriptor().map_err(error_from_core)
    }

    fn get_family(&self) -> Answer<AddressFamily> {
        self.ask(Sockets::family).map(family_from_core)
    }

    fn get_type(&self) -> Answer<SocketType> {
        self.ask(Sockets::kind).map(type_from_core)
    }

    fn get_protocol(&self) -> Answer<u32> {
        self.ask(Sockets::protocol).map(protocol_from_core)
    }

    fn get_timeout(&self) -> Option<u64> {
        self.0.timeout.get()
    }

    fn set_timeout(&self, timeout: Option<u64>) -> Answer<()> {
        self.ask(|sockets, fd| sockets.set_nonblocking(fd, timeout.is_some()))?;
        self.0.timeout.set(timeout);
        Ok(())
    }

    fn get_blocking(&self) -> Answer<bool> {
        self.ask(Sockets::nonblocking).map(|nonblocking| !nonblocking)
    }

    fn set_blocking(&self, blocking: bool) -> Answer<()> {
        self.ask(|sockets, fd| sockets.set_nonblocking(fd, !blocking))
    }

    fn get_inheritable(&self) -> Answer<bool> {
        self.ask(Sockets::inheritable)
    }

    fn set_inheritable(&self, inheritable: bool) -> Answer<()> {
        self.ask(|sockets, fd| sockets.set_inheritable(fd, inheritable))
    }

    fn bind(&self, local: Address) -> Answer<()> {
        self.act(Way::Both, |sockets, fd, _| sockets.bind(fd, &address_to_core(local)?))
    }

    fn connect(&self, remote: Address) -> Answer<()> {
        self.act(Way::Both, |sockets, fd, timeout| sockets.connect(fd, &address_to_core(remote)?, timeout))
    }

    fn listen(&self, backlog: Option<u32>) -> Answer<()> {
        let backlog = i32::try_from(backlog.unwrap_or(DEFAULT_BACKLOG)).unwrap_or(i32::MAX);
        self.act(Way::Both, |sockets, fd, _| sockets.listen(fd, backlog))
    }

    fn accept(&self) -> Answer<(sockets::Socket, Address)> {
        self.act(Way::In, |sockets, fd, timeout| {
            let (accepted, peer) = sockets.accept(fd, timeout)?;
            Ok((Self::adopt(sockets, accepted)?, address_from_core(peer)))
        })
    }

    fn shutdown(&self, how: ShutdownType) -> Answer<()> {
        self.act(Way::Both, |sockets, fd, _| sockets.shutdown(fd, shutdown_to_core(how)))
    }

    fn getsockname(&self) -> Answer<Address> {
        self.ask(Sockets::local_address).map(address_from_core)
    }

    fn getpeername(&self) -> Answer<Address> {
        self.ask(Sockets::peer_address).map(address_from_core)
    }

    fn recv(&self, max: u32, flags: MessageFlags) -> Answer<Vec<u8>> {
        self.receive(max, flags).map(|received| received.data)
    }

    fn recv_wide(&self, max: u32, flags: MessageFlags) -> Answer<WideBytes> {
        self.receive(max, flags).map(|received| widen(&received.data))
    }

    fn recv_from(&self, max: u32, flags: MessageFlags) -> Answer<(Vec<u8>, Option<Address>)> {
        self.receive(max, flags).map(|received| (received.data, received.from.map(address_from_core)))
    }

    /// WASI has no ancillary data, so there is none to make room for.
    fn recv_message(&self, max: u32, _max_ancillary: u32, flags: MessageFlags) -> Answer<Message> {
        let received = self.receive(max, flags)?;
        Ok(Message {
            data: received.data,
            ancillary: Vec::new(),
            rights: Vec::new(),
            flags: message_flags_from_core(received.flags),
            sender: received.from.map(address_from_core),
            length: length(received.length),
        })
    }

    fn send(&self, data: Vec<u8>, flags: MessageFlags) -> Answer<u32> {
        self.send_parts(&[&data], flags, None)
    }

    fn send_wide(&self, data: WideBytes, flags: MessageFlags) -> Answer<u32> {
        self.send(narrow(&data).map_err(|errno| error_from_core(errno.into()))?, flags)
    }

    fn send_all(&self, data: Vec<u8>, flags: MessageFlags) -> Answer<()> {
        let flags = message_flags_to_core(flags);
        self.act(Way::Out, |sockets, fd, timeout| sockets.send_all(fd, &data, flags, timeout))
    }

    fn send_all_wide(&self, data: WideBytes, flags: MessageFlags) -> Answer<()> {
        self.send_all(narrow(&data).map_err(|errno| error_from_core(errno.into()))?, flags)
    }

    fn send_to(&self, data: Vec<u8>, flags: MessageFlags, remote: Address) -> Answer<u32> {
        let remote = address_to_core(remote).map_err(|errno| error_from_core(errno.into()))?;
        self.send_parts(&[&data], flags, Some(&remote))
    }

    fn send_message(
        &self,
        parts: Vec<Vec<u8>>,
        ancillary: Vec<AncillaryData>,
        rights: Vec<SocketBorrow<'_>>,
        flags: MessageFlags,
        remote: Option<Address>,
    ) -> Answer<u32> {
        if !ancillary.is_empty() || !rights.is_empty() {
            return Err(error_from_core(Errno::EOPNOTSUPP.into()));
        }
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let remote = remote.map(address_to_core).transpose().map_err(|errno| error_from_core(errno.into()))?;
        self.send_parts(&parts, flags, remote.as_ref())
    }

    fn get_option(&self, name: SocketOption) -> Answer<OptionValue> {
        self.ask(|sockets, fd| {
            let option = option_to_core(&name, unknown_to_get)?;
            Ok(value_from_core(option, sockets.option(fd, option)?)?)
        })
    }

    fn set_option(&self, name: SocketOption, value: OptionValue) -> Answer<()> {
        self.ask(|sockets, fd| {
            let option = option_to_core(&name, |_| Errno::ENOPROTOOPT)?;
            sockets.set_option(fd, option, &value_to_core(value)?)
        })
    }
}

/// A length in the contract. Memory is smaller than what it can say.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The most that one call receives, whatever is asked for: the answer has to fit into memory together with the data that
/// it is made of.
const MAX_RECEIVED: usize = 16 << 20;
/// CPython's: the smaller of `SOMAXCONN` and 128.
const DEFAULT_BACKLOG: u32 = 128;
