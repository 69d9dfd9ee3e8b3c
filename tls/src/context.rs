//! `SSLContext`: keys, trusted certificates, and the configurations that connections are made with.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::{ResolvesClientCert, Resumption};
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::server::{
    Accepted, ClientHello, NoServerSessionStorage, ProducesTickets, ResolvesServerCert, ServerSessionMemoryCache,
    StoresServerSessions,
};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, KeyLog, ServerConfig, SignatureScheme, SupportedProtocolVersion};

use crate::ciphers::{self, Cipher};
use crate::error::{Error, Result};
use crate::pem;
use crate::sessions::Session;
use crate::trust::TrustStore;
use crate::verifiers::Verifier;

/// Which side a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It speaks first.
    Client,
    /// It answers.
    Server,
}

/// `verify_mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerifyMode {
    /// `CERT_NONE`: whatever the peer shows is taken, and a server asks for nothing.
    #[default]
    None,
    /// `CERT_OPTIONAL`: what a client shows must verify.
    Optional,
    /// `CERT_REQUIRED`.
    Required,
}

/// What a program sets on a context, as it is when a connection is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `verify_mode`.
    pub verify_mode: VerifyMode,
    /// `verify_flags`.
    pub verify_flags: u32,
    /// The flags for comparing host names, if `check_hostname` is set.
    pub check_host: Option<u32>,
    /// Whether TLS 1.2 may be spoken.
    pub tls12: bool,
    /// Whether TLS 1.3 may be spoken.
    pub tls13: bool,
    /// `set_alpn_protocols`.
    pub protocols: Vec<Vec<u8>>,
    /// `set_ciphers`; none for all.
    pub ciphers: Option<String>,
    /// `set_ecdh_curve`; none for all.
    pub curve: Option<String>,
    /// Whether sessions may be resumed by tickets: not `OP_NO_TICKET`.
    pub tickets: bool,
    /// `num_tickets`.
    pub ticket_count: usize,
    /// `OP_CIPHER_SERVER_PREFERENCE`.
    pub own_cipher_order: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            verify_mode: VerifyMode::Required,
            verify_flags: 0,
            check_host: Some(0),
            tls12: true,
            tls13: true,
            protocols: Vec::new(),
            ciphers: None,
            curve: None,
            tickets: true,
            ticket_count: 2,
            own_cipher_order: true,
        }
    }
}

/// What lives as long as an `SSLContext`.
#[derive(Debug)]
pub struct Context {
    settings: Settings,
    trust: Arc<TrustStore>,
    keys: Arc<Keys>,
    verifier: Option<Arc<Verifier>>,
    server_sessions: Arc<dyn StoresServerSessions>,
    ticketer: Option<Arc<dyn ProducesTickets>>,
    key_lines: Arc<KeyLines>,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            trust: Arc::default(),
            keys: Arc::default(),
            verifier: None,
            server_sessions: ServerSessionMemoryCache::new(1024),
            ticketer: None,
            key_lines: Arc::default(),
        }
    }
}

impl Context {
    /// `load_cert_chain`: the first certificates and the first key of two PEM texts, which may be the same.
    pub fn load_cert_chain(&mut self, chain: &[u8], key: &[u8], password: Option<&[u8]>) -> Result<()> {
        let chain = pem::certificates_of(chain, false).map_err(|_| Error::pem("SSL"))?;
        let key = pem::private_key_of(key, password)?;
        let key = ring::default_provider()
            .key_provider
            .load_private_key(key)
            .map_err(|error| Error::of("SSL", "UNSUPPORTED_ALGORITHM", format!("unsupported private key: {error}")))?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
            Err(_) => return Err(Error::of("X509", "KEY_VALUES_MISMATCH", "key values mismatch")),
        }
        let mut keys = self.keys.0.clone();
        // One key of each kind, as OpenSSL has it.
        keys.retain(|known| known.key.algorithm() != certified.key.algorithm());
        keys.push(Arc::new(certified));
        self.keys = Arc::new(Keys(keys));
        Ok(())
    }

    /// What is trusted, to add to it.
    pub fn trust_mut(&mut self) -> &mut TrustStore {
        self.verifier = None;
        Arc::make_mut(&mut self.trust)
    }

    /// What is trusted.
    pub fn trust(&self) -> &TrustStore {
        &self.trust
    }

    /// The settings for the connections that are made from now on.
    pub fn set(&mut self, settings: Settings) {
        let of_verifier = |settings: &Settings| (settings.verify_mode, settings.verify_flags, settings.check_host);
        if of_verifier(&self.settings) != of_verifier(&settings) {
            self.verifier = None;
        }
        self.settings = settings;
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

    /// A verifier, the same while nothing changes: sessions are resumed only under the one that they began with.
    pub(crate) fn verifier(&mut self) -> Arc<Verifier> {
        let settings = &self.settings;
        let make = || {
            let store = Arc::clone(&self.trust);
            Arc::new(Verifier::new(store, settings.verify_mode, settings.verify_flags, settings.check_host))
        };
        Arc::clone(self.verifier.get_or_insert_with(make))
    }

    pub(crate) fn client_config(&mut self, session: &Session, sni: bool, log: bool) -> Result<ClientConfig> {
        let verifier = self.verifier();
        let resolver: Arc<dyn ResolvesClientCert> = Arc::clone(&self.keys) as _;
        let mut config = ClientConfig::builder_with_provider(self.provider()?)
            .with_protocol_versions(&self.versions()?)
            .map_err(|_| no_protocols())?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_cert_resolver(resolver);
        config.alpn_protocols.clone_from(&self.settings.protocols);
        config.enable_sni = sni;
        config.resumption = Resumption::store(Arc::new(session.clone()));
        if log {
            config.key_log = Arc::clone(&self.key_lines) as _;
        }
        Ok(config)
    }

    /// The configuration to answer `accepted` with.
    pub(crate) fn server_config(&mut self, accepted: &Accepted, log: bool) -> Result<ServerConfig> {
        let builder = ServerConfig::builder_with_provider(self.provider()?)
            .with_protocol_versions(&self.versions()?)
            .map_err(|_| no_protocols())?;
        let builder = if self.settings.verify_mode == VerifyMode::None {
            builder.with_no_client_auth()
        } else {
            builder.with_client_cert_verifier(self.verifier())
        };
        let mut config = builder.with_cert_resolver(Arc::clone(&self.keys) as _);
        config.alpn_protocols = self.common_protocols(&accepted.client_hello());
        config.ignore_client_order = self.settings.own_cipher_order;
        config.session_storage = Arc::clone(&self.server_sessions);
        config.send_tls13_tickets = self.settings.ticket_count;
        if self.settings.tickets {
            config.ticketer = self.ticketer()?;
        } else if self.settings.ticket_count == 0 {
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

    fn ticketer(&mut self) -> Result<Arc<dyn ProducesTickets>> {
        if let Some(ticketer) = &self.ticketer {
            return Ok(Arc::clone(ticketer));
        }
        let made = ring::Ticketer::new().map_err(|error| Error::ssl("INTERNAL_ERROR", format!("{error}")))?;
        Ok(Arc::clone(self.ticketer.insert(made)))
    }

    fn provider(&self) -> Result<Arc<CryptoProvider>> {
        let mut provider = ring::default_provider();
        provider.cipher_suites = self.allowed_ciphers()?.iter().map(|cipher| cipher.suite()).collect();
        if let Some(curve) = &self.settings.curve {
            provider.kx_groups.retain(|group| curve_matches(curve, group.name()));
        }
        Ok(Arc::new(provider))
    }

    fn versions(&self) -> Result<Vec<&'static SupportedProtocolVersion>> {
        let versions = [(self.settings.tls13, &TLS13), (self.settings.tls12, &TLS12)];
        let versions: Vec<_> =
            versions.into_iter().filter(|(allowed, _)| *allowed).map(|(_, version)| version).collect();
        if versions.is_empty() { Err(no_protocols()) } else { Ok(versions) }
    }
}

/// Whether `set_ecdh_curve` knows `name`.
pub fn is_known_curve(name: &str) -> bool {
    ring::default_provider().kx_groups.iter().any(|group| curve_matches(name, group.name()))
}

fn curve_matches(name: &str, group: rustls::NamedGroup) -> bool {
    match group {
        rustls::NamedGroup::X25519 => name == "X25519",
        rustls::NamedGroup::secp256r1 => ["prime256v1", "secp256r1", "P-256"].contains(&name),
        rustls::NamedGroup::secp384r1 => ["secp384r1", "P-384"].contains(&name),
        _ => false,
    }
}

fn no_protocols() -> Error {
    Error::ssl("NO_PROTOCOLS_AVAILABLE", "no protocols available")
}

/// The certificates to show, one for each kind of key.
#[derive(Debug, Default)]
struct Keys(Vec<Arc<CertifiedKey>>);

impl Keys {
    fn choose(&self, schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.iter().find(|certified| certified.key.choose_scheme(schemes).is_some()).map(Arc::clone)
    }
}

impl ResolvesServerCert for Keys {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.choose(hello.signature_schemes())
    }
}

impl ResolvesClientCert for Keys {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.choose(schemes)
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
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
