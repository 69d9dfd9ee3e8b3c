//! Judging a chain, in OpenSSL's order: uses, strength, names, lists, times and signatures; at last webpki.

use std::time::Duration;

use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_parser::certificate::X509Certificate;
use x509_parser::public_key::PublicKey;

use super::candidates::{Candidate, is_authority};
use super::code::{self, failure};
use super::signatures::Signatures;
use super::{CRL_CHECK, Purpose, Question, VerifyFailure, X509_STRICT, constraints, strict};
use crate::hostname;

type Judgement = Result<(), VerifyFailure>;

/// Refuses `chain` for the first reason that OpenSSL would meet.
pub(super) fn judge(question: &Question<'_>, chain: &[&Candidate<'_>], signatures: &Signatures<'_>) -> Judgement {
    let parsed: Vec<&X509Certificate<'_>> = chain.iter().map(|certificate| &certificate.parsed).collect();
    check_uses(question, &parsed)?;
    check_strength(&parsed)?;
    check_host(question, &parsed)?;
    if question.flags & CRL_CHECK != 0 {
        return Err(failure(code::UNABLE_TO_GET_CRL));
    }
    check_times_and_signatures(question.now, chain, signatures)?;
    constraints::check(&parsed, question.host)?;
    ask_webpki(question, chain, signatures)
}

fn check_uses(question: &Question<'_>, chain: &[&X509Certificate<'_>]) -> Judgement {
    for (depth, certificate) in chain.iter().enumerate() {
        if certificate.extensions().iter().any(|extension| extension.critical && is_unknown(extension)) {
            return Err(failure(code::UNHANDLED_CRITICAL_EXTENSION));
        }
        if depth > 0 && !is_authority(certificate) {
            return Err(failure(code::INVALID_CA));
        }
        if question.flags & X509_STRICT != 0 && chain.len() > 1 {
            strict::check(certificate, depth.saturating_add(1) == chain.len())?;
        }
        if !is_for(certificate, question.purpose, depth == 0) {
            return Err(failure(code::INVALID_PURPOSE));
        }
        let limit = certificate.basic_constraints().ok().flatten().and_then(|found| found.value.path_len_constraint);
        let between = depth.saturating_sub(1);
        if depth > 1 && limit.is_some_and(|limit| between > usize::try_from(limit).unwrap_or(usize::MAX)) {
            return Err(failure(code::PATH_LENGTH_EXCEEDED));
        }
    }
    Ok(())
}

fn is_unknown(extension: &x509_parser::extensions::X509Extension<'_>) -> bool {
    use x509_parser::extensions::ParsedExtension;
    matches!(
        extension.parsed_extension(),
        ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::ParseError { .. } | ParsedExtension::Unparsed
    )
}

/// `X509_check_purpose` with `sslserver` or `sslclient`.
fn is_for(certificate: &X509Certificate<'_>, purpose: Purpose, leaf: bool) -> bool {
    let (Ok(extended), Ok(usage)) = (certificate.extended_key_usage(), certificate.key_usage()) else { return false };
    let named = extended.is_none_or(|extended| match purpose {
        Purpose::Server => extended.value.server_auth,
        Purpose::Client => extended.value.client_auth,
    });
    let usable = !leaf
        || usage.is_none_or(|usage| match purpose {
            Purpose::Server => {
                usage.value.digital_signature() || usage.value.key_encipherment() || usage.value.key_agreement()
            }
            Purpose::Client => usage.value.digital_signature() || usage.value.key_agreement(),
        });
    named && usable
}

/// OpenSSL's security level 2: 112 bits. Its level says nothing about the signature of the trusted certificate itself.
fn check_strength(chain: &[&X509Certificate<'_>]) -> Judgement {
    for (depth, certificate) in chain.iter().enumerate() {
        let weak = match certificate.public_key().parsed() {
            Ok(PublicKey::RSA(key)) => key.key_size() < 2048,
            Ok(PublicKey::EC(point)) => point.key_size() < 224,
            Ok(PublicKey::DSA(_)) | Ok(_) | Err(_) => false,
        };
        if weak {
            return Err(failure(if depth == 0 { code::EE_KEY_TOO_SMALL } else { code::CA_KEY_TOO_SMALL }));
        }
        let last = depth.saturating_add(1) == chain.len();
        let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
        if !last && WEAK_SIGNATURES.contains(&algorithm.as_str()) {
            return Err(failure(code::CA_MD_TOO_WEAK));
        }
    }
    Ok(())
}

/// With MD5 and SHA-1: `md5WithRSAEncryption`, `sha1WithRSAEncryption`, `dsaWithSHA1`, `ecdsa-with-SHA1`.
const WEAK_SIGNATURES: [&str; 4] =
    ["1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10040.4.3", "1.2.840.10045.4.1"];

fn check_host(question: &Question<'_>, chain: &[&X509Certificate<'_>]) -> Judgement {
    let (Some(host), Some(leaf)) = (question.host, chain.first()) else { return Ok(()) };
    let mismatch = |code, what: &str| VerifyFailure {
        code,
        message: format!("{what} mismatch, certificate is not valid for '{}'.", host.name),
    };
    match host.name.parse() {
        Ok(address) if hostname::matches_address(leaf, address) => Ok(()),
        Ok(_) => Err(mismatch(code::IP_ADDRESS_MISMATCH, "IP address")),
        Err(_) if hostname::matches_host(leaf, &host.name, host.flags) => Ok(()),
        Err(_) => Err(mismatch(code::HOSTNAME_MISMATCH, "Hostname")),
    }
}

fn check_times_and_signatures(now: UnixTime, chain: &[&Candidate<'_>], signatures: &Signatures<'_>) -> Judgement {
    for (depth, certificate) in chain.iter().enumerate().rev() {
        if let Some(issuer) = chain.get(depth.saturating_add(1))
            && !signatures.has_signed(issuer, certificate)?
        {
            return Err(failure(code::CERT_SIGNATURE_FAILURE));
        }
        is_valid_at(&certificate.parsed, now).map_err(failure)?;
    }
    Ok(())
}

/// Whether its time has come and not gone.
pub(super) fn is_valid_at(certificate: &X509Certificate<'_>, now: UnixTime) -> Result<(), i32> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let validity = certificate.validity();
    if now < validity.not_before.timestamp() {
        Err(code::CERT_NOT_YET_VALID)
    } else if now > validity.not_after.timestamp() {
        Err(code::CERT_HAS_EXPIRED)
    } else {
        Ok(())
    }
}

/// The second opinion. A trusted certificate that is the peer's own has nothing above it that could be checked.
fn ask_webpki(question: &Question<'_>, chain: &[&Candidate<'_>], signatures: &Signatures<'_>) -> Judgement {
    let chain: Vec<CertificateDer<'_>> =
        chain.iter().map(|certificate| CertificateDer::from(certificate.der.as_ref())).collect();
    let [leaf, between @ .., anchor] = chain.as_slice() else { return Ok(()) };
    let leaf = EndEntityCert::try_from(leaf).map_err(|error| of_webpki(&error))?;
    let anchor = anchor_from_trusted_cert(anchor).map_err(|error| of_webpki(&error))?;
    let usage = match question.purpose {
        Purpose::Server => KeyUsage::server_auth(),
        Purpose::Client => KeyUsage::client_auth(),
    };
    let now = UnixTime::since_unix_epoch(Duration::from_secs(question.now.as_secs()));
    let metered = signatures.metered();
    let algorithms: Vec<&dyn SignatureVerificationAlgorithm> = metered.iter().map(|algorithm| algorithm as _).collect();
    match leaf.verify_for_usage(&algorithms, &[anchor], between, now, usage, None, None) {
        Ok(_) => Ok(()),
        Err(_) if signatures.is_exceeded() => Err(failure(code::CERT_CHAIN_TOO_LONG)),
        Err(error) => Err(of_webpki(&error)),
    }
}

fn of_webpki(error: &webpki::Error) -> VerifyFailure {
    use webpki::Error;
    failure(match error {
        Error::CertExpired { .. } => code::CERT_HAS_EXPIRED,
        Error::CertNotValidYet { .. } => code::CERT_NOT_YET_VALID,
        Error::InvalidSignatureForPublicKey => code::CERT_SIGNATURE_FAILURE,
        Error::NameConstraintViolation => code::PERMITTED_VIOLATION,
        Error::PathLenConstraintViolated => code::PATH_LENGTH_EXCEEDED,
        Error::RequiredEkuNotFoundContext(_) | Error::CaUsedAsEndEntity => code::INVALID_PURPOSE,
        Error::EndEntityUsedAsCa => code::INVALID_CA,
        Error::UnsupportedCriticalExtension => code::UNHANDLED_CRITICAL_EXTENSION,
        Error::MaximumSignatureChecksExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded => code::CERT_CHAIN_TOO_LONG,
        Error::UnknownIssuer => code::UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        _ => code::INVALID_EXTENSION,
    })
}
