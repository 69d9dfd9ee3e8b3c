//! The cipher suites, by OpenSSL's names: one table.

use rustls::crypto::ring::cipher_suite as suites;
use rustls::{CipherSuite, SupportedCipherSuite};

use crate::error::{Error, Result};

/// One cipher suite, as `SSLContext.get_ciphers()` returns it.
#[derive(Clone, Copy, Debug)]
pub struct Cipher {
    /// OpenSSL's name.
    pub name: &'static str,
    /// "TLSv1.3" or "TLSv1.2".
    pub protocol: &'static str,
    /// How many bits its key has.
    pub bits: i32,
    /// OpenSSL's name of what encrypts.
    pub symmetric: &'static str,
    /// How keys are agreed on: "kx-any", "kx-ecdhe".
    pub exchange: &'static str,
    /// How the server authenticates itself: "auth-any", "auth-rsa", "auth-ecdsa".
    pub authentication: &'static str,
    suite: &'static SupportedCipherSuite,
}

impl Cipher {
    /// The number that OpenSSL gives the suite.
    pub fn id(&self) -> u32 {
        0x0300_0000 | u32::from(u16::from(self.suite.suite()))
    }

    /// OpenSSL's line about it.
    pub fn description(&self) -> String {
        let (exchange, authentication) = match self.authentication {
            "auth-any" => ("any", "any"),
            "auth-rsa" => ("ECDH", "RSA"),
            _ => ("ECDH", "ECDSA"),
        };
        let encryption = match self.symmetric {
            "chacha20-poly1305" => "CHACHA20/POLY1305(256)",
            "aes-128-gcm" => "AESGCM(128)",
            _ => "AESGCM(256)",
        };
        format!(
            "{:<30} {} Kx={exchange:<8} Au={authentication:<5} Enc={encryption:<22} Mac=AEAD",
            self.name, self.protocol
        )
    }

    pub(crate) fn suite(&self) -> SupportedCipherSuite {
        *self.suite
    }

    fn is_tls13(&self) -> bool {
        self.protocol == "TLSv1.3"
    }
}

/// All of them, in the order of preference: WebAssembly has no instructions for AES, so ChaCha20 comes first.
pub fn all_ciphers() -> &'static [Cipher] {
    &CIPHERS
}

/// The cipher with rustls's number.
pub(crate) fn cipher_of(suite: CipherSuite) -> Option<&'static Cipher> {
    CIPHERS.iter().find(|cipher| cipher.suite.suite() == suite)
}

/// `SSL_CTX_set_cipher_list(text)`: the suites of TLS 1.2 that it selects, after those of TLS 1.3, which it does not touch.
pub(crate) fn select(text: &str) -> Result<Vec<&'static Cipher>> {
    let mut chosen: Vec<&'static Cipher> = Vec::new();
    let mut dead: Vec<&'static str> = Vec::new();
    for word in text.split([':', ',', ' ', ';']).filter(|word| !word.is_empty()) {
        if word.starts_with('@') {
            continue;
        }
        let (sign, word) = match word.chars().next() {
            Some(sign @ ('!' | '-' | '+')) => (sign, word.get(1..).unwrap_or_default()),
            _ => (' ', word),
        };
        let matching: Vec<&'static Cipher> =
            CIPHERS.iter().filter(|cipher| !cipher.is_tls13() && is_meant(cipher, word)).collect();
        match sign {
            '!' | '-' => {
                chosen.retain(|cipher| !matching.iter().any(|other| other.name == cipher.name));
                if sign == '!' {
                    dead.extend(matching.iter().map(|cipher| cipher.name));
                }
            }
            '+' => chosen.sort_by_key(|cipher| matching.iter().any(|other| other.name == cipher.name)),
            _ => {
                for cipher in matching {
                    let known = chosen.iter().any(|other| other.name == cipher.name) || dead.contains(&cipher.name);
                    if !known {
                        chosen.push(cipher);
                    }
                }
            }
        }
    }
    if chosen.is_empty() {
        return Err(Error::ssl("NO_CIPHER_MATCH", "No cipher can be selected."));
    }
    Ok(CIPHERS.iter().filter(|cipher| cipher.is_tls13()).chain(chosen).collect())
}

fn is_meant(cipher: &Cipher, word: &str) -> bool {
    word.split('+').all(|part| has_property(cipher, part))
}

fn has_property(cipher: &Cipher, word: &str) -> bool {
    match word {
        "ALL" | "DEFAULT" | "HIGH" | "COMPLEMENTOFALL" | "ECDHE" | "EECDH" | "kECDHE" | "kEECDH" | "ECDH"
        | "TLSv1.2" | "AEAD" | "FIPS" => word != "COMPLEMENTOFALL",
        "RSA" | "aRSA" => cipher.authentication == "auth-rsa" && word == "aRSA",
        "ECDSA" | "aECDSA" => cipher.authentication == "auth-ecdsa",
        "AESGCM" | "AES" => cipher.symmetric.starts_with("aes"),
        "AES128" => cipher.symmetric == "aes-128-gcm",
        "AES256" => cipher.symmetric == "aes-256-gcm",
        "CHACHA20" => cipher.symmetric == "chacha20-poly1305",
        "SHA256" => false,
        name => cipher.name == name,
    }
}

macro_rules! cipher {
    ($name:literal, $protocol:literal, $bits:literal, $symmetric:literal, $exchange:literal, $authentication:literal, $suite:ident) => {
        Cipher {
            name: $name,
            protocol: $protocol,
            bits: $bits,
            symmetric: $symmetric,
            exchange: $exchange,
            authentication: $authentication,
            suite: &suites::$suite,
        }
    };
}

static CIPHERS: [Cipher; 9] = [
    cipher!(
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLSv1.3",
        256,
        "chacha20-poly1305",
        "kx-any",
        "auth-any",
        TLS13_CHACHA20_POLY1305_SHA256
    ),
    cipher!("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256, "aes-256-gcm", "kx-any", "auth-any", TLS13_AES_256_GCM_SHA384),
    cipher!("TLS_AES_128_GCM_SHA256", "TLSv1.3", 128, "aes-128-gcm", "kx-any", "auth-any", TLS13_AES_128_GCM_SHA256),
    cipher!(
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "TLSv1.2",
        256,
        "chacha20-poly1305",
        "kx-ecdhe",
        "auth-ecdsa",
        TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
    ),
    cipher!(
        "ECDHE-RSA-CHACHA20-POLY1305",
        "TLSv1.2",
        256,
        "chacha20-poly1305",
        "kx-ecdhe",
        "auth-rsa",
        TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    ),
    cipher!(
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLSv1.2",
        256,
        "aes-256-gcm",
        "kx-ecdhe",
        "auth-ecdsa",
        TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    ),
    cipher!(
        "ECDHE-RSA-AES256-GCM-SHA384",
        "TLSv1.2",
        256,
        "aes-256-gcm",
        "kx-ecdhe",
        "auth-rsa",
        TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
    ),
    cipher!(
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "TLSv1.2",
        128,
        "aes-128-gcm",
        "kx-ecdhe",
        "auth-ecdsa",
        TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    ),
    cipher!(
        "ECDHE-RSA-AES128-GCM-SHA256",
        "TLSv1.2",
        128,
        "aes-128-gcm",
        "kx-ecdhe",
        "auth-rsa",
        TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        select(text).unwrap().iter().filter(|cipher| !cipher.is_tls13()).map(|cipher| cipher.name).collect()
    }

    #[test]
    fn lists_select_as_openssl_does() {
        assert_eq!(names("ALL").len(), 6);
        assert_eq!(names("AESGCM:!AES128").len(), 2);
        assert_eq!(names("ECDHE-RSA-AES128-GCM-SHA256"), ["ECDHE-RSA-AES128-GCM-SHA256"]);
        assert_eq!(names("ECDHE+AESGCM:ECDHE+CHACHA20").first(), Some(&"ECDHE-ECDSA-AES256-GCM-SHA384"));
        assert_eq!(names("DEFAULT:!aNULL:!eNULL:!MD5:!3DES").len(), 6);
        assert_eq!(select("^$:,;?*'dorothyx").unwrap_err().reason, "NO_CIPHER_MATCH");
        assert!(select("AES256-SHA").is_err());
    }
}
