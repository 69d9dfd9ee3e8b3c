//! rustls's verifiers, asking [`crate::verify`]. They run within a call of a connection, on its thread.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error as Refusal, SignatureScheme};

use crate::demands::Demands;
use crate::provider;
use crate::refusals;
use crate::settings::VerifyMode;
use crate::trust::TrustStore;
use crate::verify::{Purpose, Question, VerifyFailure, verify};

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
    pub(crate) demands: Demands,
    algorithms: WebPkiSupportedAlgorithms,
    /// The names of the trusted authorities, which a server sends.
    hints: OnceLock<Vec<DistinguishedName>>,
}

impl Verifier {
    pub(crate) fn new(store: Arc<TrustStore>, demands: Demands) -> Self {
        let algorithms = provider::algorithms();
        Self { store, demands, algorithms, hints: OnceLock::new() }
    }

    /// What is to be asked about the chain that a peer sent.
    pub(crate) fn question<'a>(
        &'a self,
        leaf: &'a CertificateDer<'a>,
        others: &'a [CertificateDer<'a>],
        purpose: Purpose,
        now: UnixTime,
    ) -> Question<'a> {
        let Demands { flags, host, .. } = &self.demands;
        Question { leaf, others, store: &self.store, flags: *flags, purpose, host: host.as_ref(), now }
    }

    fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        purpose: Purpose,
        now: UnixTime,
    ) -> Result<(), Refusal> {
        if self.demands.mode == VerifyMode::None {
            return Ok(());
        }
        verify(&self.question(leaf, others, purpose, now)).map(drop).map_err(|failure| {
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
        // What rustls takes for the name: the program's own is in the demands, as it was said.
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Refusal> {
        self.judge(end_entity, intermediates, Purpose::Server, now).map(|()| ServerCertVerified::assertion())
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
        self.demands.mode == VerifyMode::Required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        let names =
            || self.store.authority_subjects().map(|subject| DistinguishedName::from(subject.to_vec())).collect();
        self.hints.get_or_init(names)
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Refusal> {
        self.judge(end_entity, intermediates, Purpose::Client, now).map(|()| ClientCertVerified::assertion())
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
