//! The network of our own host: the contract's interface `host`.
//!
//! Every socket is one of the operating system behind it, which keeps its state: each call here is one call over there,
//! and one crossing. [`convert`] holds what the two sides call things.

mod convert;
mod mixed;
mod system;

#[allow(unsafe_code, reason = "the canonical ABI is pointers and lengths; the generated code alone deals with them")]
#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    reason = "generated from the contract, which documents it"
)]
pub(crate) mod bindings {
    wit_bindgen::generate!({
        path: "wit",
        world: "network",
        ownership: Borrowing { duplicate_if_necessary: false },
        with: { "wasi:io/poll@0.2.12": wasip2::io::poll },
        generate_all,
    });
}

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use wasip2::io::poll::Pollable;

use self::bindings::wasocket::socket::host;
use self::convert::{deadline_to_host, error_from_host, ip_from_host};
use super::command::{self, Streams};
use crate::address::{IpFamily, Shutdown};
use crate::errno::Errno;
use crate::error::Error;
use crate::file::StandardStream;
use crate::net::{Datagram, Found, Interest, Net, NetOption, NetResult, Readiness, Refusal, Transport};
use crate::time::{Deadline, Moment};

/// The network of our host.
#[derive(Default)]
pub struct Host {
    streams: Streams,
}

/// A socket of the operating system.
pub struct HostSocket(host::Socket);

/// A name lookup of the host.
pub struct HostLookup(host::Lookup);

/// A poll set of the host.
pub struct HostSet(host::PollSet);

impl Host {
    /// The network that the host gives this program.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// All sockets are the operating system's: the core never has one of its own here, so most of this cannot be called.
impl Net for Host {
    type Socket = Infallible;
    type Lookup = HostLookup;
    type System = Self;

    const HAS_FILES: bool = cfg!(feature = "command");

    fn system(&self) -> Option<&Self> {
        Some(self)
    }

    fn now(&self) -> Moment {
        Moment(host::now())
    }

    fn open(&self, _: IpFamily, _: Transport) -> NetResult<Infallible> {
        Err(Refusal::Errno(Errno::EOPNOTSUPP))
    }

    fn bind(&self, socket: &Infallible, _: SocketAddr) -> NetResult<()> {
        match *socket {}
    }

    fn connect(&self, socket: &Infallible, _: SocketAddr, _: Deadline) -> NetResult<()> {
        match *socket {}
    }

    fn finish_connect(&self, socket: &Infallible, _: Deadline) -> NetResult<()> {
        match *socket {}
    }

    fn listen(&self, socket: &Infallible, _: u32) -> NetResult<()> {
        match *socket {}
    }

    fn accept(&self, socket: &Infallible, _: Deadline) -> NetResult<(Infallible, Option<SocketAddr>)> {
        match *socket {}
    }

    fn receive(&self, socket: &Infallible, _: usize, _: Deadline) -> NetResult<Vec<u8>> {
        match *socket {}
    }

    fn send(&self, socket: &Infallible, _: &[u8], _: Deadline) -> NetResult<usize> {
        match *socket {}
    }

    fn shutdown(&self, socket: &Infallible, _: Shutdown) -> NetResult<()> {
        match *socket {}
    }

    fn receive_from(&self, socket: &Infallible, _: Deadline) -> NetResult<Datagram> {
        match *socket {}
    }

    fn send_to(&self, socket: &Infallible, _: &[u8], _: Option<SocketAddr>, _: Deadline) -> NetResult<()> {
        match *socket {}
    }

    fn local_address(&self, socket: &Infallible) -> NetResult<SocketAddr> {
        match *socket {}
    }

    fn peer_address(&self, socket: &Infallible) -> NetResult<SocketAddr> {
        match *socket {}
    }

    fn option(&self, socket: &Infallible, _: NetOption) -> NetResult<u64> {
        match *socket {}
    }

    fn set_option(&self, socket: &Infallible, _: NetOption, _: u64) -> NetResult<()> {
        match *socket {}
    }

    fn poll(&self, _: &[Interest<'_, Self>], deadline: Deadline) -> Vec<Readiness> {
        // What there is to watch is asked of the system. What is left is to sleep.
        drop(host::poll(&[], &[], deadline_to_host(deadline)));
        Vec::new()
    }

    fn lookup(&self, name: &str) -> NetResult<HostLookup> {
        host::Lookup::forward(name, None).map(HostLookup).map_err(refusal)
    }

    fn finish_lookup(&self, lookup: &mut HostLookup, deadline: Deadline) -> NetResult<Found> {
        let found = lookup.0.finish(deadline_to_host(deadline)).map_err(refusal)?;
        Ok(Found {
            canonical_name: found.canonical_name,
            aliases: found.aliases,
            addresses: found.addresses.into_iter().map(ip_from_host).collect(),
        })
    }

    fn read_stream(&self, stream: StandardStream, max: usize, deadline: Deadline) -> NetResult<Vec<u8>> {
        let wait = |ready: &Pollable| self.wait_for_stream(stream, ready, deadline);
        command::retry(&self.streams, stream, wait, || self.streams.read(stream, max))
    }

    fn write_stream(&self, stream: StandardStream, data: &[u8], deadline: Deadline) -> NetResult<usize> {
        let wait = |ready: &Pollable| self.wait_for_stream(stream, ready, deadline);
        command::retry(&self.streams, stream, wait, || self.streams.write(stream, data, deadline))
    }

    fn working_folder(&self) -> Option<Vec<u8>> {
        Streams::working_folder()
    }

    fn is_terminal(&self, stream: StandardStream) -> bool {
        Streams::is_terminal(stream)
    }

    fn random_bytes(&self, count: usize) -> NetResult<Vec<u8>> {
        Streams::random_bytes(count)
    }

    fn drain(&self, _: Duration) -> bool {
        // The operating system goes on sending what was handed over.
        true
    }
}

fn refusal(error: host::Error) -> Refusal {
    match error_from_host(error) {
        Error::Os { errno: Errno::EAGAIN, .. } => Refusal::WouldBlock,
        error => Refusal::Error(error),
    }
}
