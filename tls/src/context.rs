//! `SSLContext`: keys, trusted certificates, and the configurations that connections are made with.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::server::{Accepted, ClientHello, NoServerSessionStorage};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, KeyLog, ServerConfig, SupportedProtocolVersion};

use crate::ciphers::{self, Cipher};
use crate::demands::Demands;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::provider::provider;
use crate::server_sessions::ServerSessions;
use crate::sessions::Session;
use crate::settings::{Settings, Terms, VerifyMode};
use crate::trust::TrustStore;
use crate::verifiers::Verifier;
use crate::verify::ExpectedHost;

/// What lives as long as an `SSLContext`.
#[derive(Debug, Default)]
pub struct Context {
    settings: Settings,
    trust: Arc<TrustStore>,
    keys: Arc<Keys>,
    server_sessions: Arc<ServerSessions>,
    key_lines: Arc<KeyLines>,
}

impl Context {
    /// `load_cert_chain`: the first certificates and the first key of two PEM texts, which may be the same.
    pub fn load_cert_chain(&mut self, chain: &[u8], key: &[u8], password: Option<&[u8]>) -> Result<()> {
        self.keys = Arc::new(self.keys.with(chain, key, password)?);
        Ok(())
    }

    /// What is trusted, to add to it.
    pub fn trust_mut(&mut self) -> &mut TrustStore {
        Arc::make_mut(&mut self.trust)
    }

    /// What is trusted.
    pub fn trust(&self) -> &TrustStore {
        &self.trust
    }

    /// The settings for the connections that are made from now on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// What a connection that is made now keeps.
    pub(crate) fn terms(&self) -> Terms {
        Terms {
            settings: self.settings.clone(),
            sessions: Arc::clone(&self.server_sessions),
            keys: Arc::clone(&self.keys),
        }
    }

    pub(crate) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys)
    }

    /// The lines for a key log since the last call.
    pub fn take_key_lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.key_lines.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// `get_ciphers()`: what `selection` selects, or all.
    pub fn ciphers(selection: Option<&str>) -> Result<Vec<&'static Cipher>> {
        selection.map_or_else(|| Ok(ciphers::all_ciphers().iter().collect()), ciphers::select)
    }

    /// What the settings select.
    pub(crate) fn allowed_ciphers(&self) -> Result<Vec<&'static Cipher>> {
        Self::ciphers(self.settings.ciphers.as_deref())
    }

    /// What a connection on `terms` verifies with: it demands what they say, and trusts what this context trusts.
    pub(crate) fn verifier(&self, terms: &Terms, host: Option<&str>) -> Verifier {
        let settings = &terms.settings;
        let host = settings.check_host.zip(host).map(|(flags, name)| ExpectedHost { name: name.to_owned(), flags });
        let trust = self.trust.fingerprint();
        let demands = Demands { mode: settings.verify_mode, flags: settings.verify_flags, host, trust };
        Verifier::new(Arc::clone(&self.trust), demands)
    }

    /// The configuration of a client that is about to speak; `session` is resumed, and keeps what the server sends.
    pub(crate) fn client_config(
        &self,
        terms: &Terms,
        verifier: Arc<Verifier>,
        session: &Session,
        log: bool,
    ) -> Result<ClientConfig> {
        let resolver: Arc<dyn ResolvesClientCert> = Arc::clone(&terms.keys) as _;
        let mut config = ClientConfig::builder_with_provider(self.provider(terms)?)
            .with_protocol_versions(&versions(terms)?)
            .map_err(|_| no_protocols())?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_cert_resolver(resolver);
        config.alpn_protocols.clone_from(&terms.settings.protocols);
        config.resumption = Resumption::store(Arc::new(session.clone()));
        if log {
            config.key_log = Arc::clone(&self.key_lines) as _;
        }
        Ok(config)
    }

    /// The configuration to answer `accepted` with.
    pub(crate) fn server_config(
        &self,
        terms: &Terms,
        verifier: &Arc<Verifier>,
        accepted: &Accepted,
        log: bool,
    ) -> Result<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(self.provider(terms)?)
            .with_protocol_versions(&versions(terms)?)
            .map_err(|_| no_protocols())?;
        let settings = &terms.settings;
        let builder = if settings.verify_mode == VerifyMode::None {
            builder.with_no_client_auth()
        } else {
            builder.with_client_cert_verifier(Arc::clone(verifier) as _)
        };
        let mut config = builder.with_cert_resolver(Arc::clone(&terms.keys) as _);
        config.alpn_protocols = self.common_protocols(&accepted.client_hello());
        config.ignore_client_order = settings.own_cipher_order;
        let label = verifier.demands.label();
        config.session_storage = terms.sessions.memory(label);
        config.send_tls13_tickets = settings.ticket_count;
        if settings.tickets {
            config.ticketer = terms.sessions.tickets(label)?;
        } else if settings.ticket_count == 0 {
            config.session_storage = Arc::new(NoServerSessionStorage {});
        }
        if log {
            config.key_log = Arc::clone(&self.key_lines) as _;
        }
        Ok(config)
    }

    /// OpenSSL goes on without a protocol if there is none in common; rustls would not.
    fn common_protocols(&self, hello: &ClientHello<'_>) -> Vec<Vec<u8>> {
        let Some(offered) = hello.alpn() else { return self.settings.protocols.clone() };
        let offered: Vec<&[u8]> = offered.collect();
        let ours = &self.settings.protocols;
        if ours.iter().any(|protocol| offered.contains(&protocol.as_slice())) { ours.clone() } else { Vec::new() }
    }

    fn provider(&self, terms: &Terms) -> Result<Arc<CryptoProvider>> {
        let mut provider = provider();
        provider.cipher_suites = self.allowed_ciphers()?.iter().map(|cipher| cipher.suite()).collect();
        if let Some(curve) = &terms.settings.curve {
            provider.kx_groups.retain(|group| curve_matches(curve, group.name()));
        }
        Ok(Arc::new(provider))
    }
}

fn versions(terms: &Terms) -> Result<Vec<&'static SupportedProtocolVersion>> {
    let versions = [(terms.settings.tls13, &TLS13), (terms.settings.tls12, &TLS12)];
    let versions: Vec<_> = versions.into_iter().filter(|(allowed, _)| *allowed).map(|(_, version)| version).collect();
    if versions.is_empty() { Err(no_protocols()) } else { Ok(versions) }
}

/// Whether `set_ecdh_curve` knows `name`.
pub fn is_known_curve(name: &str) -> bool {
    provider().kx_groups.iter().any(|group| curve_matches(name, group.name()))
}

fn curve_matches(name: &str, group: rustls::NamedGroup) -> bool {
    match group {
        rustls::NamedGroup::X25519 => name == "X25519",
        rustls::NamedGroup::secp256r1 => ["prime256v1", "secp256r1", "P-256"].contains(&name),
        rustls::NamedGroup::secp384r1 => ["secp384r1", "P-384"].contains(&name),
        rustls::NamedGroup::secp521r1 => ["secp521r1", "P-521"].contains(&name),
        _ => false,
    }
}

fn no_protocols() -> Error {
    Error::ssl("NO_PROTOCOLS_AVAILABLE", "no protocols available")
}

/// Lines of the format that `SSLKEYLOGFILE` made known, until they are taken. Only for a program that asked for a file.
#[derive(Debug, Default)]
struct KeyLines(Mutex<Vec<String>>);

impl KeyLog for KeyLines {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let hexadecimal = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let line = format!("{label} {} {}", hexadecimal(client_random), hexadecimal(secret));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// A chain as it is shown to Python.
pub(crate) fn owned(chain: &[CertificateDer<'_>]) -> Vec<CertificateDer<'static>> {
    chain.iter().map(|certificate| certificate.clone().into_owned()).collect()
}
