//! Certificates for chains of any shape: signatures that anybody can make, by an algorithm that counts how often it is asked.

use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, Error, IsCa, Issuer, KeyIdMethod, PKCS_ED25519, PublicKeyData,
    SignatureAlgorithm, SigningKey, date_time_ymd,
};
use rustls_pki_types::{AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

/// What a certificate says, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Plan {
    /// The number that is its name.
    pub(crate) subject: u8,
    /// The name of who issued it.
    pub(crate) issuer: u8,
    /// The number of its key.
    pub(crate) key: u8,
    /// The key that it is signed with.
    pub(crate) signer: u8,
    pub(crate) is_authority: bool,
    pub(crate) is_expired: bool,
    /// Whether it says the identifiers of both keys.
    pub(crate) names_keys: bool,
    /// Whether its signature is what it should be.
    pub(crate) is_genuine: bool,
}

impl Plan {
    /// An authority that has named its keys and signed itself.
    pub(crate) fn root(name: u8) -> Self {
        Self {
            subject: name,
            issuer: name,
            key: name,
            signer: name,
            is_authority: true,
            is_expired: false,
            names_keys: false,
            is_genuine: true,
        }
    }

    /// An authority below `issuer`, whose key has the number of its name.
    pub(crate) fn below(issuer: u8, name: u8) -> Self {
        Self { issuer, signer: issuer, ..Self::root(name) }
    }

    /// A server's certificate.
    pub(crate) fn leaf(issuer: u8) -> Self {
        Self { is_authority: false, ..Self::below(issuer, u8::MAX) }
    }

    /// The certificate. Plans that are equal make the same.
    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(["host.test".to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, format!("{}", self.subject));
        let identifier = |key: u8| KeyIdMethod::PreSpecified(vec![key]);
        params.key_identifier_method = identifier(self.key);
        params.is_ca = match (self.is_authority, self.names_keys) {
            (true, _) => IsCa::Ca(BasicConstraints::Unconstrained),
            (false, true) => IsCa::ExplicitNoCa,
            (false, false) => IsCa::NoCa,
        };
        params.use_authority_key_identifier_extension = self.names_keys;
        let last = if self.is_expired { 2002 } else { 2201 };
        (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(last, 1, 1));
        params.serial_number = Some(rcgen::SerialNumber::from(vec![1, self.key, self.signer]));
        let mut above = CertificateParams::default();
        above.distinguished_name.push(DnType::CommonName, format!("{}", self.issuer));
        above.key_identifier_method = identifier(self.signer);
        let issuer = Issuer::new(above, Seal([self.signer]));
        let made = params.signed_by(&Seal([self.key]), &issuer).expect("a certificate");
        let mut der = made.der().to_vec();
        if let (Some(last), false) = (der.last_mut(), self.is_genuine) {
            *last ^= 1;
        }
        der.into()
    }
}

/// A key that signs with its number.
struct Seal([u8; 1]);

impl PublicKeyData for Seal {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ED25519
    }
}

impl SigningKey for Seal {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(seal(&self.0, message))
    }
}

/// FNV-1a of key and message: no secret, but no accident makes it either.
fn seal(key: &[u8], message: &[u8]) -> Vec<u8> {
    let bytes = key.iter().chain(message);
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    hash.to_be_bytes().to_vec()
}

/// Checks those signatures, and counts.
#[derive(Debug, Default)]
pub(crate) struct Counted(AtomicUsize);

impl Counted {
    /// How many it has checked.
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl SignatureVerificationAlgorithm for Counted {
    fn verify_signature(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        self.0.fetch_add(1, Ordering::Relaxed);
        if seal(public_key, message) == signature { Ok(()) } else { Err(InvalidSignature) }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ED25519
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ED25519
    }
}
