//! What is known of an established connection, for both sides.

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{HandshakeKind, ProtocolVersion};

use super::{Connection, Role, State};
use crate::ciphers::{self, Cipher};
use crate::context::owned;
use crate::sessions::Session;
use crate::verify::{Purpose, verify};

impl Connection {
    fn common(&self) -> Option<&rustls::CommonState> {
        match &self.state {
            State::Client(inner) => Some(inner),
            State::Server(inner) => Some(inner),
            State::Planned(_) | State::Listening(_) | State::Heard(_) | State::Failed => None,
        }
    }

    /// `version()`.
    pub fn version(&self) -> Option<&'static str> {
        match self.common()?.protocol_version()? {
            ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
            ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
            _ => None,
        }
    }

    /// `cipher()`.
    pub fn cipher(&self) -> Option<&'static Cipher> {
        ciphers::cipher_of(self.common()?.negotiated_cipher_suite()?.suite())
    }

    /// `shared_ciphers()` of a server: what the client offered and the context allows.
    pub fn offered_ciphers(&self) -> &[&'static Cipher] {
        &self.offered
    }

    /// `selected_alpn_protocol()`.
    pub fn protocol(&self) -> Option<&[u8]> {
        self.common()?.alpn_protocol()
    }

    /// `session_reused`.
    pub fn is_resumed(&self) -> bool {
        self.common().and_then(rustls::CommonState::handshake_kind) == Some(HandshakeKind::Resumed)
    }

    /// `session` of a client.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// `get_unverified_chain()`: what the peer sent.
    pub fn peer_chain(&self) -> Vec<CertificateDer<'static>> {
        self.common().and_then(rustls::CommonState::peer_certificates).map(owned).unwrap_or_default()
    }

    /// `get_verified_chain()`: from the peer's certificate to the trusted one; empty if it was not verified.
    pub fn verified_chain(&self) -> Vec<CertificateDer<'static>> {
        let sent = self.peer_chain();
        let (Some(verifier), [leaf, others @ ..]) = (&self.verifier, sent.as_slice()) else { return Vec::new() };
        let purpose = if self.role == Role::Client { Purpose::Server } else { Purpose::Client };
        verify(&verifier.question(leaf, others, purpose, UnixTime::now())).unwrap_or_default()
    }
}
