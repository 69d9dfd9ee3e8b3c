//! Where packets of a guest come from, and which groups they are for: what a guest chooses of that is judged as `bind` is.

use std::net::{IpAddr, SocketAddr};

use super::address::local;
use super::control::Source;
use super::errors::{HostResult, os};
use super::interfaces;
use super::kind::Family;
use super::socket::Socket;
use super::types::{Errno, MessageFlags};
use crate::network::AddressAttempt;
use crate::policy::rule::Protocol;

impl Socket {
    /// Joining a multicast group makes the network deliver the group's packets, and announces the member: the guest is then
    /// reachable at the group's address, which takes an inbound rule.
    pub(super) fn may_join(&self, group: IpAddr) -> HostResult<()> {
        let port = local(self.system()).map_or(0, |local| local.port());
        self.decide(AddressAttempt::Bind(Protocol::Udp, SocketAddr::new(group.to_canonical(), port))).map(drop)
    }

    /// Past the routes, the same address may be another machine than the one that rules are about.
    pub(super) fn expect_routed(&self, flags: MessageFlags) -> HostResult<()> {
        let is_past_routes = self.kind().is_internet() && flags.contains(MessageFlags::DONT_ROUTE);
        if is_past_routes { Err(os(Errno::NotPermitted)) } else { Ok(()) }
    }

    /// Packets may come from where the socket is; from elsewhere, by address or by device, as if it were bound there.
    pub(super) fn may_send_from(&self, source: Source) -> HostResult<()> {
        let at = local(self.system());
        if !source.address.is_unspecified() {
            self.may_send_from_address(source.address, at)?;
        }
        if source.device == 0 {
            return Ok(());
        }
        let is_its_family = |address: &IpAddr| match self.kind().family {
            Family::Inet => address.is_ipv4(),
            Family::Inet6 => true,
            Family::Unix => false,
        };
        let addresses = interfaces::addresses(source.device)?;
        let mut addresses = addresses.into_iter().filter(is_its_family).peekable();
        if addresses.peek().is_none() {
            return Err(os(Errno::NoSuchDevice));
        }
        addresses.try_for_each(|address| self.may_send_from_address(address, at))
    }

    fn may_send_from_address(&self, address: IpAddr, at: Option<SocketAddr>) -> HostResult<()> {
        let (is_there, port) = at.map_or((false, 0), |at| (at.ip().to_canonical() == address, at.port()));
        if is_there {
            return Ok(());
        }
        self.decide(AddressAttempt::Bind(self.kind().protocol(), SocketAddr::new(address, port))).map(drop)
    }
}
