//! The one error type: what Python's `SSLError` and its subclasses show.

use crate::verify::VerifyFailure;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something failed, in OpenSSL's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("[{library}: {reason}] {text}")]
pub struct Error {
    /// Which exception it is.
    pub kind: ErrorKind,
    /// `SSLError.library`; empty if the text stands alone.
    pub library: &'static str,
    /// `SSLError.reason`; empty if there is none.
    pub reason: &'static str,
    /// What it says.
    pub text: String,
}

/// Which exception an error becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// `SSLError`.
    Ssl,
    /// `SSLCertVerificationError`, with `verify_code` and `verify_message`.
    Verification(VerifyFailure),
    /// `SSLEOFError`: the peer's stream ended without TLS's own end.
    EndOfFile,
    /// `SSLZeroReturnError`: the peer has ended TLS in good order.
    Closed,
}

impl Error {
    /// An `SSLError` of the library "SSL".
    pub fn ssl(reason: &'static str, text: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Ssl, library: "SSL", reason, text: text.into() }
    }

    /// An `SSLError` of another library: "PEM", "X509", "ASN1".
    pub fn of(library: &'static str, reason: &'static str, text: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Ssl, library, reason, text: text.into() }
    }

    /// What OpenSSL says of every file in PEM that it cannot use, whatever it lacks.
    pub(crate) fn pem(library: &'static str) -> Self {
        Self::of(library, "", "PEM lib")
    }

    /// An `SSLError` of Python's own, which names no library.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::of("", "", text)
    }

    /// `SSLCertVerificationError`.
    pub(crate) fn verification(failure: VerifyFailure) -> Self {
        let text = format!("certificate verify failed: {}", failure.message);
        Self { kind: ErrorKind::Verification(failure), library: "SSL", reason: "CERTIFICATE_VERIFY_FAILED", text }
    }

    /// `SSLZeroReturnError`.
    pub(crate) fn closed() -> Self {
        let text = String::from("TLS/SSL connection has been closed (EOF)");
        Self { kind: ErrorKind::Closed, library: "", reason: "", text }
    }

    /// `SSLEOFError`.
    pub(crate) fn end_of_file() -> Self {
        let text = String::from("EOF occurred in violation of protocol");
        Self { kind: ErrorKind::EndOfFile, library: "SSL", reason: "UNEXPECTED_EOF_WHILE_READING", text }
    }
}
