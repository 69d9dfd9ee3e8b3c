//! Checking signatures of certificates: each once, and no more of them than a budget, whatever a peer sends.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};
use x509_parser::certificate::X509Certificate;

use super::candidates::Candidate;
use super::{VerifyFailure, code};

/// How many signatures one verification checks at most. The longest chain that webpki takes has 8 certificates: that is 7
/// for each of the two that judge it, and the rest for choices among equals: see `chain`.
pub const MOST_SIGNATURE_CHECKS: usize = 32;

/// The signature checks of one verification.
pub(super) struct Signatures<'a> {
    algorithms: &'a [&'a dyn SignatureVerificationAlgorithm],
    /// Whether the first has signed the second.
    known: RefCell<HashMap<(usize, usize), bool>>,
    budget: Arc<Budget>,
}

impl<'a> Signatures<'a> {
    pub(super) fn new(algorithms: &'a [&'a dyn SignatureVerificationAlgorithm]) -> Self {
        Self { algorithms, known: RefCell::default(), budget: Arc::default() }
    }

    /// Whether `issuer`'s key made the signature of `of`; an error if the budget is used up.
    pub(super) fn has_signed(&self, issuer: &Candidate<'_>, of: &Candidate<'_>) -> Result<bool, VerifyFailure> {
        let pair = (issuer.number, of.number);
        if let Some(known) = self.known.borrow().get(&pair) {
            return Ok(*known);
        }
        if !self.budget.spend() {
            return Err(code::failure(code::CERT_CHAIN_TOO_LONG));
        }
        let has_signed = self.check(&issuer.parsed, &of.parsed);
        self.known.borrow_mut().insert(pair, has_signed);
        Ok(has_signed)
    }

    fn check(&self, issuer: &X509Certificate<'_>, of: &X509Certificate<'_>) -> bool {
        let key = issuer.public_key();
        let key_algorithm = contents(key.algorithm.algorithm.as_bytes(), key.algorithm.parameters.as_ref());
        let named = &of.signature_algorithm;
        let signature_algorithm = contents(named.algorithm.as_bytes(), named.parameters.as_ref());
        let message: &[u8] = of.tbs_certificate.as_ref();
        let fitting = self.algorithms.iter().find(|algorithm| {
            algorithm.public_key_alg_id().as_ref() == key_algorithm
                && algorithm.signature_alg_id().as_ref() == signature_algorithm
        });
        fitting.is_some_and(|algorithm| {
            algorithm.verify_signature(&key.subject_public_key.data, message, &of.signature_value.data).is_ok()
        })
    }

    /// The algorithms for the other verifier of the same chain, which shares the budget.
    pub(super) fn metered(&self) -> Vec<Metered<'a>> {
        self.algorithms
            .iter()
            .map(|algorithm| Metered { algorithm: *algorithm, budget: Arc::clone(&self.budget) })
            .collect()
    }

    /// Whether more was asked for than the budget has.
    pub(super) fn is_exceeded(&self) -> bool {
        self.budget.asked.load(Ordering::Relaxed) > MOST_SIGNATURE_CHECKS
    }
}

/// How many checks were asked for.
#[derive(Debug, Default)]
struct Budget {
    asked: AtomicUsize,
}

impl Budget {
    /// Whether there is one more.
    fn spend(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) < MOST_SIGNATURE_CHECKS
    }
}

/// An algorithm that verifies nothing any more once the budget is used up.
#[derive(Debug)]
pub(super) struct Metered<'a> {
    algorithm: &'a dyn SignatureVerificationAlgorithm,
    budget: Arc<Budget>,
}

impl SignatureVerificationAlgorithm for Metered<'_> {
    fn verify_signature(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        if self.budget.spend() {
            self.algorithm.verify_signature(public_key, message, signature)
        } else {
            Err(InvalidSignature)
        }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}

/// An algorithm identifier as webpki compares it: what stands inside its sequence.
fn contents(identifier: &[u8], parameters: Option<&x509_parser::asn1_rs::Any<'_>>) -> Vec<u8> {
    let short = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
    let mut bytes = vec![0x06, short(identifier.len())];
    bytes.extend_from_slice(identifier);
    if let Some(parameters) = parameters {
        let tag = u8::try_from(parameters.tag().0).unwrap_or(u8::MAX)
            | if parameters.header.is_constructed() { 0x20 } else { 0 };
        bytes.extend([tag, short(parameters.data.len())]);
        bytes.extend_from_slice(parameters.data);
    }
    bytes
}
