//! Keys from passwords: what Python's `hashlib` has of OpenSSL, and of nothing else.

use sha2::digest::OutputSizeUser;
use sha2::digest::typenum::Unsigned as _;

/// A hash function by one of the names that OpenSSL has for it.
#[derive(Clone, Copy, Debug)]
pub struct Hash(&'static Entry);

#[derive(Debug)]
struct Entry {
    names: &'static [&'static str],
    size: usize,
    derive: fn(&[u8], &[u8], u32, &mut [u8]),
}

impl Hash {
    /// `hash_name` of `hashlib.pbkdf2_hmac`, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        HASHES.iter().find(|entry| entry.names.iter().any(|known| known.eq_ignore_ascii_case(name))).map(Self)
    }

    /// How many bytes it yields.
    #[must_use]
    pub fn size(self) -> usize {
        self.0.size
    }

    /// `hashlib.pbkdf2_hmac(hash_name, password, salt, iterations, dklen)`: fills `key`. `iterations` is at least 1.
    ///
    /// Source: RFC 8018, section 5.2.
    pub fn pbkdf2(self, password: &[u8], salt: &[u8], iterations: u32, key: &mut [u8]) {
        (self.0.derive)(password, salt, iterations, key);
    }
}

/// What [`scrypt()`] refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScryptError {
    /// `n` is no power of two above 1, or `r` or `p` is 0.
    Parameters,
    /// They need more memory than is allowed.
    Memory,
}

/// The costs of [`scrypt()`].
#[derive(Clone, Copy, Debug)]
pub struct ScryptCost {
    /// `n`: of processor and memory; a power of two.
    pub n: u32,
    /// `r`: the size of a block.
    pub r: u32,
    /// `p`: how often.
    pub p: u32,
    /// `maxmem`: the most memory, in bytes; 0 are OpenSSL's 32 MiB.
    pub most_memory: u32,
}

/// `hashlib.scrypt(password, *, salt, n, r, p, maxmem, dklen)`: fills `key`, which has at least one byte.
///
/// Source: RFC 7914; the limits are those of `EVP_PBE_scrypt`.
pub fn scrypt(password: &[u8], salt: &[u8], cost: ScryptCost, key: &mut [u8]) -> Result<(), ScryptError> {
    let ScryptCost { n, r, p, most_memory } = cost;
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
        return Err(ScryptError::Parameters);
    }
    let most = if most_memory == 0 { MEMORY } else { most_memory.into() };
    let (wide_n, wide_r) = (u64::from(n), u64::from(r));
    let blocks = wide_r.saturating_mul(128).saturating_mul(p.into());
    let table = wide_r.saturating_mul(128).saturating_mul(wide_n + 2);
    let too_many = u64::from(p).saturating_mul(wide_r) >= 1 << 30;
    if too_many || (r < 4 && wide_n >= 1 << (16 * r)) || blocks.saturating_add(table) > most {
        return Err(ScryptError::Memory);
    }
    let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| ScryptError::Parameters)?;
    let params = scrypt::Params::new(log_n, r, p, scrypt::Params::RECOMMENDED_LEN);
    scrypt::scrypt(password, salt, &params.map_err(|_| ScryptError::Parameters)?, key)
        .map_err(|_| ScryptError::Parameters)
}

/// `SCRYPT_MAX_MEM` of OpenSSL.
const MEMORY: u64 = 32 << 20;

/// `Kind: its names`, for each.
macro_rules! hashes {
    ($($kind:ty: $($name:literal)+;)+) => {
        &[$(Entry {
            names: &[$($name),+],
            size: <$kind as OutputSizeUser>::OutputSize::USIZE,
            derive: |password, salt, iterations, key| pbkdf2::pbkdf2_hmac::<$kind>(password, salt, iterations, key),
        }),+]
    };
}

/// Those that HMAC takes and Python has itself, and two that only OpenSSL adds.
static HASHES: &[Entry] = hashes! {
    md5::Md5: "md5" "ssl3-md5";
    sha1::Sha1: "sha1" "sha-1" "ssl3-sha1";
    sha2::Sha224: "sha224" "sha-224" "sha2-224";
    sha2::Sha256: "sha256" "sha-256" "sha2-256";
    sha2::Sha384: "sha384" "sha-384" "sha2-384";
    sha2::Sha512: "sha512" "sha-512" "sha2-512";
    sha2::Sha512_224: "sha512-224" "sha512_224" "sha2-512/224" "sha-512/224";
    sha2::Sha512_256: "sha512-256" "sha512_256" "sha2-512/256" "sha-512/256";
    sha3::Sha3_224: "sha3-224" "sha3_224";
    sha3::Sha3_256: "sha3-256" "sha3_256";
    sha3::Sha3_384: "sha3-384" "sha3_384";
    sha3::Sha3_512: "sha3-512" "sha3_512";
};

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn pbkdf2_is_that_of_rfc_6070() {
        let mut key = [0; 20];
        for name in ["sha1", "SHA-1"] {
            let hash = Hash::named(name).expect("a name of SHA-1");
            assert_eq!(hash.size(), 20);
            hash.pbkdf2(b"password", b"salt", 2, &mut key);
            assert_eq!(hex(&key), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
        }
        assert!(Hash::named("md6").is_none() && Hash::named("").is_none());
    }

    #[test]
    fn scrypt_is_that_of_rfc_7914() {
        let mut key = [0; 64];
        let cost = ScryptCost { n: 1024, r: 8, p: 16, most_memory: 0 };
        assert_eq!(scrypt(b"password", b"NaCl", cost, &mut key), Ok(()));
        assert!(hex(&key).starts_with("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"));
    }

    #[test]
    fn scrypt_has_limits() {
        let cost = |n, r, p| ScryptCost { n, r, p, most_memory: 0 };
        for wrong in [cost(0, 8, 1), cost(1, 8, 1), cost(15, 8, 1), cost(16, 0, 1), cost(16, 8, 0)] {
            assert_eq!(scrypt(b"", b"", wrong, &mut [0]), Err(ScryptError::Parameters), "{wrong:?}");
        }
        for large in
            [cost(1 << 20, 8, 1), cost(1 << 31, u32::MAX, u32::MAX), cost(1 << 16, 1, 1), cost(2, 1 << 20, 1 << 20)]
        {
            assert_eq!(scrypt(b"", b"", large, &mut [0]), Err(ScryptError::Memory), "{large:?}");
        }
    }
}
