//! Key exchange: in TLS 1.2 a server of OpenSSL shows a certificate on P-521 only to a client that offers the curve.

use std::fmt;

use p521::elliptic_curve::point::AffineCoordinates as _;
use p521::elliptic_curve::sec1::ToEncodedPoint as _;
use p521::elliptic_curve::zeroize::Zeroize as _;
use p521::{PublicKey, SecretKey};
use rustls::crypto::{ActiveKeyExchange, SharedSecret, SupportedKxGroup, ring};
use rustls::{Error as Refusal, NamedGroup, PeerMisbehaved};

use super::uncompressed;

/// The bytes of a number below the order.
const BYTES: usize = 66;
/// The bits of the first of them that the order reaches.
const TOP_BITS: u8 = 1;

/// ECDHE on P-521.
#[derive(Debug)]
pub(crate) struct Group;

impl SupportedKxGroup for Group {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Refusal> {
        let secret = random_secret()?;
        let public = secret.public_key().to_encoded_point(false).as_bytes().to_vec();
        Ok(Box::new(Started { secret, public }))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

/// A key for one connection. All but one in 2²⁶⁰ numbers will do: a platform that yields another twice is broken.
fn random_secret() -> Result<SecretKey, Refusal> {
    let provider = ring::default_provider();
    for _ in 0..2 {
        let mut bytes = [0; BYTES];
        provider.secure_random.fill(&mut bytes).map_err(|_| Refusal::FailedToGetRandomBytes)?;
        let [top, ..] = &mut bytes;
        *top &= TOP_BITS;
        let secret = SecretKey::from_slice(&bytes);
        bytes.zeroize();
        if let Ok(secret) = secret {
            return Ok(secret);
        }
    }
    Err(Refusal::FailedToGetRandomBytes)
}

struct Started {
    secret: SecretKey,
    public: Vec<u8>,
}

/// Without the secret.
impl fmt::Debug for Started {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Started").finish_non_exhaustive()
    }
}

impl ActiveKeyExchange for Started {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Refusal> {
        // What parses is a point of the curve, and not the one at infinity; its multiple is another such point.
        let peer = uncompressed(peer).and_then(|point| PublicKey::from_sec1_bytes(point).ok());
        let peer = peer.ok_or(Refusal::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare))?;
        let shared = (peer.to_projective() * *self.secret.to_nonzero_scalar()).to_affine();
        Ok(SharedSecret::from(shared.x().as_slice()))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ends_agree_and_garbage_is_refused() {
        let (one, other) = (Group.start().expect("a key"), Group.start().expect("a key"));
        let (of_one, of_other) = (one.pub_key().to_vec(), other.pub_key().to_vec());
        assert_ne!(of_one, of_other);
        let shared = one.complete(&of_other).expect("a secret");
        assert_eq!(shared.secret_bytes().len(), BYTES);
        assert_eq!(shared.secret_bytes(), other.complete(&of_one).expect("the same").secret_bytes());
        for garbage in [&b""[..], &[0], &[4], &[4; 133], &[0; 133], &[0xff; 133], &[2; 67], &of_one[..132]] {
            assert!(Group.start().expect("a key").complete(garbage).is_err(), "{garbage:?}");
        }
    }
}
