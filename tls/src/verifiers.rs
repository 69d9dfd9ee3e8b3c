//! rustls's verifiers, asking [`crate::verify`]. They run within a call of a connection, on its thread.

use std::cell::RefCell;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error as Refusal, SignatureScheme};

use crate::context::VerifyMode;
use crate::refusals;
use crate::trust::TrustStore;
use crate::verify::{Host, Purpose, Question, VerifyFailure, verify};

thread_local! {
    /// What the last verification on this thread failed for: rustls's errors have no room for it.
    static FAILURE: RefCell<Option<VerifyFailure>> = const { RefCell::new(None) };
}

/// What the last verification failed for, once.
pub(crate) fn take_failure() -> Option<VerifyFailure> {
    FAILURE.with(RefCell::take)
}

/// A verifier for both sides.
#[derive(Clone, Debug)]
pub(crate) struct Verifier {
    pub(crate) store: Arc<TrustStore>,
    pub(crate) mode: VerifyMode,
    pub(crate) flags: u32,
    /// `X509_CHECK_FLAG_…`, if the host is checked.
    pub(crate) check_host: Option<u32>,
    pub(crate) algorithms: WebPkiSupportedAlgorithms,
    hints: Vec<DistinguishedName>,
}

impl Verifier {
    pub(crate) fn new(store: Arc<TrustStore>, mode: VerifyMode, flags: u32, check_host: Option<u32>) -> Self {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        let hints = store.authority_subjects().map(|subject| DistinguishedName::from(subject.to_vec())).collect();
        Self { store, mode, flags, check_host, algorithms, hints }
    }

    fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        purpose: Purpose,
        host: Option<&Host>,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        if self.mode == VerifyMode::None {
            return Ok(());
        }
        let question = Question { leaf, others, store: &self.store, flags: self.flags, purpose, host, now };
        verify(&question).map(drop).map_err(|failure| {
            let refusal = refusals::of_failure(&failure);
            FAILURE.with(|last| last.replace(Some(failure)));
            refusal
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Refusal> {
        let host = self.check_host.map(|flags| Host { name: server_name.to_str().into_owned(), flags });
        self.judge(end_entity, intermediates, Purpose::Server, host.as_ref(), now)
            .map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Refusal> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Refusal> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Verifier {
    fn client_auth_mandatory(&self) -> bool {
        self.mode == VerifyMode::Required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Refusal> {
        self.judge(end_entity, intermediates, Purpose::Client, None, now).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Refusal> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Refusal> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
