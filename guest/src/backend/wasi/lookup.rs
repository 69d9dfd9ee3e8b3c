//! Name lookups.

use std::cell::RefCell;
use std::net::IpAddr;

use wasip2::io::poll::Pollable;
use wasip2::sockets::ip_name_lookup::{ResolveAddressStream, resolve_addresses};
use wasip2::sockets::network::Network;

use super::convert::{ip_from_wasi, net_error};
use super::lingering::Lingering;
use super::waiting::retry;
use crate::net::NetResult;
use crate::time::Deadline;

/// A lookup in progress. The pollable is a child of the stream: it is declared, and so dropped, first.
pub(super) struct Lookup {
    ready: Pollable,
    stream: ResolveAddressStream,
    found: RefCell<Vec<IpAddr>>,
}

impl Lookup {
    pub(super) fn start(network: &Network, name: &str) -> NetResult<Self> {
        let stream = resolve_addresses(network, name).map_err(net_error)?;
        Ok(Self { ready: stream.subscribe(), stream, found: RefCell::default() })
    }

    pub(super) fn pollable(&self) -> &Pollable {
        &self.ready
    }

    pub(super) fn finish(&self, deadline: Deadline) -> NetResult<Vec<IpAddr>> {
        let next = || self.stream.resolve_next_address().map_err(net_error);
        while let Some(address) = retry(&Lingering::default(), deadline, || &self.ready, next)? {
            self.found.borrow_mut().push(ip_from_wasi(address));
        }
        Ok(self.found.take())
    }
}
