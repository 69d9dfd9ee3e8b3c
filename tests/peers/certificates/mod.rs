//! Certificates, good and bad, made anew for each program.

mod constraints;
mod crowds;

use std::path::Path;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

/// Writes `authority.pem`, `stranger.pem` of an authority that nobody should trust, and for each other name a file with a
/// certificate, those above it, and its key.
///
/// Those on P-521, below constrained authorities, and hostile crowds have folders of their own.
///
/// A certificate is for the host `NAME.test` and the address 127.0.0.1, but for what its name says is wrong with it, and for
/// those in `NAMED`.
pub(crate) fn make(folder: &Path) -> Result<()> {
    let authority = issuer("wasocket test authority")?;
    let between = CertifiedIssuer::signed_by(authority_of("wasocket test middle"), KeyPair::generate()?, &authority)?;
    let stranger = issuer("wasocket test stranger")?;
    write(folder, "authority", &authority.pem())?;
    write(folder, "stranger", &stranger.pem())?;
    for kind in KINDS.into_iter().chain(NAMED.iter().map(|(kind, _)| *kind)) {
        let key = KeyPair::generate()?;
        let (certificate, above) = match kind {
            "self-signed" => (params(kind)?.self_signed(&key)?, String::new()),
            "unknown" => (params(kind)?.signed_by(&key, &stranger)?, String::new()),
            "between" => (params(kind)?.signed_by(&key, &between)?, between.pem()),
            "incomplete" => (params(kind)?.signed_by(&key, &between)?, String::new()),
            _ => (params(kind)?.signed_by(&key, &authority)?, String::new()),
        };
        write(folder, kind, &format!("{}{above}{}", certificate.pem(), key.serialize_pem()))?;
    }
    for (name, text) in P521 {
        write(&folder.join("p521"), name, text)?;
    }
    constraints::make(&folder.join("constraints"))?;
    crowds::make(&folder.join("crowds"))
}

/// What *ring* cannot make: see `tls/tests/connections/p521.rs`.
const P521: [(&str, &str); 3] = [
    ("authority", include_str!("../../../tls/tests/p521/authority.pem")),
    ("leaf", include_str!("../../../tls/tests/p521/leaf.pem")),
    ("sha256", include_str!("../../../tls/tests/p521/sha256.pem")),
];

/// The last two are good: the server behaves otherwise under those names.
const KINDS: [&str; 11] = [
    "good",
    "between",
    "incomplete",
    "expired",
    "early",
    "other-host",
    "self-signed",
    "unknown",
    "client-only",
    "protocols",
    "asks-back",
];

/// Certificates for other names: wildcards, what is a name to nobody but those who compare byte by byte, and the name that
/// stood for hosts that could not be sent.
const NAMED: [(&str, &[&str]); 4] = [
    ("wildcard", &["*.bank.example"]),
    ("addresses", &["127.0.0.1", "::1", "fe80::1"]),
    (
        "literal",
        &[
            "bank.example:443",
            "a b",
            "127.0.0.1:443",
            "[::1]",
            "fe80::1%eth0",
            "-bank-.example",
            "good.test.",
            "*",
            "under_score.test",
            "127.1",
            "1.2.3.4.5",
        ],
    ),
    ("placeholder", &["name.invalid", "0.0.0.0"]),
];

fn params(kind: &str) -> Result<CertificateParams> {
    let host = if kind == "other-host" { "elsewhere.test".to_owned() } else { format!("{kind}.test") };
    let names = match NAMED.iter().find(|(named, _)| *named == kind) {
        Some((_, names)) => names.iter().map(ToString::to_string).collect(),
        None => vec![host.clone(), "127.0.0.1".to_owned()],
    };
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, host);
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = match kind {
        "client-only" => vec![ExtendedKeyUsagePurpose::ClientAuth],
        _ => vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth],
    };
    (params.not_before, params.not_after) = match kind {
        "expired" => (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1)),
        "early" => (date_time_ymd(2201, 1, 1), date_time_ymd(2202, 1, 1)),
        _ => (date_time_ymd(2001, 1, 1), date_time_ymd(2201, 1, 1)),
    };
    Ok(params)
}

fn issuer(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>> {
    Ok(CertifiedIssuer::self_signed(authority_of(name), KeyPair::generate()?)?)
}

fn authority_of(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2201, 1, 1));
    params
}

fn write(folder: &Path, name: &str, text: &str) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let path = folder.join(format!("{name}.pem"));
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}
