//! Keys of our own: `load_cert_chain`.

use std::fmt;
use std::sync::Arc;

use ecdsa::hazmat::sign_prehashed;
use p521::elliptic_curve::sec1::ToEncodedPoint as _;
use p521::elliptic_curve::zeroize::Zeroizing;
use p521::pkcs8::DecodePrivateKey as _;
use p521::{NistP521, SecretKey};
use rustls::pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer, alg_id};
use rustls::sign::{Signer, SigningKey, public_key_to_spki};
use rustls::{Error as Refusal, SignatureAlgorithm, SignatureScheme};
use sha2::Sha512;

use super::hashed;
use super::nonce::Nonces;

/// The only scheme of a key on this curve: TLS 1.3 fixes the hash, and TLS 1.2 has it as well.
const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP521_SHA512;

/// A private key.
#[derive(Clone)]
pub(crate) struct Key(Arc<SecretKey>);

impl Key {
    /// Reads PKCS #8 or SEC 1; none if it is not a key on P-521.
    pub(crate) fn read(der: &PrivateKeyDer<'_>) -> Option<Self> {
        let key = match der {
            PrivateKeyDer::Pkcs8(der) => SecretKey::from_pkcs8_der(der.secret_pkcs8_der()).ok()?,
            PrivateKeyDer::Sec1(der) => SecretKey::from_sec1_der(der.secret_sec1_der()).ok()?,
            _ => return None,
        };
        Some(Self(Arc::new(key)))
    }

    /// The signature of `message` with SHA-512, in DER: the same each time.
    fn sign_message(&self, message: &[u8]) -> Option<Vec<u8>> {
        let hashed = hashed::<Sha512>(message);
        let secret = self.0.to_nonzero_scalar();
        let nonces = Nonces::new(&Zeroizing::new(self.0.to_bytes()), &hashed);
        // Only one of the two numbers of a signature being zero would need another nonce.
        let mut made = nonces.filter_map(|nonce| sign_prehashed::<NistP521, _>(&secret, nonce, &hashed).ok());
        made.next().map(|(signature, _)| signature.to_der().as_bytes().to_vec())
    }
}

/// Without the key itself.
impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Key").finish_non_exhaustive()
    }
}

impl SigningKey for Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SCHEME).then(|| Box::new(self.clone()) as _)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        let point = self.0.public_key().to_encoded_point(false);
        Some(public_key_to_spki(&alg_id::ECDSA_P521, point.as_bytes()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Refusal> {
        self.sign_message(message).ok_or_else(|| Refusal::General(String::from("signing failed")))
    }

    fn scheme(&self) -> SignatureScheme {
        SCHEME
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::p521::VERIFICATION;

    /// Key, and for each message the two numbers of its signature: RFC 6979, section A.2.7, with SHA-512.
    const SECRET: &str = "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1\
                          466F6D8FBEC67DB89EC0C08B0E996B83538";
    const SIGNATURES: [(&str, &str, &str); 2] = [
        (
            "sample",
            "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4\
             E8455CC91F9B15BF05EC36E377FA",
            "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8\
             CCB1DCCC43997F1EE0E44DA4A67A",
        ),
        (
            "test",
            "013E99020ABF5CEE7525D16B69B229652AB6BDF2AFFCAEF38773B4B7D08725F10CDB93482FDCC54EDCEE91ECA4166B2A7C6265EF\
             0CE2BD7051B7CEF945BABD47EE6D",
            "01FBD0013C674AA79CB39849527916CE301C66EA7CE8B80682786AD60F98F7E78A19CA69EFF5C57400E3B3A0AD66CE0978214D13\
             BAF4E9AC60752F7B155E2DE4DCE3",
        ),
    ];

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        let digits: Vec<u8> = hexadecimal.chars().map(|digit| digit.to_digit(16).expect("a digit") as u8).collect();
        digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
    }

    fn key() -> Key {
        Key(Arc::new(SecretKey::from_slice(&bytes(SECRET)).expect("a key")))
    }

    #[test]
    fn signatures_are_those_of_rfc_6979() {
        for (message, r, s) in SIGNATURES {
            let signature = key().sign_message(message.as_bytes()).expect("a signature");
            let signature = p521::ecdsa::Signature::from_der(&signature).expect("DER").to_bytes();
            assert_eq!(signature.as_slice(), [bytes(r), bytes(s)].concat(), "{message}");
        }
    }

    #[test]
    fn what_is_signed_verifies_and_nothing_else_does() {
        let point = key().0.public_key().to_encoded_point(false);
        let signature = key().sign_message(b"message").expect("a signature");
        let verify = |point: &[u8], message: &[u8], signature: &[u8]| {
            VERIFICATION.map(|(_, algorithm)| algorithm.verify_signature(point, message, signature).is_ok())
        };
        assert_eq!(verify(point.as_bytes(), b"message", &signature), [true, false, false], "one hash alone is right");
        assert_eq!(verify(point.as_bytes(), b"messagf", &signature), [false; 3]);
        let compressed = key().0.public_key().to_encoded_point(true);
        assert_eq!(verify(compressed.as_bytes(), b"message", &signature), [false; 3]);
        for length in 0..signature.len() {
            let (cut, _) = signature.split_at(length);
            assert_eq!(verify(point.as_bytes(), b"message", cut), [false; 3]);
        }
        for garbage in [&b""[..], b"\x04", &[4; 133], &[0; 1], &[0xff; 133], &[0xff; 4096]] {
            assert_eq!(verify(garbage, b"message", &signature), [false; 3]);
            assert_eq!(verify(point.as_bytes(), b"message", garbage), [false; 3]);
        }
    }
}
