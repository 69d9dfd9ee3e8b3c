//! Trust anchors for the TLS of `wasi:http`.

use std::sync::{Arc, LazyLock};

use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Result};

/// The authorities whose certificates servers need. The default is Mozilla's programme, as wasmtime has it.
#[derive(Clone, Debug)]
pub struct Authorities(Arc<ClientConfig>);

impl Authorities {
    /// Those in a file of certificates (PEM), and no others.
    ///
    /// # Errors
    /// There is no certificate in it, or one that is malformed.
    pub fn from_pem(text: &[u8]) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(text) {
            roots.add(certificate.map_err(malformed)?).map_err(malformed)?;
        }
        if roots.is_empty() {
            return Err(malformed("there is none; wanted blocks that begin with -----BEGIN CERTIFICATE-----"));
        }
        Ok(Self(config(roots)))
    }

    pub(super) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.0)
    }
}

impl Default for Authorities {
    fn default() -> Self {
        static MOZILLA: LazyLock<Arc<ClientConfig>> =
            LazyLock::new(|| config(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() }));
        Self(Arc::clone(&MOZILLA))
    }
}

fn config(roots: RootCertStore) -> Arc<ClientConfig> {
    Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

fn malformed(problem: impl std::fmt::Display) -> Error {
    Error::Certificates { problem: problem.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_no_certificate_says_what_would() {
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let error = Authorities::from_pem(text.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with("malformed certificates: "), "{error}");
        }
    }
}
