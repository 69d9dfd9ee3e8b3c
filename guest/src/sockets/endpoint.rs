//! Kinds of descriptors: what each call does on each of them. A new kind is one more implementation of [`Endpoint`].

use std::cell::RefCell;

use super::Events;
use super::description::{Attributes, Rights};
use super::epoll::Epoll;
use super::lookups::Lookup;
use crate::address::{Address, Shutdown};
use crate::errno::Errno;
use crate::error::Result;
use crate::file::{FileType, StandardStream};
use crate::library_file::Opened;
use crate::message::{MessageFlags, Outgoing, Received};
use crate::net::{NetOption, Network, Source};
use crate::options::OptionValue;
use crate::status::Status;
use crate::waiting::Wait;

/// What a descriptor is an end of: `struct proto_ops` and `struct file_operations` of Linux. What a kind of socket does not
/// have is `EOPNOTSUPP`, as by `sock_no_bind()` and its kin; what is no socket never gets to those calls. A new kind is one file
/// with an implementation, and a line in `kinds.rs`.
///
/// # References
/// - <https://github.com/torvalds/linux/blob/master/net/core/sock.c>
pub trait Endpoint<N: Network> {
    /// Whether it is a socket: calls of sockets on anything else are `ENOTSOCK`.
    fn is_socket(&self) -> bool {
        true
    }

    /// `fstat(2)`.
    fn file_type(&self, _net: &N) -> FileType {
        FileType::Socket
    }

    /// Whether something else than the core reads and writes it.
    fn opened(&self) -> Opened {
        Opened::Here
    }

    /// `lseek(2)`: where it is read and written, if that is anywhere.
    fn position(&self) -> Option<u64> {
        None
    }

    /// `bind(2)`.
    fn bind(&self, _net: &N, _local: &Address) -> Result<()> {
        not_supported()
    }

    /// `connect(2)`.
    fn connect(&self, _net: &N, _remote: &Address, _wait: Wait) -> Result<()> {
        not_supported()
    }

    /// `listen(2)`.
    fn listen(&self, _net: &N, _backlog: u32) -> Result<()> {
        not_supported()
    }

    /// `accept(2)`: a socket like the one with these attributes, and its peer.
    fn accept(&self, _net: &N, _like: &Attributes, _wait: Wait) -> Result<(Rights<N>, Address)> {
        not_supported()
    }

    /// `shutdown(2)`.
    fn shutdown(&self, _net: &N, _how: Shutdown) -> Result<()> {
        not_supported()
    }

    /// `getsockname(2)`.
    fn local_address(&self, _net: &N) -> Result<Address> {
        not_supported()
    }

    /// `getpeername(2)`.
    fn peer_address(&self, _net: &N) -> Result<Address> {
        not_supported()
    }

    /// Refuses the flags that only a kernel can do something about, where there is none.
    fn check_flags(&self, flags: MessageFlags) -> Result<()> {
        Ok(flags.check()?)
    }

    /// `recvmsg(2)`: at most `max` bytes, with `room` for control messages; what descriptors that came along refer to.
    fn receive(
        &self,
        _net: &N,
        (_max, _room): (usize, usize),
        _flags: MessageFlags,
        _wait: Wait,
    ) -> Result<(Received, Vec<Rights<N>>)> {
        not_supported()
    }

    /// `sendto(2)`: how much of `data` was taken. `rights` travel along with its first byte.
    fn send(&self, _net: &N, _data: &[u8], _rights: &[Rights<N>], _to: Option<&Address>, _wait: Wait) -> Result<usize> {
        not_supported()
    }

    /// `sendmsg(2)`, where a kernel takes a message whole; nothing if none does.
    fn send_by_kernel(
        &self,
        _net: &N,
        _message: &Outgoing<'_, Rights<N>>,
        _flags: MessageFlags,
        _wait: Wait,
    ) -> Option<Result<usize>> {
        None
    }

    /// `read(2)` on what is no socket.
    fn read(&self, _net: &N, _max: usize, _wait: Wait) -> Result<Vec<u8>> {
        Err(Errno::EINVAL.into())
    }

    /// `write(2)` on what is no socket.
    fn write(&self, _net: &N, _data: &[u8], _wait: Wait) -> Result<usize> {
        Err(Errno::EINVAL.into())
    }

    /// What is known of its readiness to a program that asks for `asked`, and what the network is to be asked.
    fn status(&self, asked: Events) -> Status;

    /// What the network is to watch: nothing, one thing, or the two halves of a dual-stack listener.
    fn sources(&self) -> [Option<SourceRef<'_, N>>; 2] {
        [None, None]
    }

    /// Takes in what the network found; what it reports then.
    fn refresh(&self, _net: &N, _found: Events) -> Events {
        self.status(Events::empty()).events
    }

    /// `SO_ERROR`: the error that waits, once.
    fn take_error(&self, _net: &N) -> Option<Errno> {
        None
    }

    /// An option that the network keeps of this socket; nothing if it does not.
    fn network_option(&self, _net: &N, _option: NetOption) -> Option<Result<u64>> {
        None
    }

    /// Sets such an option.
    fn set_network_option(&self, _net: &N, _option: NetOption, _value: u64) -> Option<Result<()>> {
        None
    }

    /// An option that a kernel keeps of this socket, by Linux's numbers; nothing if no kernel has it.
    fn kernel_option(&self, _net: &N, _level: i32, _name: i32) -> Option<Result<OptionValue>> {
        None
    }

    /// Sets such an option.
    fn set_kernel_option(&self, _net: &N, _level: i32, _name: i32, _value: &OptionValue) -> Option<Result<()>> {
        None
    }

    /// Whether its peer is a socket of this program.
    fn is_connected_here(&self) -> bool {
        false
    }

    /// `SO_ACCEPTCONN`.
    fn is_listening(&self) -> bool {
        false
    }

    /// `IPV6_V6ONLY`. WASI's datagrams over IPv6 carry IPv6 alone.
    fn v6_only(&self) -> bool {
        true
    }

    /// Sets `IPV6_V6ONLY`.
    fn set_v6_only(&self, v6_only: bool) -> Result<()> {
        if v6_only { Ok(()) } else { Err(Errno::ENOPROTOOPT.into()) }
    }

    /// Takes out what travels along with messages that wait here and will not be received.
    fn take_rights(&self) -> Vec<Rights<N>> {
        Vec::new()
    }

    /// The lookup that this is.
    fn lookup(&self) -> Option<&RefCell<Lookup<N>>> {
        None
    }

    /// The `epoll` instance that this is.
    fn epoll(&self) -> Option<&Epoll<N>> {
        None
    }

    /// The kernel's socket that this is.
    fn kernel_socket(&self) -> Option<&N::Socket> {
        None
    }
}

/// What the network watches. No borrow of a state that may change is in it: other threads may run while it is waited for.
pub enum SourceRef<'a, N: Network> {
    /// A socket whose state may replace it.
    Socket(N::Socket),
    /// A socket for life.
    Plain(&'a N::Socket),
    /// A standard stream.
    Stream(StandardStream),
    /// A lookup.
    Lookup(N::Lookup),
}

impl<N: Network> SourceRef<'_, N> {
    pub(super) fn as_source(&self) -> Source<'_, N> {
        match self {
            Self::Socket(socket) => Source::Socket(socket),
            Self::Plain(socket) => Source::Socket(*socket),
            Self::Stream(stream) => Source::Stream(*stream),
            Self::Lookup(lookup) => Source::Lookup(lookup),
        }
    }
}

fn not_supported<T>() -> Result<T> {
    Err(Errno::EOPNOTSUPP.into())
}
