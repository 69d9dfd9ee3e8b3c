//! Certificates and keys, as files have them.

use std::slice;
use std::sync::OnceLock;
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls_pki_types::{CertificateDer, UnixTime};
use wasocket_tls::verify::{ExpectedHost, PARTIAL_CHAIN, Purpose, Question, X509_STRICT, verify};
use wasocket_tls::{Context, TrustStore, certificate_facts, certificates_of, is_pem_key_encrypted};

use crate::choice;
use crate::edits::Edits;

/// The first byte says what the rest is; its highest bit, that it is about P-521, whose calculations are another crate's.
pub fn check(input: &[u8]) {
    let Some((selector, rest)) = choice(input) else { return };
    let known = if selector & 0x80 == 0 { known() } else { known_on_p521() };
    match selector % 4 {
        0 => file(rest),
        1 => {
            let changed = Edits::read(rest).applied(&known.der);
            encoded(&changed);
            signed(known, &changed);
        }
        2 => chain(&Edits::read(rest).applied(&known.certificate), &known.key),
        _ => chain(&known.certificate, &Edits::read(rest).applied(&known.key)),
    }
}

/// A certificate that is right, and its key.
struct Known {
    authority: Vec<u8>,
    der: Vec<u8>,
    certificate: Vec<u8>,
    key: Vec<u8>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(["host.test".to_owned(), "127.0.0.1".to_owned()]).expect("names");
        let certificate = params.self_signed(&key).expect("a certificate");
        Known {
            authority: certificate.pem().into_bytes(),
            der: certificate.der().to_vec(),
            certificate: certificate.pem().into_bytes(),
            key: key.serialize_pem().into_bytes(),
        }
    })
}

/// The same, below an authority.
fn known_on_p521() -> &'static Known {
    const AUTHORITY: &[u8] = include_bytes!("../../tls/tests/p521/authority.pem");
    const LEAF: &[u8] = include_bytes!("../../tls/tests/p521/leaf.pem");
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let der = certificates_of(LEAF, false).expect("a certificate")[0].to_vec();
        Known { authority: AUTHORITY.to_vec(), der, certificate: LEAF.to_vec(), key: LEAF.to_vec() }
    })
}

/// Only the certificate that the authority has signed verifies.
fn signed(known: &Known, der: &[u8]) {
    let mut store = TrustStore::default();
    for authority in certificates_of(&known.authority, false).expect("a certificate") {
        store.add(authority).expect("an authority");
    }
    let question = Question {
        leaf: &CertificateDer::from(der.to_vec()),
        others: &[],
        store: &store,
        flags: 0,
        purpose: Purpose::Server,
        host: None,
        now: UnixTime::since_unix_epoch(Duration::from_secs(YEAR_2030)),
    };
    assert_eq!(verify(&question).is_ok(), der == known.der, "{der:x?}");
}

/// Any file: what is read of it can be looked at and trusted, or is refused.
fn file(data: &[u8]) {
    is_pem_key_encrypted(data);
    for is_der in [false, true] {
        let Ok(certificates) = certificates_of(data, is_der) else { continue };
        assert!(!certificates.is_empty(), "no certificates are an error");
        for certificate in &certificates {
            encoded(certificate);
        }
    }
    for password in [None, Some(&b"password"[..])] {
        let error = Context::default().load_cert_chain(data, data, password);
        assert!(error.is_err() || data.windows(4).any(|part| part == b"KEY-"), "a chain without a key");
    }
}

/// A certificate in DER: facts that are facts each time, or an error.
fn encoded(der: &[u8]) {
    let facts = certificate_facts(der).map(|facts| format!("{facts:?}"));
    assert_eq!(facts, certificate_facts(der).map(|facts| format!("{facts:?}")));
    let certificate = CertificateDer::from(der.to_vec());
    let mut store = TrustStore::default();
    if store.add(certificate.clone()).is_ok() {
        assert_eq!(store.len(), 1);
    }
    for (name, flags) in [("host.test", 0), ("127.0.0.1", X509_STRICT), ("other.test", PARTIAL_CHAIN)] {
        let host = ExpectedHost { name: name.to_owned(), flags: 0 };
        let question = Question {
            leaf: &certificate,
            others: slice::from_ref(&certificate),
            store: &store,
            flags,
            purpose: Purpose::Server,
            host: Some(&host),
            now: UnixTime::since_unix_epoch(Duration::from_secs(YEAR_2030)),
        };
        assert!(
            name != "other.test"
                || verify(&question).is_err()
                || facts.as_ref().is_ok_and(|facts| facts.contains("other.test"))
        );
    }
}

const YEAR_2030: u64 = 1_893_456_000;

/// A chain with its key: what is loaded serves, whatever was changed in it.
fn chain(certificate: &[u8], key: &[u8]) {
    let mut context = Context::default();
    if context.load_cert_chain(certificate, key, None).is_ok() {
        let again = Context::default().load_cert_chain(certificate, key, Some(b"of no use"));
        assert_eq!(again, Ok(()), "a key that is not encrypted needs no password");
    }
}
