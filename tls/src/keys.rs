//! The certificates that a connection shows, and the keys that prove them its own.

use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::error::{Error, Result};
use crate::pem;
use crate::provider::provider;

/// One certificate for each kind of key.
#[derive(Debug, Default)]
pub(crate) struct Keys(Vec<Arc<CertifiedKey>>);

impl Keys {
    /// These, with the first certificates and the first key of two PEM texts instead of the one of their kind, as
    /// OpenSSL has it.
    pub(crate) fn with(&self, chain: &[u8], key: &[u8], password: Option<&[u8]>) -> Result<Self> {
        let chain = pem::certificates_of(chain, false).map_err(|_| Error::pem("SSL"))?;
        let key = pem::private_key_of(key, password)?;
        let key = provider()
            .key_provider
            .load_private_key(key)
            .map_err(|error| Error::of("SSL", "UNSUPPORTED_ALGORITHM", format!("unsupported private key: {error}")))?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
            Err(_) => return Err(Error::of("X509", "KEY_VALUES_MISMATCH", "key values mismatch")),
        }
        let mut keys = self.0.clone();
        keys.retain(|known| known.key.algorithm() != certified.key.algorithm());
        keys.push(Arc::new(certified));
        Ok(Self(keys))
    }

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
