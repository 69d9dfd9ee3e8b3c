//! The connection under a request: to an address that the policy has judged, and counted while it is open.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use wasmtime_wasi_http::Error;

use super::{Authorities, Hooks, Target};
use crate::policy::{Attempt, Exceeded, Family, Held, LookupError, Network, Permit, Protocol, connection};

/// Resolves the host, and connects to the first of its addresses that the policy allows and that answers.
pub(super) async fn connect(hooks: &Hooks, target: &Target) -> Result<Stream, Error> {
    let network = &hooks.network;
    let found = network.lookup(&target.host, Family::Any).await.map_err(of_lookup)?;
    let mut failure = Error::DestinationUnavailable;
    for address in found.addresses {
        match connect_to(network, SocketAddr::new(address, target.port)).await {
            Ok(open) => return open.secured(target, &hooks.authorities).await,
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

async fn connect_to(network: &Network, remote: SocketAddr) -> Result<Plain, Error> {
    let full = |_| Error::ConnectionLimitReached;
    let permits =
        [network.take(Exceeded::Sockets, 1).map_err(full)?, network.take(connection(false), 1).map_err(full)?];
    network.check(Attempt::Connect(remote)).map_err(|_| Error::HttpRequestDenied)?;
    let destination = network.destination(Protocol::Tcp, remote);
    #[expect(clippy::disallowed_methods, reason = "the policy has allowed this address a moment ago")]
    let stream = TcpStream::connect(destination).await.map_err(Error::Connect)?;
    Ok(Plain { stream, _permits: permits, _held: network.hold(remote) })
}

fn of_lookup(error: LookupError) -> Error {
    match error {
        LookupError::Denied(_) => Error::HttpRequestDenied,
        LookupError::Malformed => Error::HttpRequestUriInvalid,
        LookupError::Again | LookupError::Busy => Error::DnsTimeout,
        LookupError::NoName | LookupError::NoData | LookupError::AddressFamily => Error::DestinationNotFound,
        LookupError::Fail => Error::DnsError { rcode: None, info_code: None },
    }
}

/// A connection, as long as it is open.
pub(super) struct Plain {
    stream: TcpStream,
    _permits: [Permit; 2],
    _held: Held,
}

/// The same, secured if the request is to be.
pub(super) enum Stream {
    Plain(Plain),
    Secure(Box<tokio_rustls::client::TlsStream<Plain>>),
}

impl Plain {
    async fn secured(self, target: &Target, authorities: &Authorities) -> Result<Stream, Error> {
        if !target.is_tls {
            return Ok(Stream::Plain(self));
        }
        let host = target.host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::HttpRequestUriInvalid)?;
        let connector = TlsConnector::from(authorities.config());
        Ok(Stream::Secure(Box::new(connector.connect(name, self).await.map_err(Error::Tls)?)))
    }
}

impl AsyncRead for Plain {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Plain {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Secure(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Secure(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Secure(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
