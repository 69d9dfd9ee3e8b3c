//! What calculates for TLS: *ring*, and for P-521, which it lacks, [`crate::p521`].

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, KeyProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::{PrivateKeyDer, SignatureVerificationAlgorithm};
use rustls::sign::SigningKey;
use rustls::{Error as Refusal, SignatureScheme};

use crate::p521;

type Algorithms = &'static [&'static dyn SignatureVerificationAlgorithm];

/// The provider of every connection.
pub(crate) fn provider() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.signature_verification_algorithms = algorithms();
    provider.kx_groups.push(&p521::Group);
    provider.key_provider = &Keys;
    provider
}

/// The signatures that can be checked, of certificates and of handshakes.
pub(crate) fn algorithms() -> WebPkiSupportedAlgorithms {
    static ALGORITHMS: LazyLock<WebPkiSupportedAlgorithms> = LazyLock::new(with_p521);
    *ALGORITHMS
}

/// *ring*'s algorithms, and for each scheme those on P-521: in TLS 1.2 a scheme does not fix the curve. In TLS 1.3 it does,
/// and the first algorithm is it.
fn with_p521() -> WebPkiSupportedAlgorithms {
    let known = ring::default_provider().signature_verification_algorithms;
    let of = |scheme: SignatureScheme| p521::VERIFICATION.iter().filter(move |(named, _)| *named == scheme);
    let extended = known.mapping.iter().map(|(scheme, algorithms)| {
        let added = of(*scheme).map(|(_, algorithm)| *algorithm);
        (*scheme, leaked(algorithms.iter().copied().chain(added).collect()))
    });
    let own = SignatureScheme::ECDSA_NISTP521_SHA512;
    let mut mapping: Vec<(SignatureScheme, Algorithms)> = extended.collect();
    mapping.push((own, leaked(of(own).map(|(_, algorithm)| *algorithm).collect())));
    let all = known.all.iter().copied().chain(p521::VERIFICATION.iter().map(|(_, algorithm)| *algorithm));
    WebPkiSupportedAlgorithms { all: leaked(all.collect()), mapping: Vec::leak(mapping) }
}

/// rustls wants lists that live as long as the program; these are made once.
fn leaked(algorithms: Vec<&'static dyn SignatureVerificationAlgorithm>) -> Algorithms {
    Vec::leak(algorithms)
}

/// Keys of certificates: *ring* knows RSA, Ed25519, P-256 and P-384.
#[derive(Debug)]
struct Keys;

impl KeyProvider for Keys {
    fn load_private_key(&self, key: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Refusal> {
        match p521::Key::read(&key) {
            Some(key) => Ok(Arc::new(key)),
            None => ring::default_provider().key_provider.load_private_key(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_begins_with_the_algorithm_that_tls_1_3_means() {
        let algorithms = algorithms();
        let known = ring::default_provider().signature_verification_algorithms;
        for (scheme, of_ring) in known.mapping {
            let found = algorithms.mapping.iter().find(|(named, _)| named == scheme).map(|(_, found)| found.first());
            assert_eq!(format!("{:?}", found.flatten()), format!("{:?}", of_ring.first()), "{scheme:?}");
        }
        assert!(algorithms.supported_schemes().contains(&SignatureScheme::ECDSA_NISTP521_SHA512));
        assert!(!known.supported_schemes().contains(&SignatureScheme::ECDSA_NISTP521_SHA512), "ring has it by now");
        assert_eq!(algorithms.all.len(), known.all.len() + 3);
    }
}
