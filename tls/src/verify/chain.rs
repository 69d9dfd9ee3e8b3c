//! Building a chain: from the peer's certificate to one that is trusted, trusted issuers first.

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;

use super::{PARTIAL_CHAIN, Question, VerifyFailure, code};
use crate::certificate::parse;

/// OpenSSL's own limit for a chain.
const LONGEST: usize = 100;

/// The chain, or why there is none.
pub(super) fn build(question: &Question<'_>) -> Result<Vec<CertificateDer<'static>>, VerifyFailure> {
    let mut chain = vec![question.leaf.clone().into_owned()];
    let mut anchored = false;
    loop {
        if chain.len() > LONGEST {
            return Err(code::failure(code::CERT_CHAIN_TOO_LONG));
        }
        let Some(last) = chain.last() else { return Err(code::failure(code::INVALID_EXTENSION)) };
        let Ok(current) = parse(last) else { return Err(code::failure(code::INVALID_EXTENSION)) };
        let own = is_self_issued(&current);
        let trusted = question.store.contains(last);
        if trusted && (own || question.flags & PARTIAL_CHAIN != 0) {
            return Ok(chain);
        }
        if own {
            let alone = chain.len() == 1;
            let code = if alone { code::DEPTH_ZERO_SELF_SIGNED_CERT } else { code::SELF_SIGNED_CERT_IN_CHAIN };
            return Err(code::failure(code));
        }
        let next = trusted_issuer(question, &current, &chain);
        anchored |= next.is_some();
        let next = if anchored { next } else { sent_issuer(question, &current, &chain) };
        let Some(next) = next else {
            let code = if anchored { code::UNABLE_TO_GET_ISSUER_CERT } else { code::UNABLE_TO_GET_ISSUER_CERT_LOCALLY };
            return Err(code::failure(code));
        };
        chain.push(next);
    }
}

fn trusted_issuer(
    question: &Question<'_>,
    of: &X509Certificate<'_>,
    chain: &[CertificateDer<'static>],
) -> Option<CertificateDer<'static>> {
    best(question, of, question.store.with_subject(of.issuer().as_raw()).filter(|candidate| !chain.contains(candidate)))
}

fn sent_issuer(
    question: &Question<'_>,
    of: &X509Certificate<'_>,
    chain: &[CertificateDer<'static>],
) -> Option<CertificateDer<'static>> {
    best(question, of, question.others.iter().filter(|candidate| !chain.iter().any(|used| used == *candidate)))
}

/// Of the issuers that may be it, one that is valid now if there is one; among equals one that really signed.
fn best<'a, 'der: 'a>(
    question: &Question<'_>,
    of: &X509Certificate<'_>,
    candidates: impl Iterator<Item = &'a CertificateDer<'der>>,
) -> Option<CertificateDer<'static>> {
    let mut best: Option<((bool, bool), &CertificateDer<'_>)> = None;
    for candidate in candidates {
        let Ok(issuer) = parse(candidate) else { continue };
        if !may_be_issuer(&issuer, of) {
            continue;
        }
        let rank = (super::judge::has_signed(&issuer, of), super::judge::is_valid_at(&issuer, question.now).is_ok());
        if best.is_none_or(|(known, _)| rank > known) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.clone().into_owned())
}

/// `X509_check_issued`, without its check of key usages, which has a code of its own.
fn may_be_issuer(issuer: &X509Certificate<'_>, of: &X509Certificate<'_>) -> bool {
    issuer.subject().as_raw() == of.issuer().as_raw()
        && match (authority_key(of), subject_key(issuer)) {
            (Some(asked), Some(there)) => asked == there,
            _ => true,
        }
}

/// Whether subject and issuer are the same, and the key, as far as it is said.
pub(crate) fn is_self_issued(certificate: &X509Certificate<'_>) -> bool {
    certificate.subject().as_raw() == certificate.issuer().as_raw() && may_be_issuer(certificate, certificate)
}

/// Whether it may sign others: with its basic constraints, or as a root of version 1.
pub(crate) fn is_authority(certificate: &X509Certificate<'_>) -> bool {
    let signs = certificate.key_usage().ok().flatten().is_none_or(|usage| usage.value.key_cert_sign());
    let authority = match certificate.basic_constraints() {
        Ok(Some(constraints)) => constraints.value.ca,
        Ok(None) => certificate.version().0 == 0 && is_self_issued(certificate),
        Err(_) => false,
    };
    authority && signs
}

/// The key identifier of the issuer that a certificate names.
pub(super) fn authority_key<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a [u8]> {
    certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(key) => key.key_identifier.as_ref().map(|identifier| identifier.0),
        _ => None,
    })
}

/// The key identifier that a certificate gives itself.
pub(super) fn subject_key<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a [u8]> {
    certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(key) => Some(key.0),
        _ => None,
    })
}
