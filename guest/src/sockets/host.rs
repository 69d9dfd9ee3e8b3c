//! What a program may know of the host that it runs on, and the default of its sockets.

use std::net::IpAddr;
use std::time::Duration;

use super::Sockets;
use super::stack::Stack;
use crate::address::IpFamily;
use crate::errno::Errno;
use crate::error::Result;
use crate::net::Network;
use crate::netdb;
use crate::time::Timeout;

impl<N: Network> Sockets<N> {
    /// `socket.gethostname()` — the kernel's, where there is one; else the environment's `HOSTNAME`, else `localhost`.
    ///
    /// # Errors
    /// As `gethostname(2)` of the kernel.
    #[inline(always)]
    pub fn host_name(&self) -> Result<String> {
        N::Stack::host_name(&self.net)
    }

    /// `socket.sethostname(name)`.
    ///
    /// # Errors
    /// `EPERM`: there is no kernel, or it does not let this program do it. `EINVAL`: no UTF-8.
    pub fn set_host_name(&self, name: &[u8]) -> Result<()> {
        N::Stack::set_host_name(&self.net, std::str::from_utf8(name).map_err(|_| Errno::EINVAL)?)
    }

    /// `socket.if_nameindex()` — the kernel's, where there is one; else the loopback interface alone.
    ///
    /// # Errors
    /// As `if_nameindex(3)` of the kernel.
    #[inline(always)]
    pub fn interfaces(&self) -> Result<Vec<(u32, String)>> {
        N::Stack::interfaces(&self.net)
    }

    /// `socket.if_nametoindex(if_name)`.
    ///
    /// # Errors
    /// `ENODEV`: there is no such interface.
    pub fn interface_index(&self, name: &[u8]) -> Result<u32> {
        Ok(N::Stack::interface_index(&self.net, name)?.ok_or(Errno::ENODEV)?)
    }

    /// `socket.if_indextoname(if_index)`.
    ///
    /// # Errors
    /// `ENXIO`: there is no such interface.
    pub fn interface_name(&self, index: u32) -> Result<String> {
        Ok(N::Stack::interface_name(&self.net, index)?.ok_or(Errno::ENXIO)?)
    }

    /// The address of a host that stands in a socket's address: what Python does before each call that takes one.
    ///
    /// # Errors
    /// As [`Sockets::getaddrinfo`].
    pub fn resolve_host(&self, name: &[u8], family: IpFamily) -> Result<IpAddr> {
        self.answer(netdb::resolve_host(name, family)?, Timeout::Blocking)
    }

    /// `socket.getdefaulttimeout()` — of sockets that are opened from now on; none is to wait for as long as it takes.
    pub fn default_timeout(&self) -> Option<Duration> {
        self.default_timeout.get()
    }

    /// `socket.setdefaulttimeout(timeout)`.
    pub fn set_default_timeout(&self, timeout: Option<Duration>) {
        self.default_timeout.set(timeout);
    }
}
