//! Where the state of a socket is kept: here, or by a kernel.

use std::net::IpAddr;
use std::rc::Rc;

use super::description::{Attributes, Description, Rights};
use super::kinds::{CommonKinds, UserspaceKind};
use super::{Events, PollEntry, PollList, Sockets, Trigger};
use crate::address::{Family, IpFamily, Kind};
use crate::errno::Errno;
use crate::error::Result;
use crate::net::{Interest, Network, Transport};
use crate::netdb::interfaces::LOOPBACK;
use crate::options::{IPPROTO_TCP, IPPROTO_UDP};
use crate::tcp::Tcp;
use crate::time::Deadline;
use crate::udp::Udp;
use crate::unix::{Names, Unix};

/// What opens the sockets of a network. There are two: [`Userspace`] and [`Kernel`].
pub trait Stack<N: Network>: sealed::Sealed + Sized {
    /// The kinds of descriptors that there are.
    #[doc(hidden)]
    type Kind: CommonKinds<N>;
    /// What is kept beside the sockets.
    #[doc(hidden)]
    type State: Default;
    /// The set of a kernel that watches the members of an `epoll` instance.
    #[doc(hidden)]
    type Set;

    /// Whether small writes of its TCP sockets may be held back: the network below has no `TCP_NODELAY`.
    #[doc(hidden)]
    const COALESCES: bool = false;

    /// Whether there is a kernel.
    #[doc(hidden)]
    const IS_KERNEL: bool = false;

    /// `socket(2)`.
    #[doc(hidden)]
    fn open(sockets: &Sockets<N>, family: Family, kind: Kind, protocol: i32) -> Result<Rights<N>>;

    /// `socketpair(2)`.
    #[doc(hidden)]
    fn pair(sockets: &Sockets<N>, family: Family, kind: Kind, protocol: i32) -> Result<[Rights<N>; 2]>;

    /// Starts to look up the names of an address, if the network can.
    #[doc(hidden)]
    fn reverse_lookup(_net: &N, _address: IpAddr) -> Option<Result<N::Lookup>> {
        None
    }

    /// `gethostname(2)`.
    #[doc(hidden)]
    #[inline(always)]
    fn host_name(net: &N) -> Result<String> {
        Ok(net.host_name_variable().filter(|name| !name.is_empty()).unwrap_or_else(|| HOST_NAME.to_owned()))
    }

    /// `sethostname(2)`.
    #[doc(hidden)]
    fn set_host_name(_net: &N, _name: &str) -> Result<()> {
        Err(Errno::EPERM.into())
    }

    /// `if_nameindex(3)`.
    #[doc(hidden)]
    #[inline(always)]
    fn interfaces(_net: &N) -> Result<Vec<(u32, String)>> {
        Ok(vec![(LOOPBACK.0, LOOPBACK.1.to_owned())])
    }

    /// `if_nametoindex(3)`.
    #[doc(hidden)]
    #[inline(always)]
    fn interface_index(_net: &N, name: &[u8]) -> Result<Option<u32>> {
        Ok((name == LOOPBACK.1.as_bytes()).then_some(LOOPBACK.0))
    }

    /// `if_indextoname(3)`.
    #[doc(hidden)]
    #[inline(always)]
    fn interface_name(_net: &N, index: u32) -> Result<Option<String>> {
        Ok((index == LOOPBACK.0).then(|| LOOPBACK.1.to_owned()))
    }

    /// What is to travel for `rights` in a message of one of these sockets.
    #[doc(hidden)]
    fn departing(_sockets: &Sockets<N>, rights: Vec<Rights<N>>) -> Result<Vec<Rights<N>>> {
        Ok(rights)
    }

    /// What has arrived with a message. One that was only looked at will arrive again.
    #[doc(hidden)]
    fn arrived(_sockets: &Sockets<N>, description: Rights<N>, _is_peek: bool) -> Rights<N> {
        description
    }

    /// `poll(2)` at a cost by what is ready, where that is possible; how many entries have something to report.
    #[doc(hidden)]
    fn poll_cached(_sockets: &Sockets<N>, _entries: &mut [PollEntry], _deadline: Deadline) -> Option<Result<usize>> {
        None
    }

    /// The same for a list that a kernel keeps: the entries that have something to report; nothing if it keeps another.
    #[doc(hidden)]
    fn poll_kept(_sockets: &Sockets<N>, _list: &PollList, _deadline: Deadline) -> Option<Result<Vec<PollEntry>>> {
        None
    }

    /// Notes that the list which was polled last is `list`, if it is.
    #[doc(hidden)]
    fn keep(_sockets: &Sockets<N>, _list: &PollList) {}

    /// A set of a kernel.
    #[doc(hidden)]
    fn create_set(_net: &N) -> Option<Self::Set> {
        None
    }

    /// Adds to the set; whether it watches the member now.
    #[doc(hidden)]
    fn add_to_set(_net: &N, _set: &Self::Set, _member: &Member<'_, N>) -> bool {
        false
    }

    /// Changes what is asked of a member; whether that was possible.
    #[doc(hidden)]
    fn modify_in_set(_net: &N, _set: &Self::Set, _token: u64, _events: Events, _trigger: Trigger) -> bool {
        false
    }

    /// Removes a member; what is dropped is not in the set any more.
    #[doc(hidden)]
    fn remove_from_set(_net: &N, _set: &Self::Set, _token: u64) {}

    /// `epoll_wait(2)` on the set. The wait ends as well when something of `beside` is ready.
    #[doc(hidden)]
    fn wait_for_set(
        _net: &N,
        _set: &Self::Set,
        _most: u32,
        _beside: &[Interest<'_, N>],
        _deadline: Deadline,
    ) -> Result<Vec<(u64, Events)>> {
        Ok(Vec::new())
    }
}

/// A member of a set of a kernel.
#[doc(hidden)]
pub struct Member<'a, N: Network> {
    pub(crate) token: u64,
    pub(crate) description: &'a Rights<N>,
    pub(crate) events: Events,
    pub(crate) trigger: Trigger,
}

/// The core keeps the state of sockets, over a [`Transport`]; `AF_UNIX` is in memory.
pub struct Userspace;

/// A kernel keeps the state of sockets: that of a [`System`](crate::system::System).
pub struct Kernel;

impl<N: Transport> Stack<N> for Userspace {
    type Kind = UserspaceKind<N>;
    type State = ();
    type Set = std::convert::Infallible;

    const COALESCES: bool = true;

    fn open(sockets: &Sockets<N>, family: Family, kind: Kind, protocol: i32) -> Result<Rights<N>> {
        let net = &sockets.net;
        let ip = match family {
            Family::Inet => IpFamily::V4,
            Family::Inet6 => IpFamily::V6,
            Family::Unix => {
                check_unix_protocol(protocol)?;
                let attributes = Attributes::new(family, kind, 0);
                return Ok(Description::open(attributes, Unix::open(kind, &sockets.names)));
            }
        };
        match (kind, protocol) {
            (Kind::Stream, 0 | IPPROTO_TCP) => {
                Ok(Description::open(Attributes::new(family, kind, IPPROTO_TCP), Tcp::open(net, ip)?))
            }
            (Kind::Datagram, 0 | IPPROTO_UDP) => {
                Ok(Description::open(Attributes::new(family, kind, IPPROTO_UDP), Udp::open(net, ip)?))
            }
            (Kind::Stream | Kind::Datagram | Kind::Raw, _) => Err(Errno::EPROTONOSUPPORT.into()),
            (Kind::SequentialPacket, _) => Err(Errno::ESOCKTNOSUPPORT.into()),
        }
    }

    fn pair(sockets: &Sockets<N>, family: Family, kind: Kind, protocol: i32) -> Result<[Rights<N>; 2]> {
        if family != Family::Unix {
            return Err(Errno::EOPNOTSUPP.into());
        }
        check_unix_protocol(protocol)?;
        let names: &Rc<Names<Rights<N>>> = &sockets.names;
        Ok(Unix::pair(kind, names).map(|end| Description::open(Attributes::new(family, kind, 0), end)))
    }
}

/// `AF_UNIX` has one protocol, whose number is 0 or the family's own.
fn check_unix_protocol(protocol: i32) -> Result<()> {
    match protocol {
        0 | 1 => Ok(()),
        _ => Err(Errno::EPROTONOSUPPORT.into()),
    }
}

/// What a host without a name is called.
const HOST_NAME: &str = "localhost";

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Userspace {}
    impl Sealed for super::Kernel {}
}
