//! Certificates for tests.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use wasocket_tls::{Context, Settings, certificates_of};

/// An authority that everybody trusts here.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate"))
    }

    /// A context for `host`, whose certificate `change` has had a hand in.
    pub(crate) fn server(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> Context {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([host.to_owned()]).expect("a name");
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2201, 1, 1));
        change(&mut params);
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let mut context = Context::default();
        context
            .load_cert_chain(certificate.pem().as_bytes(), key.serialize_pem().as_bytes(), None)
            .expect("its own certificate");
        context.set(Settings { verify_mode: wasocket_tls::VerifyMode::None, check_host: None, ..Settings::default() });
        context
    }

    /// A context that trusts this authority alone.
    pub(crate) fn client(&self) -> Context {
        let mut context = Context::default();
        self.trusted_by(&mut context);
        context
    }

    /// From now on `context` trusts this authority as well.
    pub(crate) fn trusted_by(&self, context: &mut Context) {
        for certificate in certificates_of(self.0.pem().as_bytes(), false).expect("a certificate") {
            context.trust_mut().add(certificate).expect("an authority");
        }
    }
}
