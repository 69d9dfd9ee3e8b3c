//! Hundreds of certificates that all may have issued each other, as a hostile peer sends them.

use std::path::Path;

use anyhow::Result;
use rcgen::{CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, Issuer, KeyPair};

use super::{authority_of, write};

/// As many as one message of TLS holds.
const CROWD: usize = 150;

/// Writes `authority.pem`, and `alternating.pem` and `anchored.pem`: each a certificate for `victim.test` that nobody of
/// those after it has signed, and its key. The first chain leads nowhere, the second to the authority, by each of them.
pub(super) fn make(folder: &Path) -> Result<()> {
    let authority = CertifiedIssuer::self_signed(authority_of("authority"), KeyPair::generate()?)?;
    write(folder, "authority", &authority.pem())?;
    let keys = [KeyPair::generate()?, KeyPair::generate()?, KeyPair::generate()?];
    let alternating = |number: usize| if number.is_multiple_of(2) { ("A", "B") } else { ("B", "A") };
    for (file, names) in [("alternating", &alternating as &dyn Fn(usize) -> _), ("anchored", &|_| ("A", "authority"))] {
        let mut text = String::new();
        let mut leaf = super::params("")?;
        leaf.subject_alt_names = vec![rcgen::SanType::DnsName("victim.test".try_into()?)];
        leaf.is_ca = IsCa::ExplicitNoCa;
        text.push_str(&signed(leaf, "leaf", "A", &keys[0], &keys[0])?);
        for number in 0..CROWD {
            let (subject, issuer) = names(number);
            text.push_str(&signed(authority_of(subject), subject, issuer, &keys[1], &keys[2])?);
        }
        text.push_str(&keys[0].serialize_pem());
        write(folder, file, &text)?;
    }
    Ok(())
}

/// A certificate that says who issued it, with the signature of `signer`, and without identifiers of keys.
fn signed(
    mut params: CertificateParams,
    subject: &str,
    issuer: &str,
    key: &KeyPair,
    signer: &KeyPair,
) -> Result<String> {
    let named = |name: &str| {
        let mut named = DistinguishedName::new();
        named.push(DnType::CommonName, name);
        named
    };
    params.distinguished_name = named(subject);
    params.use_authority_key_identifier_extension = false;
    let mut above = CertificateParams::default();
    above.distinguished_name = named(issuer);
    Ok(params.signed_by(key, &Issuer::new(above, signer))?.pem())
}
