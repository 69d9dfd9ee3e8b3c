//! What rustls refuses, by OpenSSL's reasons: the only place that turns one into the other.

use rustls::{CertificateError, Error as Refusal, InvalidMessage, OtherError, PeerIncompatible, PeerMisbehaved};

use crate::alerts;
use crate::error::Error;
use crate::verify::VerifyFailure;

/// The error for `refusal`, which a connection met. `failure` is what our own verification of a certificate found.
pub(crate) fn of_connection(refusal: &Refusal, failure: Option<VerifyFailure>, server: bool) -> Error {
    match refusal {
        Refusal::AlertReceived(alert) => alerts::received(*alert),
        Refusal::InvalidCertificate(error) => failure.map_or_else(|| of_certificate(error), Error::verification),
        Refusal::NoCertificatesPresented => {
            Error::ssl("PEER_DID_NOT_RETURN_A_CERTIFICATE", "peer did not return a certificate")
        }
        Refusal::PeerIncompatible(reason) => incompatible(reason, server),
        Refusal::DecryptError => {
            Error::ssl("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "decryption failed or bad record mac")
        }
        Refusal::PeerSentOversizedRecord => Error::ssl("DATA_LENGTH_TOO_LONG", "data length too long"),
        Refusal::InvalidMessage(message) => invalid(message),
        Refusal::InappropriateMessage { .. } | Refusal::InappropriateHandshakeMessage { .. } => {
            Error::ssl("UNEXPECTED_MESSAGE", "unexpected message")
        }
        Refusal::PeerMisbehaved(reason) => misbehaved(reason),
        Refusal::NoApplicationProtocol => Error::ssl("NO_APPLICATION_PROTOCOL", "no application protocol"),
        Refusal::HandshakeNotComplete => Error::ssl("UNINITIALIZED", "uninitialized"),
        Refusal::FailedToGetCurrentTime | Refusal::FailedToGetRandomBytes => {
            Error::ssl("INTERNAL_ERROR", "the platform has no clock or no random numbers")
        }
        other => Error::ssl("INTERNAL_ERROR", format!("internal error: {other}")),
    }
}

fn of_certificate(error: &CertificateError) -> Error {
    match error {
        CertificateError::BadSignature => Error::ssl("BAD_SIGNATURE", "bad signature"),
        CertificateError::BadEncoding => Error::of("ASN1", "WRONG_TAG", "wrong tag"),
        other => Error::ssl("BAD_CERTIFICATE", format!("bad certificate: {other}")),
    }
}

fn incompatible(reason: &PeerIncompatible, server: bool) -> Error {
    match reason {
        PeerIncompatible::NoCipherSuitesInCommon => Error::ssl("NO_SHARED_CIPHER", "no shared cipher"),
        PeerIncompatible::NoKxGroupsInCommon => Error::ssl("NO_SUITABLE_KEY_SHARE", "no suitable key share"),
        PeerIncompatible::NamedGroupsExtensionRequired => Error::ssl("NO_SUITABLE_GROUPS", "no suitable groups"),
        PeerIncompatible::NoSignatureSchemesInCommon
        | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => {
            Error::ssl("NO_SUITABLE_SIGNATURE_ALGORITHM", "no suitable signature algorithm")
        }
        PeerIncompatible::ExtendedMasterSecretExtensionRequired => {
            Error::ssl("INCONSISTENT_EXTMS", "the peer does not offer the extended master secret")
        }
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        | PeerIncompatible::SupportedVersionsExtensionRequired
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled
        | PeerIncompatible::Tls13RequiredForQuic => Error::ssl("UNSUPPORTED_PROTOCOL", "unsupported protocol"),
        other if server => Error::ssl("NO_SHARED_CIPHER", format!("no shared cipher: {other:?}")),
        other => Error::ssl("SSLV3_ALERT_HANDSHAKE_FAILURE", format!("handshake failure: {other:?}")),
    }
}

fn invalid(message: &InvalidMessage) -> Error {
    match message {
        InvalidMessage::UnknownProtocolVersion => Error::ssl("WRONG_VERSION_NUMBER", "wrong version number"),
        InvalidMessage::InvalidContentType => Error::ssl("UNEXPECTED_MESSAGE", "unexpected message"),
        InvalidMessage::MessageTooLarge | InvalidMessage::HandshakePayloadTooLarge => {
            Error::ssl("PACKET_LENGTH_TOO_LONG", "packet length too long")
        }
        InvalidMessage::InvalidEmptyPayload => Error::ssl("BAD_LENGTH", "bad length"),
        InvalidMessage::InvalidCcs => Error::ssl("BAD_CHANGE_CIPHER_SPEC", "bad change cipher spec"),
        other => Error::ssl("BAD_EXTENSION", format!("bad message: {other:?}")),
    }
}

fn misbehaved(reason: &PeerMisbehaved) -> Error {
    match reason {
        PeerMisbehaved::TooMuchEarlyDataReceived | PeerMisbehaved::TooManyEmptyFragments => {
            Error::ssl("RECORD_TOO_SMALL", "record too small")
        }
        PeerMisbehaved::TooManyWarningAlertsReceived => Error::ssl("TOO_MANY_WARN_ALERTS", "too many warn alerts"),
        PeerMisbehaved::TooManyKeyUpdateRequests => Error::ssl("TOO_MANY_KEY_UPDATES", "too many key updates"),
        PeerMisbehaved::SignedKxWithWrongAlgorithm | PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme => {
            Error::ssl("WRONG_SIGNATURE_TYPE", "wrong signature type")
        }
        PeerMisbehaved::IllegalTlsInnerPlaintext => Error::ssl("BAD_RECORD_TYPE", "bad record type"),
        other => Error::ssl("ILLEGAL_PARAMETER", format!("illegal parameter: {other:?}")),
    }
}

/// The refusal that makes rustls send the alert that OpenSSL sends for `failure`.
pub(crate) fn of_failure(failure: &VerifyFailure) -> Refusal {
    use crate::verify::code;
    Refusal::InvalidCertificate(match failure.code {
        code::CERT_HAS_EXPIRED => CertificateError::Expired,
        code::UNABLE_TO_GET_ISSUER_CERT
        | code::UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        | code::DEPTH_ZERO_SELF_SIGNED_CERT
        | code::SELF_SIGNED_CERT_IN_CHAIN
        | code::CERT_CHAIN_TOO_LONG
        | code::INVALID_CA
        | code::PATH_LENGTH_EXCEEDED => CertificateError::UnknownIssuer,
        code::CERT_SIGNATURE_FAILURE => CertificateError::BadSignature,
        // The alert bad_certificate, without words of the certificate.
        code::HOSTNAME_MISMATCH | code::IP_ADDRESS_MISMATCH => CertificateError::BadEncoding,
        code::INVALID_PURPOSE => CertificateError::InvalidPurpose,
        code::CERT_NOT_YET_VALID => CertificateError::BadEncoding,
        _ => CertificateError::Other(OtherError(std::sync::Arc::new(failure.clone()))),
    })
}
