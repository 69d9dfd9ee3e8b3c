//! Certificates below authorities that may name some hosts only.

use std::path::Path;

use anyhow::Result;
use rcgen::{CertifiedIssuer, CidrSubnet, DnType, GeneralSubtree, IsCa, KeyPair, NameConstraints, SanType};

use super::{authority_of, write};

/// Writes `authority.pem` and `limited-authority.pem`, which is constrained itself; and for each row of [`LEAVES`] a file with
/// its certificate, those above it, and its key.
pub(super) fn make(folder: &Path) -> Result<()> {
    let free = CertifiedIssuer::self_signed(authority_of("authority"), KeyPair::generate()?)?;
    let mut limited = authority_of("limited authority");
    limited.name_constraints = Limits::Permitted("example.com").constraints();
    let limited = CertifiedIssuer::self_signed(limited, KeyPair::generate()?)?;
    write(folder, "authority", &free.pem())?;
    write(folder, "limited-authority", &limited.pem())?;
    for (file, limits, common, names) in LEAVES {
        let mut between = authority_of("between");
        between.name_constraints = limits.constraints();
        let root = if file.starts_with("root") { &limited } else { &free };
        let between = CertifiedIssuer::signed_by(between, KeyPair::generate()?, root)?;
        let mut params = super::params("")?;
        params.distinguished_name.push(DnType::CommonName, *common);
        params.is_ca = IsCa::ExplicitNoCa;
        params.subject_alt_names = names.iter().map(alternative).collect::<Result<_>>()?;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &between)?;
        write(folder, file, &format!("{}{}{}", certificate.pem(), between.pem(), key.serialize_pem()))?;
    }
    Ok(())
}

/// What the authority between may name.
enum Limits {
    Nothing,
    Permitted(&'static str),
    Excluded(&'static str),
    PermittedNetwork(&'static str),
    ExcludedNetwork(&'static str),
}

impl Limits {
    fn constraints(&self) -> Option<NameConstraints> {
        let host = |name: &str| vec![GeneralSubtree::DnsName(name.to_owned())];
        let network = |text: &str| text.parse::<CidrSubnet>().into_iter().map(GeneralSubtree::IpAddress).collect();
        let (permitted_subtrees, excluded_subtrees) = match self {
            Self::Nothing => return None,
            Self::Permitted(name) => (host(name), Vec::new()),
            Self::Excluded(name) => (Vec::new(), host(name)),
            Self::PermittedNetwork(text) => (network(text), Vec::new()),
            Self::ExcludedNetwork(text) => (Vec::new(), network(text)),
        };
        Some(NameConstraints { permitted_subtrees, excluded_subtrees })
    }
}

/// An alternative name: a host, an address, or one of e-mail.
enum Alternative {
    Host(&'static str),
    Address([u8; 4]),
    Mail(&'static str),
}

fn alternative(name: &Alternative) -> Result<SanType> {
    Ok(match name {
        Alternative::Host(name) => SanType::DnsName((*name).try_into()?),
        Alternative::Address(address) => SanType::IpAddress((*address).into()),
        Alternative::Mail(name) => SanType::Rfc822Name((*name).try_into()?),
    })
}

type Row = (&'static str, Limits, &'static str, &'static [Alternative]);

const HOST: &[Alternative] = &[Alternative::Host("victim.test")];
const ADDRESS: &[Alternative] = &[Alternative::Address([127, 0, 0, 1])];

/// File, what the authority between may name, the common name, and the alternative ones.
const LEAVES: &[Row] = &[
    ("free", Limits::Nothing, "victim.test", &[]),
    ("permitted", Limits::Permitted("example.com"), "victim.test", &[]),
    ("permitted-here", Limits::Permitted("victim.test"), "victim.test", &[]),
    ("permitted-above", Limits::Permitted("test"), "victim.test", &[]),
    ("permitted-part", Limits::Permitted("im.test"), "victim.test", &[]),
    ("excluded", Limits::Excluded("VICTIM.test"), "victim.test", &[]),
    ("excluded-above", Limits::Excluded("test"), "victim.test", &[]),
    ("excluded-below", Limits::Excluded("www.victim.test"), "victim.test", &[]),
    ("root", Limits::Nothing, "victim.test", &[]),
    ("root-names", Limits::Nothing, "x", HOST),
    ("address", Limits::Permitted("example.com"), "victim.test", ADDRESS),
    ("mail", Limits::Permitted("example.com"), "victim.test", &[Alternative::Mail("a@b.test")]),
    ("names", Limits::Permitted("example.com"), "x", HOST),
    ("names-excluded", Limits::Excluded("victim.test"), "x", HOST),
    ("names-here", Limits::Permitted("victim.test"), "unrelated.example", HOST),
    ("wildcard", Limits::Permitted("example.com"), "*.victim.test", &[]),
    ("label", Limits::Permitted("example.com"), "victim", &[]),
    ("words", Limits::Permitted("example.com"), "Some Company, Ltd.", &[Alternative::Host("a.example.com")]),
    ("network", Limits::PermittedNetwork("10.0.0.0/8"), "x", ADDRESS),
    ("network-here", Limits::PermittedNetwork("127.0.0.0/8"), "x", ADDRESS),
    ("network-excluded", Limits::ExcludedNetwork("127.0.0.0/8"), "x", ADDRESS),
];
