//! What a program sets on a context, and what a connection keeps of it.

use std::sync::Arc;

use crate::context::Context;
use crate::keys::Keys;
use crate::server_sessions::ServerSessions;

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

/// What a connection has from the context that it was made with (`SSL_new`), and keeps whatever becomes of that context.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// All but `ciphers`, and of a server `protocols`: OpenSSL asks a connection's context for those when it needs them.
    pub(crate) settings: Settings,
    /// A server's sessions: those of the first context, since what it demands is what a ticket stands for.
    pub(crate) sessions: Arc<ServerSessions>,
    /// What is shown to the peer. `SSL_set_SSL_CTX` replaces it.
    pub(crate) keys: Arc<Keys>,
}

impl Terms {
    /// `SSL_set_SSL_CTX`: shows the certificates that `context` has now.
    pub(crate) fn show_keys_of(&mut self, context: &Context) {
        self.keys = context.keys();
    }
}
