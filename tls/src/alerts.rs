//! Alerts of the peer, and records that are none, by OpenSSL's reasons.

use rustls::AlertDescription;

use crate::error::Error;

/// The error for a fatal alert that the peer sent.
pub(crate) fn received(alert: AlertDescription) -> Error {
    let number = u8::from(alert);
    let row = RECEIVED.iter().find(|(known, _, _)| *known == number);
    match row {
        Some((_, reason, text)) => Error::ssl(reason, *text),
        None => Error::ssl("UNKNOWN_ALERT_TYPE", format!("unknown alert type {number}")),
    }
}

/// Why these five bytes begin no record of TLS; none if they may. `is_hello` says that they are the first that a server hears.
pub fn illegal_record_reason(header: &[u8], is_hello: bool) -> Option<Error> {
    let [kind, major, ..] = header else { return None };
    if (20..=23).contains(kind) && *major == 3 {
        return None;
    }
    if is_hello && METHODS.iter().any(|method| header.starts_with(method)) {
        return Some(Error::ssl("HTTP_REQUEST", "http request"));
    }
    if is_hello && header.starts_with(b"CONNE") {
        return Some(Error::ssl("HTTPS_PROXY_REQUEST", "https proxy request"));
    }
    // OpenSSL 3.2 and later: a record that is one of no version.
    Some(Error::ssl("WRONG_VERSION_NUMBER", "wrong version number"))
}

/// Whether a record in clear text says that the peer ends TLS in good order: `close_notify`.
pub(crate) fn is_close_notify(record: &[u8]) -> bool {
    matches!(record, [21, 3, _, 0, 2, _, 0])
}

const METHODS: [&[u8]; 4] = [b"GET ", b"POST ", b"HEAD ", b"PUT "];

/// Number, reason and text of what OpenSSL 3 reports for an alert.
const RECEIVED: &[(u8, &str, &str)] = &[
    (10, "SSLV3_ALERT_UNEXPECTED_MESSAGE", "ssl/tls alert unexpected message"),
    (20, "SSLV3_ALERT_BAD_RECORD_MAC", "ssl/tls alert bad record mac"),
    (21, "TLSV1_ALERT_DECRYPTION_FAILED", "tlsv1 alert decryption failed"),
    (22, "TLSV1_ALERT_RECORD_OVERFLOW", "tlsv1 alert record overflow"),
    (30, "SSLV3_ALERT_DECOMPRESSION_FAILURE", "ssl/tls alert decompression failure"),
    (40, "SSLV3_ALERT_HANDSHAKE_FAILURE", "ssl/tls alert handshake failure"),
    (42, "SSLV3_ALERT_BAD_CERTIFICATE", "ssl/tls alert bad certificate"),
    (43, "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "ssl/tls alert unsupported certificate"),
    (44, "SSLV3_ALERT_CERTIFICATE_REVOKED", "ssl/tls alert certificate revoked"),
    (45, "SSLV3_ALERT_CERTIFICATE_EXPIRED", "ssl/tls alert certificate expired"),
    (46, "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "ssl/tls alert certificate unknown"),
    (47, "SSLV3_ALERT_ILLEGAL_PARAMETER", "ssl/tls alert illegal parameter"),
    (48, "TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
    (49, "TLSV1_ALERT_ACCESS_DENIED", "tlsv1 alert access denied"),
    (50, "TLSV1_ALERT_DECODE_ERROR", "tlsv1 alert decode error"),
    (51, "TLSV1_ALERT_DECRYPT_ERROR", "tlsv1 alert decrypt error"),
    (70, "TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"),
    (71, "TLSV1_ALERT_INSUFFICIENT_SECURITY", "tlsv1 alert insufficient security"),
    (80, "TLSV1_ALERT_INTERNAL_ERROR", "tlsv1 alert internal error"),
    (86, "TLSV1_ALERT_INAPPROPRIATE_FALLBACK", "tlsv1 alert inappropriate fallback"),
    (90, "TLSV1_ALERT_USER_CANCELLED", "tlsv1 alert user cancelled"),
    (100, "TLSV1_ALERT_NO_RENEGOTIATION", "tlsv1 alert no renegotiation"),
    (109, "TLSV13_ALERT_MISSING_EXTENSION", "tlsv13 alert missing extension"),
    (110, "TLSV1_UNSUPPORTED_EXTENSION", "tlsv1 unsupported extension"),
    (111, "TLSV1_CERTIFICATE_UNOBTAINABLE", "tlsv1 certificate unobtainable"),
    (112, "TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name"),
    (113, "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE", "tlsv1 bad certificate status response"),
    (114, "TLSV1_BAD_CERTIFICATE_HASH_VALUE", "tlsv1 bad certificate hash value"),
    (115, "TLSV1_ALERT_UNKNOWN_PSK_IDENTITY", "tlsv1 alert unknown psk identity"),
    (116, "TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required"),
    (120, "TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "tlsv1 alert no application protocol"),
];
