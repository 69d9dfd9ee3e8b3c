//! The kinds of descriptors that there are, as one type for each stack.
//!
//! An enum and no trait object: what a kind does not have is known where it is asked, and leaves no code behind.

use std::cell::RefCell;

use super::endpoint::{Endpoint, SourceRef};
use super::epoll::Epoll;
use super::kernel::KernelSocket;
use super::lookups::Lookup;
use super::{Attributes, Events, Rights};
use crate::address::{Address, Shutdown};
use crate::errno::Errno;
use crate::error::Result;
use crate::file::{File, FileType};
use crate::library_file::{LibraryFile, Opened};
use crate::message::{MessageFlags, Outgoing, Received};
use crate::net::{NetOption, Network, Transport};
use crate::options::OptionValue;
use crate::status::Status;
use crate::system::System;
use crate::tcp::Tcp;
use crate::udp::Udp;
use crate::unix::{Pipe, Unix};
use crate::waiting::Wait;

/// Names the kinds of a stack; each call goes to the kind.
macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident<$n:ident: $bound:path> { $($variant:ident($kind:ty)),+ $(,)? }) => {
        $(#[$doc])*
        pub enum $name<$n: $bound> {
            $(#[doc(hidden)] $variant($kind)),+
        }

        $(impl<$n: $bound> From<$kind> for $name<$n> {
            fn from(one: $kind) -> Self {
                Self::$variant(one)
            }
        })+

        impl<$n: $bound> Endpoint<$n> for $name<$n> {
            fn is_socket(&self) -> bool {
                match self { $(Self::$variant(one) => Endpoint::<$n>::is_socket(one)),+ }
            }

            fn file_type(&self, net: &$n) -> FileType {
                match self { $(Self::$variant(one) => Endpoint::<$n>::file_type(one, net)),+ }
            }

            fn opened(&self) -> Opened {
                match self { $(Self::$variant(one) => Endpoint::<$n>::opened(one)),+ }
            }

            fn position(&self) -> Option<u64> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::position(one)),+ }
            }

            fn bind(&self, net: &$n, local: &Address) -> Result<()> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::bind(one, net, local)),+ }
            }

            fn connect(&self, net: &$n, remote: &Address, wait: Wait) -> Result<()> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::connect(one, net, remote, wait)),+ }
            }

            fn listen(&self, net: &$n, backlog: u32) -> Result<()> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::listen(one, net, backlog)),+ }
            }

            fn accept(&self, net: &$n, like: &Attributes, wait: Wait) -> Result<(Rights<$n>, Address)> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::accept(one, net, like, wait)),+ }
            }

            fn shutdown(&self, net: &$n, how: Shutdown) -> Result<()> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::shutdown(one, net, how)),+ }
            }

            fn local_address(&self, net: &$n) -> Result<Address> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::local_address(one, net)),+ }
            }

            fn peer_address(&self, net: &$n) -> Result<Address> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::peer_address(one, net)),+ }
            }

            fn check_flags(&self, flags: MessageFlags) -> Result<()> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::check_flags(one, flags)),+ }
            }

            fn receive(&self, net: &$n, size: (usize, usize), flags: MessageFlags, wait: Wait) -> Result<(Received, Vec<Rights<$n>>)> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::receive(one, net, size, flags, wait)),+ }
            }

            fn send(&self, net: &$n, data: &[u8], rights: &[Rights<$n>], to: Option<&Address>, wait: Wait) -> Result<usize> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::send(one, net, data, rights, to, wait)),+ }
            }

            fn send_by_kernel(&self, net: &$n, message: &Outgoing<'_, Rights<$n>>, flags: MessageFlags, wait: Wait) -> Option<Result<usize>> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::send_by_kernel(one, net, message, flags, wait)),+ }
            }

            fn read(&self, net: &$n, max: usize, wait: Wait) -> Result<Vec<u8>> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::read(one, net, max, wait)),+ }
            }

            fn write(&self, net: &$n, data: &[u8], wait: Wait) -> Result<usize> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::write(one, net, data, wait)),+ }
            }

            fn status(&self, asked: Events) -> Status {
                match self { $(Self::$variant(one) => Endpoint::<$n>::status(one, asked)),+ }
            }

            fn sources(&self) -> [Option<SourceRef<'_, $n>>; 2] {
                match self { $(Self::$variant(one) => Endpoint::<$n>::sources(one)),+ }
            }

            fn refresh(&self, net: &$n, found: Events) -> Events {
                match self { $(Self::$variant(one) => Endpoint::<$n>::refresh(one, net, found)),+ }
            }

            fn take_error(&self, net: &$n) -> Option<Errno> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::take_error(one, net)),+ }
            }

            fn network_option(&self, net: &$n, option: NetOption) -> Option<Result<u64>> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::network_option(one, net, option)),+ }
            }

            fn set_network_option(&self, net: &$n, option: NetOption, value: u64) -> Option<Result<()>> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::set_network_option(one, net, option, value)),+ }
            }

            fn kernel_option(&self, net: &$n, level: i32, name: i32) -> Option<Result<OptionValue>> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::kernel_option(one, net, level, name)),+ }
            }

            fn set_kernel_option(&self, net: &$n, level: i32, name: i32, value: &OptionValue) -> Option<Result<()>> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::set_kernel_option(one, net, level, name, value)),+ }
            }

            fn is_connected_here(&self) -> bool {
                match self { $(Self::$variant(one) => Endpoint::<$n>::is_connected_here(one)),+ }
            }

            fn is_listening(&self) -> bool {
                match self { $(Self::$variant(one) => Endpoint::<$n>::is_listening(one)),+ }
            }

            fn v6_only(&self) -> bool {
                match self { $(Self::$variant(one) => Endpoint::<$n>::v6_only(one)),+ }
            }

            fn set_v6_only(&self, v6_only: bool) -> Result<()> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::set_v6_only(one, v6_only)),+ }
            }

            fn take_rights(&self) -> Vec<Rights<$n>> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::take_rights(one)),+ }
            }

            fn lookup(&self) -> Option<&RefCell<Lookup<$n>>> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::lookup(one)),+ }
            }

            fn epoll(&self) -> Option<&Epoll<$n>> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::epoll(one)),+ }
            }

            fn kernel_socket(&self) -> Option<&$n::Socket> {
                match self { $(Self::$variant(one) => Endpoint::<$n>::kernel_socket(one)),+ }
            }
        }
    };
}

kinds! {
    /// The kinds of descriptors where the core keeps the state of sockets.
    UserspaceKind<N: Transport> {
        Tcp(Tcp<N>),
        Udp(Udp<N>),
        Unix(Unix<Rights<N>>),
        Pipe(Pipe<Rights<N>>),
        File(File),
        LibraryFile(LibraryFile),
        Lookup(RefCell<Lookup<N>>),
        Epoll(Epoll<N>),
    }
}

kinds! {
    /// The kinds of descriptors where a kernel does.
    KernelKind<N: System> {
        Socket(KernelSocket<N>),
        Pipe(Pipe<Rights<N>>),
        File(File),
        LibraryFile(LibraryFile),
        Lookup(RefCell<Lookup<N>>),
        Epoll(Epoll<N>),
    }
}

/// What every stack has.
pub trait CommonKinds<N: Network>:
    Endpoint<N> + From<Pipe<Rights<N>>> + From<File> + From<LibraryFile> + From<RefCell<Lookup<N>>> + From<Epoll<N>>
{
}

impl<N: Network, K> CommonKinds<N> for K where
    K: Endpoint<N> + From<Pipe<Rights<N>>> + From<File> + From<LibraryFile> + From<RefCell<Lookup<N>>> + From<Epoll<N>>
{
}
