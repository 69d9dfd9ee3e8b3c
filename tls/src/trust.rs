//! Trusted certificates: what `load_verify_locations()` and `load_default_certs()` fill.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};

use crate::certificate;
use crate::error::Result;

/// The certificates that a context trusts.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    trusted: Vec<Trusted>,
    fingerprint: [u8; 32],
}

/// One of them, with what is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Trusted {
    pub(crate) der: CertificateDer<'static>,
    pub(crate) subject: Vec<u8>,
    pub(crate) is_authority: bool,
    /// Whether OpenSSL would list it by now: see [`TrustStore::add_on_request`].
    is_loaded: Arc<AtomicBool>,
}

impl TrustStore {
    /// Adds a certificate; one that is there already is not added again.
    pub fn add(&mut self, der: CertificateDer<'static>) -> Result<()> {
        self.insert(der, true)
    }

    /// Adds a certificate of a folder: OpenSSL loads such a certificate when a chain needs it, and lists it only then.
    pub fn add_on_request(&mut self, der: CertificateDer<'static>) -> Result<()> {
        self.insert(der, false)
    }

    fn insert(&mut self, der: CertificateDer<'static>, is_loaded: bool) -> Result<()> {
        let (subject, is_authority) = {
            let parsed = certificate::parse(&der)?;
            (parsed.subject().as_raw().to_vec(), crate::verify::is_authority(&parsed))
        };
        match self.trusted.iter().find(|trusted| trusted.der == der) {
            Some(known) if is_loaded => known.is_loaded.store(true, Ordering::Relaxed),
            Some(_) => {}
            None => {
                self.fingerprint = Sha256::new().chain_update(self.fingerprint).chain_update(&der).finalize().into();
                self.trusted.push(Trusted { der, subject, is_authority, is_loaded: Arc::new(is_loaded.into()) });
            }
        }
        Ok(())
    }

    /// A chain has led to this certificate.
    pub(crate) fn note_use(&self, der: &[u8]) {
        if let Some(used) = self.trusted.iter().find(|trusted| trusted.der.as_ref() == der) {
            used.is_loaded.store(true, Ordering::Relaxed);
        }
    }

    fn loaded(&self) -> impl Iterator<Item = &Trusted> {
        self.trusted.iter().filter(|trusted| trusted.is_loaded.load(Ordering::Relaxed))
    }

    /// Adds Mozilla's roots.
    pub fn add_mozilla_roots(&mut self) {
        for root in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
            // A root that does not parse could not be used either.
            let _ = self.add(root.clone().into_owned());
        }
    }

    /// SHA-256 over all that is trusted, in the order in which it was added: equal only where the same is trusted.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// Whether exactly this certificate is trusted.
    pub(crate) fn contains(&self, der: &[u8]) -> bool {
        self.trusted.iter().any(|trusted| trusted.der.as_ref() == der)
    }

    pub(crate) fn with_subject(&self, subject: &[u8]) -> impl Iterator<Item = &CertificateDer<'static>> {
        self.trusted.iter().filter(move |trusted| trusted.subject == subject).map(|trusted| &trusted.der)
    }

    pub(crate) fn authority_subjects(&self) -> impl Iterator<Item = &[u8]> {
        self.trusted.iter().filter(|trusted| trusted.is_authority).map(|trusted| trusted.subject.as_slice())
    }

    /// `get_ca_certs(binary_form=True)`: the authorities.
    pub fn authorities(&self) -> impl Iterator<Item = &[u8]> {
        self.loaded().filter(|trusted| trusted.is_authority).map(|trusted| trusted.der.as_ref())
    }

    /// How many there are, authorities or not.
    pub fn len(&self) -> usize {
        self.loaded().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.loaded().next().is_none()
    }
}
