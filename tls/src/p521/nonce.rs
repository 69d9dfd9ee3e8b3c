//! The nonce of a signature, from the key and the message alone: RFC 6979, with SHA-512.
//!
//! A nonce that is used twice, or can be guessed in part, gives the key away. This one needs no random numbers.

use hmac::{Hmac, Mac as _};
use p521::elliptic_curve::PrimeField as _;
use p521::elliptic_curve::subtle::ConstantTimeEq as _;
use p521::elliptic_curve::zeroize::Zeroizing;
use p521::{FieldBytes, Scalar};
use sha2::Sha512;

/// How many bits of the last byte of 66 the curve's order does not reach.
const SPARE_BITS: u32 = 7;
/// The bytes of SHA-512.
const HASH: usize = 64;

/// Candidates for the nonce, each as good as the others; RFC 6979, section 3.2.
pub(super) struct Nonces {
    key: Zeroizing<[u8; HASH]>,
    value: Zeroizing<[u8; HASH]>,
    has_begun: bool,
}

impl Nonces {
    /// For a message with the hash `hashed`, which is below the order, and the secret key `secret`.
    pub(super) fn new(secret: &FieldBytes, hashed: &FieldBytes) -> Self {
        let mut nonces = Self { key: [0; HASH].into(), value: [1; HASH].into(), has_begun: false };
        for step in [0, 1] {
            nonces.key = nonces.code(&[&*nonces.value, &[step], secret, hashed]);
            nonces.value = nonces.code(&[&*nonces.value]);
        }
        nonces
    }

    /// HMAC of `parts` under the key.
    fn code(&self, parts: &[&[u8]]) -> Zeroizing<[u8; HASH]> {
        // `new` takes a key of the hash's own block size, which a shorter one is filled up to with zeroes.
        let mut key = hmac::digest::Key::<Hmac<Sha512>>::default();
        for (to, from) in key.iter_mut().zip(self.key.iter()) {
            *to = *from;
        }
        let mut code = <Hmac<Sha512> as hmac::digest::KeyInit>::new(&key);
        for part in parts {
            code.update(part);
        }
        Zeroizing::new(code.finalize().into_bytes().into())
    }

    /// The leftmost 521 bits of two hashes.
    fn candidate(&mut self) -> FieldBytes {
        let mut bits = Zeroizing::new([0; 2 * HASH]);
        for half in bits.chunks_exact_mut(HASH) {
            self.value = self.code(&[&*self.value]);
            half.copy_from_slice(&*self.value);
        }
        let mut candidate = FieldBytes::default();
        let mut above = 0;
        for (to, from) in candidate.iter_mut().zip(bits.iter()) {
            *to = (*from >> SPARE_BITS) | above;
            above = *from << (u8::BITS - SPARE_BITS);
        }
        candidate
    }
}

impl Iterator for Nonces {
    type Item = Scalar;

    /// Never ends, in theory: all but one in 2²⁶⁰ candidates are below the order.
    fn next(&mut self) -> Option<Scalar> {
        loop {
            if self.has_begun {
                self.key = self.code(&[&*self.value, &[0]]);
                self.value = self.code(&[&*self.value]);
            }
            self.has_begun = true;
            let found = Option::<Scalar>::from(Scalar::from_repr(self.candidate()));
            if let Some(scalar) = found.filter(|scalar| !bool::from(scalar.ct_eq(&Scalar::ZERO))) {
                return Some(scalar);
            }
        }
    }
}
