//! What Python's `ssl` and `hashlib` modules use of OpenSSL, on rustls with *ring* and `p521`. It has no sockets, no Python, and no
//! clock but the platform's.
//!
//! A [`Context`] holds what an `SSLContext` holds: a certificate chain with its key, trusted certificates, and settings.
//! A [`Connection`] is one side of a TLS connection: it takes records and returns records, and its owner transports them.
//! Certificates are verified with OpenSSL's outcomes and numbers (see [`verify`]), which programs rely on. rustls alone signs,
//! encrypts, and decides what a handshake may contain.
//!
//! Nothing that a peer or a file contains makes this crate panic, and it logs nothing.

mod alerts;
mod certificate;
mod ciphers;
mod connection;
mod context;
mod demands;
mod derive;
mod error;
mod hostname;
mod keys;
mod names;
mod p521;
mod pem;
mod provider;
mod refusals;
mod server_sessions;
mod sessions;
mod settings;
mod trust;
mod verifiers;
pub mod verify;

pub use alerts::illegal_record_reason;
pub use certificate::{AlternativeName, CertificateFacts, Name, certificate_facts};
pub use ciphers::{Cipher, all_ciphers};
pub use connection::{Connection, Plaintext, Progress, Role};
pub use context::{Context, is_known_curve};
pub use derive::{Hash, ScryptCost, ScryptError, scrypt};
pub use error::{Error, ErrorKind, Result};
pub use names::{ObjectName, object_by_number, object_by_text};
pub use pem::{certificates_of, is_pem_key_encrypted};
pub use sessions::Session;
pub use settings::{Settings, VerifyMode};
pub use trust::TrustStore;

/// `RAND_bytes`: fills `bytes` from the platform's generator.
pub fn random_bytes(bytes: &mut [u8]) -> Result<()> {
    let provider = provider::provider();
    provider.secure_random.fill(bytes).map_err(|_| Error::ssl("RANDOM_FAILURE", "the platform has no random numbers"))
}
