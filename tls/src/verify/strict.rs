//! `VERIFY_X509_STRICT`: what RFC 5280 demands of certificates, in OpenSSL's order.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ParsedExtension, X509Extension};

use super::VerifyFailure;
use super::candidates::{authority_key, subject_key};
use super::code::{self, failure};

/// Checks one certificate; the last of a chain needs not name the key of its issuer.
pub(super) fn check(certificate: &X509Certificate<'_>, last: bool) -> Result<(), VerifyFailure> {
    match violation(certificate, last) {
        Some(code) => Err(failure(code)),
        None => Ok(()),
    }
}

fn violation(certificate: &X509Certificate<'_>, last: bool) -> Option<i32> {
    let constraints = certificate.basic_constraints().ok().flatten();
    let usage = certificate.key_usage().ok().flatten();
    let authority = constraints.as_ref().is_some_and(|found| found.value.ca);
    let signs = usage.as_ref().is_none_or(|usage| usage.value.key_cert_sign());
    let names = alternative_names(certificate);
    let anonymous = certificate.subject().iter_rdn().next().is_none();
    let critical = |wanted: fn(&ParsedExtension<'_>) -> bool| {
        certificate.extensions().iter().any(|extension| extension.critical && wanted(extension.parsed_extension()))
    };
    let rules = [
        (path_limit(certificate) && !authority, code::PATHLEN_INVALID_FOR_NON_CA),
        (path_limit(certificate) && !signs, code::PATHLEN_WITHOUT_KEY_CERT_SIGN),
        (authority && constraints.is_some_and(|found| !found.critical), code::CA_BCONS_NOT_CRITICAL),
        (authority && usage.is_none(), code::CA_CERT_MISSING_KEY_USAGE),
        (!authority && usage.is_some() && signs, code::KEY_CERT_SIGN_INVALID_FOR_NON_CA),
        (certificate.issuer().iter_rdn().next().is_none(), code::ISSUER_NAME_EMPTY),
        (anonymous && (authority || names.is_none()), code::SUBJECT_NAME_EMPTY),
        (anonymous && names.is_some_and(|names| !names.critical), code::EMPTY_SUBJECT_SAN_NOT_CRITICAL),
        (names.is_some_and(is_empty), code::EMPTY_SUBJECT_ALT_NAME),
        (
            critical(|extension| matches!(extension, ParsedExtension::AuthorityKeyIdentifier(_))),
            code::AUTHORITY_KEY_IDENTIFIER_CRITICAL,
        ),
        (
            critical(|extension| matches!(extension, ParsedExtension::SubjectKeyIdentifier(_))),
            code::SUBJECT_KEY_IDENTIFIER_CRITICAL,
        ),
        (
            is_version_3(certificate) && !last && authority_key(certificate).is_none(),
            code::MISSING_AUTHORITY_KEY_IDENTIFIER,
        ),
        (
            is_version_3(certificate) && authority && subject_key(certificate).is_none(),
            code::MISSING_SUBJECT_KEY_IDENTIFIER,
        ),
        (!is_version_3(certificate) && !certificate.extensions().is_empty(), code::EXTENSIONS_REQUIRE_VERSION_3),
    ];
    rules.into_iter().find(|(violated, _)| *violated).map(|(_, code)| code)
}

fn is_version_3(certificate: &X509Certificate<'_>) -> bool {
    certificate.version().0 >= 2
}

fn path_limit(certificate: &X509Certificate<'_>) -> bool {
    certificate.basic_constraints().ok().flatten().is_some_and(|found| found.value.path_len_constraint.is_some())
}

fn alternative_names<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a X509Extension<'a>> {
    certificate
        .extensions()
        .iter()
        .find(|extension| matches!(extension.parsed_extension(), ParsedExtension::SubjectAlternativeName(_)))
}

fn is_empty(extension: &X509Extension<'_>) -> bool {
    matches!(extension.parsed_extension(), ParsedExtension::SubjectAlternativeName(names) if names.general_names.is_empty())
}
