//! The connection under a request: to an address that the policy has let pass, with an account as every socket has it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use wasmtime_wasi_http::Error;

use super::traffic::Traffic;
use super::{Authorities, Hooks, Target};
use crate::accounting::account::Connection;
use crate::accounting::buffers::{Buffered, Buffers, Way};
use crate::accounting::quota::{Permit, Quota, QuotaExceeded};
use crate::accounting::record::Origin;
use crate::names::resolver::LookupError;
use crate::network::Network;
use crate::policy::name_pattern::RuleFamily;
use crate::policy::rule::Protocol;

/// Resolves the host, and connects to the first of its addresses that the policy allows and that answers.
pub(super) async fn connect(hooks: &Hooks, target: &Target) -> Result<Stream, Error> {
    let network = &hooks.network;
    let found = network.lookup(&target.host, RuleFamily::Any).await.map_err(of_lookup)?;
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
    let meter = network.meter();
    let admitted = network.admit_connect(remote).map_err(|_| Error::HttpRequestDenied)?;
    let permit = meter.take(Quota::Sockets, 1).map_err(full)?;
    let connection = Connection::outbound(meter).map_err(full)?;
    let account = network.account(Some(Protocol::Tcp), Buffers::default(), Origin::New);
    account.connecting(connection, remote);
    #[expect(clippy::disallowed_methods, reason = "the policy has let this very address pass")]
    let stream = TcpStream::connect(admitted.address()).await.map_err(Error::Connect)?;
    account.counts(Buffers::of(meter, &mut &stream)?);
    account.connected(|| stream.local_addr().ok(), |remote| network.hold(remote));
    Ok(Plain { stream, traffic: Traffic::new(account), _permit: permit })
}

fn full(_: QuotaExceeded) -> Error {
    Error::ConnectionLimitReached
}

impl Buffered for &TcpStream {
    type Error = Error;

    fn size(&mut self, way: Way) -> Result<u64, Error> {
        let socket = SockRef::from(*self);
        let kept = match way {
            Way::In => socket.recv_buffer_size(),
            Way::Out => socket.send_buffer_size(),
        };
        // The system says what it keeps, which is twice what one sets.
        Ok(kept.map_err(Error::Connect)? as u64 / 2)
    }

    fn set_size(&mut self, way: Way, size: u64) -> Result<(), Error> {
        let (socket, size) = (SockRef::from(*self), usize::try_from(size).unwrap_or(usize::MAX));
        let set = match way {
            Way::In => socket.set_recv_buffer_size(size),
            Way::Out => socket.set_send_buffer_size(size),
        };
        set.map_err(Error::Connect)
    }

    fn exceeded(exceeded: QuotaExceeded) -> Error {
        full(exceeded)
    }
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
    traffic: Traffic,
    _permit: Permit,
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
        ready!(self.traffic.poll_turn(context));
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.traffic.received(buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Plain {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.traffic.poll_turn(context));
        let sent = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.traffic.sent(sent);
        Poll::Ready(Ok(sent))
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
