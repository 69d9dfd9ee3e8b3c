//! The curve P-521 (secp521r1), which *ring* lacks, by RustCrypto's `p521`: certificates, keys and key exchange.
//!
//! Bytes of a peer or a file are refused, never more. Points are taken in their uncompressed form alone, as *ring* takes
//! those of its curves.

mod exchange;
mod nonce;
mod signing;
mod verification;

pub(crate) use exchange::Group;
pub(crate) use signing::Key;
pub(crate) use verification::VERIFICATION;

use p521::FieldBytes;
use sha2::digest::Digest;

/// The first byte of a point that is written as both of its coordinates: SEC 1, section 2.3.3.
const UNCOMPRESSED: u8 = 4;

/// `point` if it is uncompressed.
fn uncompressed(point: &[u8]) -> Option<&[u8]> {
    (point.first() == Some(&UNCOMPRESSED)).then_some(point)
}

/// The hash of `message` as an integer of the curve's size. No hash in use is longer than the curve's order, so none is cut.
fn hashed<D: Digest>(message: &[u8]) -> FieldBytes {
    let mut integer = FieldBytes::default();
    for (to, from) in integer.iter_mut().rev().zip(D::digest(message).iter().rev()) {
        *to = *from;
    }
    integer
}
