//! The verify settings of a connection. A session proves that they were met, so it may only be resumed under the same ones.

use sha2::{Digest as _, Sha256};

use crate::settings::VerifyMode;
use crate::verify::ExpectedHost;

/// The verify settings of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Demands {
    /// Whether the peer must have a certificate, and it must verify.
    pub(crate) mode: VerifyMode,
    /// `VERIFY_…`.
    pub(crate) flags: u32,
    /// The host that it must name, as the program gave it.
    pub(crate) host: Option<ExpectedHost>,
    /// What is trusted: see [`crate::TrustStore::fingerprint`].
    pub(crate) trust: [u8; 32],
}

impl Demands {
    /// The label of a server's sessions. Where nothing is demanded nothing else matters.
    pub(crate) fn label(&self) -> Label {
        if self.mode == VerifyMode::None {
            return Label([0; 32]);
        }
        let mut hash = Sha256::new();
        hash.update([u8::from(self.mode == VerifyMode::Required)]);
        hash.update(self.flags.to_be_bytes());
        hash.update(self.trust);
        Label(hash.finalize().into())
    }
}

/// A server's demands in 32 bytes. A client's host has no part in it: servers have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label([u8; 32]);

impl Label {
    /// The label, then `bytes`.
    pub(crate) fn before(&self, bytes: &[u8]) -> Vec<u8> {
        [&self.0, bytes].concat()
    }

    /// What follows this label in `bytes`; none if they begin with another one.
    pub(crate) fn after<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        bytes.strip_prefix(&self.0)
    }
}
