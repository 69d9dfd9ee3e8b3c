//! The numbers and words of OpenSSL for a certificate that does not verify (`X509_V_ERR_…`).

use super::VerifyFailure;

macro_rules! codes {
    ($($name:ident = $number:literal, $message:literal;)*) => {
        $(#[doc = $message] pub const $name: i32 = $number;)*
        const MESSAGES: &[(i32, &str)] = &[$(($number, $message)),*];
    };
}

codes! {
    UNSPECIFIED = 1, "unspecified certificate verification error";
    UNABLE_TO_GET_ISSUER_CERT = 2, "unable to get issuer certificate";
    UNABLE_TO_GET_CRL = 3, "unable to get certificate CRL";
    CERT_SIGNATURE_FAILURE = 7, "certificate signature failure";
    CERT_NOT_YET_VALID = 9, "certificate is not yet valid";
    CERT_HAS_EXPIRED = 10, "certificate has expired";
    DEPTH_ZERO_SELF_SIGNED_CERT = 18, "self-signed certificate";
    SELF_SIGNED_CERT_IN_CHAIN = 19, "self-signed certificate in certificate chain";
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY = 20, "unable to get local issuer certificate";
    CERT_CHAIN_TOO_LONG = 22, "certificate chain too long";
    PATH_LENGTH_EXCEEDED = 25, "path length constraint exceeded";
    INVALID_PURPOSE = 26, "unsuitable certificate purpose";
    UNHANDLED_CRITICAL_EXTENSION = 34, "unhandled critical extension";
    INVALID_EXTENSION = 41, "invalid or inconsistent certificate extension";
    PERMITTED_VIOLATION = 47, "permitted subtree violation";
    EXCLUDED_VIOLATION = 48, "excluded subtree violation";
    SUBTREE_MINMAX = 49, "name constraints minimum and maximum not supported";
    UNSUPPORTED_CONSTRAINT_SYNTAX = 52, "unsupported or invalid name constraint syntax";
    UNSUPPORTED_NAME_SYNTAX = 53, "unsupported or invalid name syntax";
    HOSTNAME_MISMATCH = 62, "hostname mismatch";
    IP_ADDRESS_MISMATCH = 64, "IP address mismatch";
    EE_KEY_TOO_SMALL = 66, "EE certificate key too weak";
    CA_KEY_TOO_SMALL = 67, "CA certificate key too weak";
    CA_MD_TOO_WEAK = 68, "CA signature digest algorithm too weak";
    INVALID_CA = 79, "invalid CA certificate";
    PATHLEN_INVALID_FOR_NON_CA = 80, "Path length invalid for non-CA cert";
    PATHLEN_WITHOUT_KEY_CERT_SIGN = 81, "Path length given without key usage keyCertSign";
    KEY_CERT_SIGN_INVALID_FOR_NON_CA = 82, "Key usage keyCertSign invalid for non-CA cert";
    ISSUER_NAME_EMPTY = 83, "Issuer name empty";
    SUBJECT_NAME_EMPTY = 84, "Subject name empty";
    MISSING_AUTHORITY_KEY_IDENTIFIER = 85, "Missing Authority Key Identifier";
    MISSING_SUBJECT_KEY_IDENTIFIER = 86, "Missing Subject Key Identifier";
    EMPTY_SUBJECT_ALT_NAME = 87, "Empty Subject Alternative Name extension";
    EMPTY_SUBJECT_SAN_NOT_CRITICAL = 88, "Subject empty and Subject Alt Name extension not critical";
    CA_BCONS_NOT_CRITICAL = 89, "Basic Constraints of CA cert not marked critical";
    AUTHORITY_KEY_IDENTIFIER_CRITICAL = 90, "Authority Key Identifier marked critical";
    SUBJECT_KEY_IDENTIFIER_CRITICAL = 91, "Subject Key Identifier marked critical";
    CA_CERT_MISSING_KEY_USAGE = 92, "CA cert does not include key usage extension";
    EXTENSIONS_REQUIRE_VERSION_3 = 93, "Using cert extension requires at least X509v3";
}

/// The failure with the number `code`, in OpenSSL's words.
pub(crate) fn failure(code: i32) -> VerifyFailure {
    let message =
        MESSAGES.iter().find(|(known, _)| *known == code).map_or("certificate verify failed", |(_, text)| text);
    VerifyFailure { code, message: message.to_owned() }
}
