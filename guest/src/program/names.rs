//! The older lookups, services, and the machine's name.

use std::net::{Ipv4Addr, SocketAddr};

use super::{AuditEvent, Program};
use crate::address::Address;
use crate::error::Result;
use crate::net::Network;
use crate::netdb::{self, HostEntry, NameInfo, protocols, services};
use crate::time::Timeout;

impl<N: Network> Program<N> {
    /// `socket.gethostbyname(hostname)`.
    ///
    /// # Errors
    /// [`Error::AddressInfo`](crate::Error::AddressInfo): no such name; or what a hook says.
    pub fn gethostbyname(&self, hostname: &str) -> Result<Ipv4Addr> {
        self.audit(&AuditEvent::GetHostByName(hostname))?;
        self.sockets().answer(netdb::gethostbyname(hostname.as_bytes())?, Timeout::Blocking)
    }

    /// `socket.gethostbyname_ex(hostname)`.
    ///
    /// # Errors
    /// As [`Program::gethostbyname`].
    pub fn gethostbyname_ex(&self, hostname: &str) -> Result<HostEntry> {
        self.audit(&AuditEvent::GetHostByName(hostname))?;
        self.sockets().answer(netdb::gethostbyname_ex(hostname.as_bytes())?, Timeout::Blocking)
    }

    /// `socket.gethostbyaddr(ip_address)`.
    ///
    /// # Errors
    /// [`Error::Host`](crate::Error::Host): the address has no name; or what a hook says.
    pub fn gethostbyaddr(&self, ip_address: &str) -> Result<HostEntry> {
        self.audit(&AuditEvent::GetHostByAddr(ip_address))?;
        self.sockets().gethostbyaddr(ip_address.as_bytes())
    }

    /// `socket.getnameinfo(sockaddr, flags)`, the flags in Linux's numbers.
    ///
    /// # Errors
    /// As [`Sockets::getnameinfo`](crate::Sockets::getnameinfo); or what a hook says.
    pub fn getnameinfo(&self, address: SocketAddr, flags: i32) -> Result<NameInfo> {
        self.audit(&AuditEvent::GetNameInfo(&Address::Ip(address)))?;
        self.sockets().getnameinfo(address, flags)
    }

    /// `socket.getservbyname(servicename, protocolname)`.
    ///
    /// # Errors
    /// "service/proto not found"; or what a hook says.
    pub fn getservbyname(&self, service: &str, protocol: Option<&str>) -> Result<u16> {
        self.audit(&AuditEvent::GetServByName { service, protocol })?;
        services::getservbyname(service, protocol)
    }

    /// `socket.getservbyport(port, protocolname)`.
    ///
    /// # Errors
    /// "port/proto not found"; or what a hook says.
    pub fn getservbyport(&self, port: u16, protocol: Option<&str>) -> Result<&'static str> {
        self.audit(&AuditEvent::GetServByPort { port, protocol })?;
        services::getservbyport(port, protocol)
    }

    /// `socket.getprotobyname(protocolname)`.
    ///
    /// # Errors
    /// "protocol not found".
    pub fn getprotobyname(&self, protocol: &str) -> Result<i32> {
        protocols::getprotobyname(protocol)
    }

    /// `socket.gethostname()`.
    ///
    /// # Errors
    /// As [`Sockets::host_name`](crate::Sockets::host_name); or what a hook says.
    pub fn gethostname(&self) -> Result<String> {
        self.audit(&AuditEvent::GetHostName)?;
        self.sockets().host_name()
    }

    /// `socket.sethostname(name)`.
    ///
    /// # Errors
    /// As [`Sockets::set_host_name`](crate::Sockets::set_host_name); or what a hook says.
    pub fn sethostname(&self, name: &[u8]) -> Result<()> {
        self.audit(&AuditEvent::SetHostName(name))?;
        self.sockets().set_host_name(name)
    }

    /// `socket.if_nameindex()`.
    ///
    /// # Errors
    /// As [`Sockets::interfaces`](crate::Sockets::interfaces).
    pub fn if_nameindex(&self) -> Result<Vec<(u32, String)>> {
        self.sockets().interfaces()
    }

    /// `socket.if_nametoindex(if_name)`.
    ///
    /// # Errors
    /// As [`Sockets::interface_index`](crate::Sockets::interface_index).
    pub fn if_nametoindex(&self, name: &str) -> Result<u32> {
        self.sockets().interface_index(name.as_bytes())
    }

    /// `socket.if_indextoname(if_index)`.
    ///
    /// # Errors
    /// As [`Sockets::interface_name`](crate::Sockets::interface_name).
    pub fn if_indextoname(&self, index: u32) -> Result<String> {
        self.sockets().interface_name(index)
    }
}
