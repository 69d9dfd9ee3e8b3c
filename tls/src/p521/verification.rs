//! ECDSA signatures of others.

use p521::FieldBytes;
use p521::ecdsa::signature::hazmat::PrehashVerifier as _;
use p521::ecdsa::{Signature, VerifyingKey};
use rustls::SignatureScheme;
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use super::{hashed, uncompressed};

/// The algorithms, each with the scheme of TLS that has its hash.
pub(crate) static VERIFICATION: [(SignatureScheme, &dyn SignatureVerificationAlgorithm); 3] = [
    (SignatureScheme::ECDSA_NISTP521_SHA512, &Ecdsa { signature: alg_id::ECDSA_SHA512, hash: hashed::<sha2::Sha512> }),
    (SignatureScheme::ECDSA_NISTP384_SHA384, &Ecdsa { signature: alg_id::ECDSA_SHA384, hash: hashed::<sha2::Sha384> }),
    (SignatureScheme::ECDSA_NISTP256_SHA256, &Ecdsa { signature: alg_id::ECDSA_SHA256, hash: hashed::<sha2::Sha256> }),
];

/// ECDSA on P-521 with one hash.
#[derive(Debug)]
struct Ecdsa {
    signature: AlgorithmIdentifier,
    hash: fn(&[u8]) -> FieldBytes,
}

impl SignatureVerificationAlgorithm for Ecdsa {
    fn verify_signature(&self, public_key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = uncompressed(public_key).ok_or(InvalidSignature)?;
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        key.verify_prehash(&(self.hash)(message), &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}
