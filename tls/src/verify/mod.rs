//! Verification of certificates with OpenSSL's outcomes.
//!
//! A chain is built and judged as OpenSSL does it, in its order, so that what fails has the number that OpenSSL gives it.
//! That is not what a chain is trusted for: one of several certificates must satisfy webpki as well (see `judge`), which
//! checks every signature, constraint and use again, by its own code. A chain of one is a certificate that is trusted itself.

mod candidates;
mod chain;
pub mod code;
mod constraints;
mod judge;
mod signatures;
mod strict;

use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};

pub(crate) use candidates::is_authority;
pub use signatures::MOST_SIGNATURE_CHECKS;

use crate::trust::TrustStore;

/// Why a certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct VerifyFailure {
    /// `verify_code`.
    pub code: i32,
    /// `verify_message`.
    pub message: String,
}

/// `VERIFY_CRL_CHECK_LEAF`: there are no lists here, so that it refuses everything.
pub const CRL_CHECK: u32 = 0x4;
/// `VERIFY_X509_STRICT`.
pub const X509_STRICT: u32 = 0x20;
/// `VERIFY_X509_PARTIAL_CHAIN`.
pub const PARTIAL_CHAIN: u32 = 0x8_0000;

/// What a certificate is to be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The peer is a server.
    Server,
    /// The peer is a client.
    Client,
}

/// The host that a certificate must name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedHost {
    /// A name, or an address as text.
    pub name: String,
    /// `X509_CHECK_FLAG_…`.
    pub flags: u32,
}

/// What to verify against.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The peer's certificate.
    pub leaf: &'a CertificateDer<'a>,
    /// The other certificates that it sent.
    pub others: &'a [CertificateDer<'a>],
    /// What is trusted.
    pub store: &'a TrustStore,
    /// `VERIFY_…`.
    pub flags: u32,
    /// What the peer is.
    pub purpose: Purpose,
    /// The host that it must name.
    pub host: Option<&'a ExpectedHost>,
    /// The time.
    pub now: UnixTime,
}

/// Verifies; the chain from the peer's certificate to the trusted one.
pub fn verify(question: &Question<'_>) -> Result<Vec<CertificateDer<'static>>, VerifyFailure> {
    verify_by(question, crate::provider::algorithms().all)
}

/// The same, with other algorithms. At most [`MOST_SIGNATURE_CHECKS`] signatures are checked; a chain that needs more is
/// too long.
pub fn verify_by(
    question: &Question<'_>,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
) -> Result<Vec<CertificateDer<'static>>, VerifyFailure> {
    let signatures = signatures::Signatures::new(algorithms);
    let candidates = candidates::Candidates::gather(question)?;
    let chain = chain::build(question, &candidates, &signatures)?;
    judge::judge(question, &chain, &signatures)?;
    if let Some(anchor) = chain.last() {
        question.store.note_use(anchor.der);
    }
    Ok(chain.into_iter().map(|certificate| certificate.der.clone().into_owned()).collect())
}
