//! What the peer serves over TLS 1.3, as rustls and *ring* have it.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, HandshakeKind, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
};

use super::services::{number, place, sink, source};

/// Private keys, each with a certificate for `localhost` that is its own authority.
const KEYS: [(&str, &[u8]); 2] =
    [("p-256", include_bytes!("../../keys/p-256.pem")), ("rsa-2048", include_bytes!("../../keys/rsa-2048.pem"))];

/// One connection whose first line named this service.
pub(super) fn serve(mut stream: TcpStream, service: &str, words: &[&str]) -> Result<()> {
    match (service, words) {
        ("source", []) => source(&mut accept(stream, bulk()?)?),
        ("sink", []) => sink(&mut accept(stream, bulk()?)?),
        ("greet", [key]) => greet(stream, key),
        ("dial", [port, key, mode @ ("full" | "resumed")]) => {
            let port = port.parse().map_err(|_| ErrorKind::InvalidInput)?;
            dial(&mut stream, port, key, *mode == "resumed")
        }
        _ => Err(ErrorKind::InvalidInput.into()),
    }
}

fn accept(stream: TcpStream, config: Arc<ServerConfig>) -> Result<StreamOwned<ServerConnection, TcpStream>> {
    Ok(StreamOwned::new(ServerConnection::new(config).map_err(Error::other)?, stream))
}

/// A byte in the clear and one over TLS, to a client that is the first to close.
fn greet(mut stream: TcpStream, key: &str) -> Result<()> {
    stream.write_all(b"k")?;
    let mut tls = accept(stream, greeter(key)?)?;
    tls.write_all(b"x")?;
    read_to_end(&mut tls)
}

/// Connects so many times as it is told, takes a byte and waits for the end, as a client that verifies whom it speaks to.
fn dial(control: &mut TcpStream, port: u32, key: &str, resumed: bool) -> Result<()> {
    let place = place(port)?;
    let config = Arc::new(client(key, resumed)?);
    let name = ServerName::try_from("localhost").map_err(Error::other)?;
    let mut right = HandshakeKind::Full;
    loop {
        for _ in 0..number(control)? {
            let connection = ClientConnection::new(Arc::clone(&config), name.clone()).map_err(Error::other)?;
            let stream = TcpStream::connect(place)?;
            stream.set_nodelay(true)?;
            let mut tls = StreamOwned::new(connection, stream);
            tls.read_exact(&mut [0])?;
            // The ticket for the next may come after the byte.
            read_to_end(&mut tls)?;
            let kind = tls.conn.handshake_kind();
            if kind != Some(right) {
                return Err(Error::other(format!("a handshake was {kind:?}, and should have been {right:?}")));
            }
            right = if resumed { HandshakeKind::Resumed } else { HandshakeKind::Full };
        }
        control.write_all(b"k")?;
    }
}

/// Not every side says good-bye before it closes.
fn read_to_end(tls: &mut impl Read) -> Result<()> {
    match tls.read_to_end(&mut Vec::new()) {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => Ok(()),
        Err(error) => Err(error),
    }
}

fn client(key: &str, resumed: bool) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(key)? {
        roots.add(certificate).map_err(Error::other)?;
    }
    let builder = ClientConfig::builder_with_provider(ring::default_provider().into());
    let builder = builder.with_protocol_versions(&[&rustls::version::TLS13]).map_err(Error::other)?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    if !resumed {
        config.resumption = Resumption::disabled();
    }
    Ok(config)
}

/// One for all connections, since it is what sessions are resumed from.
fn greeter(key: &str) -> Result<Arc<ServerConfig>> {
    static GREETERS: [OnceLock<Arc<ServerConfig>>; KEYS.len()] = [const { OnceLock::new() }; KEYS.len()];
    let place = KEYS.iter().position(|(name, _)| *name == key).and_then(|index| GREETERS.get(index));
    let place = place.ok_or(ErrorKind::InvalidInput)?;
    if let Some(config) = place.get() {
        return Ok(Arc::clone(config));
    }
    let config = server(key, ring::default_provider())?;
    Ok(Arc::clone(place.get_or_init(|| config)))
}

/// With ChaCha20 alone: WebAssembly has no instructions for AES.
fn bulk() -> Result<Arc<ServerConfig>> {
    let cipher_suites = vec![ring::cipher_suite::TLS13_CHACHA20_POLY1305_SHA256];
    server("p-256", CryptoProvider { cipher_suites, ..ring::default_provider() })
}

fn server(key: &str, provider: CryptoProvider) -> Result<Arc<ServerConfig>> {
    let private = PrivateKeyDer::from_pem_slice(pem(key)?).map_err(Error::other)?;
    let builder = ServerConfig::builder_with_provider(provider.into());
    let builder = builder.with_protocol_versions(&[&rustls::version::TLS13]).map_err(Error::other)?;
    let config = builder.with_no_client_auth().with_single_cert(certificates(key)?, private);
    config.map(Arc::new).map_err(Error::other)
}

fn certificates(key: &str) -> Result<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_slice_iter(pem(key)?).collect::<std::result::Result<_, _>>().map_err(Error::other)
}

fn pem(key: &str) -> Result<&'static [u8]> {
    let found = KEYS.iter().find(|(name, _)| *name == key);
    found.map(|(_, pem)| *pem).ok_or_else(|| ErrorKind::InvalidInput.into())
}
