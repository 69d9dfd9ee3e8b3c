//! PEM files: certificates, and private keys, which may be encrypted.

use pkcs8::EncryptedPrivateKeyInfo;
use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::{Error, Result};

/// The certificates of a PEM text, or of one or more certificates in DER.
pub fn certificates_of(data: &[u8], is_der: bool) -> Result<Vec<CertificateDer<'static>>> {
    let found = if is_der { split_der(data)? } else { split_pem(data)? };
    if found.is_empty() {
        return Err(nothing(is_der));
    }
    for certificate in &found {
        crate::certificate::parse(certificate)?;
    }
    Ok(found)
}

fn nothing(is_der: bool) -> Error {
    let what = if is_der { "not enough data" } else { "no start line" };
    Error::plain(format!("{what}: cadata does not contain a certificate"))
}

fn split_pem(data: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    let mut found = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&trusted_as_plain(data)) {
        found.push(certificate.map_err(|_| Error::of("PEM", "BAD_BASE64_DECODE", "bad base64 decode"))?);
    }
    Ok(found)
}

/// OpenSSL's own "X509 CERTIFICATE" is the same thing.
fn trusted_as_plain(data: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(data).replace(" X509 CERTIFICATE-----", " CERTIFICATE-----").into_bytes()
}

fn split_der(mut data: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
    use x509_parser::prelude::FromDer;
    let mut found = Vec::new();
    while !data.is_empty() {
        let Ok((rest, _)) = x509_parser::certificate::X509Certificate::from_der(data) else {
            // What follows certificates must be one, what stands alone is none.
            return if found.is_empty() {
                Err(nothing(true))
            } else {
                Err(Error::of("ASN1", "WRONG_TAG", "wrong tag"))
            };
        };
        let taken = data.len().saturating_sub(rest.len());
        found.extend(data.get(..taken).map(|certificate| CertificateDer::from(certificate.to_vec())));
        data = rest;
    }
    Ok(found)
}

/// Whether the first private key of a PEM text needs a password.
pub fn is_pem_key_encrypted(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let section = text.find("PRIVATE KEY-----").and_then(|start| text.get(start..)).unwrap_or_default();
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || section.lines().nth(1).is_some_and(|line| line.starts_with("Proc-Type:") && line.contains("ENCRYPTED"))
}

/// The first private key of a PEM text.
pub(crate) fn private_key_of(data: &[u8], password: Option<&[u8]>) -> Result<PrivateKeyDer<'static>> {
    if is_pem_key_encrypted(data) {
        return decrypt(data, password.ok_or_else(|| Error::pem("SSL"))?);
    }
    PrivateKeyDer::from_pem_slice(data).map_err(|_| Error::pem("SSL"))
}

fn decrypt(data: &[u8], password: &[u8]) -> Result<PrivateKeyDer<'static>> {
    let encrypted = encrypted_section(data).ok_or_else(|| {
        let text = "unsupported encryption: the key is encrypted in the old form; convert it with openssl pkcs8 -topk8";
        Error::of("PEM", "UNSUPPORTED_ENCRYPTION", text)
    })?;
    let info = EncryptedPrivateKeyInfo::try_from(encrypted.as_slice())
        .map_err(|_| Error::of("PEM", "UNSUPPORTED_ENCRYPTION", "unsupported encryption"))?;
    let plain = info.decrypt(password).map_err(|_| Error::pem("SSL"))?;
    Ok(PrivatePkcs8KeyDer::from(plain.as_bytes().to_vec()).into())
}

/// What stands between the lines of `ENCRYPTED PRIVATE KEY`, which the PEM reader of rustls passes over.
fn encrypted_section(data: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(data).ok()?;
    let start = text.find(BEGIN)?;
    let body = text.get(start.checked_add(BEGIN.len())?..)?;
    let body = body.get(..body.find("-----END ENCRYPTED PRIVATE KEY-----")?)?;
    // The same bytes under a label that the reader knows.
    let relabelled = format!("-----BEGIN PRIVATE KEY-----{body}-----END PRIVATE KEY-----\n");
    let (kind, der) = rustls::pki_types::pem::from_buf(&mut relabelled.as_bytes()).ok()??;
    (kind == SectionKind::PrivateKey).then_some(der)
}

const BEGIN: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
