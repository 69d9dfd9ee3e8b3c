//! Name constraints of authorities, for the names by which hosts are found: `NAME_CONSTRAINTS_check` for host names and
//! addresses, and `NAME_CONSTRAINTS_check_CN`.
//!
//! webpki checks all names of the extension as well, but knows nothing of common names: for these there is this check alone.

use std::borrow::Cow;

use x509_parser::asn1_rs::{Any, Class, FromDer as _, Tag};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::OID_X509_EXT_NAME_CONSTRAINTS;

use super::code::{self, failure};
use super::{ExpectedHost, VerifyFailure};
use crate::certificate::common_names;
use crate::hostname;

/// `NAME_CHECK_MAX`: comparisons of one certificate with one authority's constraints.
const MOST_COMPARISONS: usize = 1 << 20;

/// Refuses `chain` if a name in it is not one that an authority above may give.
pub(super) fn check(chain: &[&X509Certificate<'_>], host: Option<&ExpectedHost>) -> Result<(), VerifyFailure> {
    let constraints: Vec<Vec<Constraints<'_>>> = chain.iter().map(|of| of_certificate(of)).collect::<Result<_, _>>()?;
    for (depth, certificate) in chain.iter().enumerate().rev() {
        let is_self_issued = certificate.subject().as_raw() == certificate.issuer().as_raw();
        if depth > 0 && is_self_issued {
            continue;
        }
        let above: Vec<&Constraints<'_>> = constraints.iter().skip(depth.saturating_add(1)).rev().flatten().collect();
        if above.is_empty() {
            continue;
        }
        let mut names = alternative_names(certificate);
        if depth == 0 {
            names.extend(common_names_that_are_used(certificate, host)?);
        }
        above.into_iter().try_for_each(|constraints| constraints.check(&names))?;
    }
    Ok(())
}

/// A name by which a host may be found.
enum Name<'a> {
    Host(Cow<'a, str>),
    Address(&'a [u8]),
}

/// The names of the extension.
fn alternative_names<'a>(certificate: &'a X509Certificate<'_>) -> Vec<Name<'a>> {
    let names = hostname::alternative_names(certificate).filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(Name::Host(Cow::Borrowed(*name))),
        GeneralName::IPAddress(octets) => Some(Name::Address(octets)),
        _ => None,
    });
    names.collect()
}

/// What the common names of the peer's own certificate stand for: a host each, or the one that is looked for.
fn common_names_that_are_used<'a>(
    certificate: &X509Certificate<'_>,
    host: Option<&'a ExpectedHost>,
) -> Result<Vec<Name<'a>>, VerifyFailure> {
    let mut names = Vec::new();
    if !hostname::is_common_name_used(certificate, host.map_or(0, |host| host.flags)) {
        return Ok(names);
    }
    for text in common_names(certificate) {
        // Some certificates end a name with a harmless NUL.
        let name = text.trim_end_matches('\0');
        if name.contains('\0') {
            return Err(failure(code::UNSUPPORTED_NAME_SYNTAX));
        }
        // OpenSSL leaves out what is no plain name of a host in a domain. What it then accepts a host by, such as
        // "*.example.com", is no less a name: that of the host.
        match host {
            _ if is_host_name(name) => names.push(Name::Host(Cow::Owned(name.to_owned()))),
            Some(host) if hostname::is_named(&text, host) => names.push(Name::Host(Cow::Borrowed(&host.name))),
            _ => {}
        }
    }
    Ok(names)
}

/// `cn2dnsid`: whether a common name looks like the name of a host in a domain.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    name.contains('.') && name.split('.').all(is_label)
}

/// What one extension says.
struct Constraints<'a> {
    permitted: Vec<GeneralName<'a>>,
    excluded: Vec<GeneralName<'a>>,
}

/// Those of a certificate. An extension that cannot be read counts as well, critical or not: nothing passes it.
fn of_certificate<'a>(certificate: &X509Certificate<'a>) -> Result<Vec<Constraints<'a>>, VerifyFailure> {
    let found = certificate.extensions().iter().filter(|extension| extension.oid == OID_X509_EXT_NAME_CONSTRAINTS);
    found.map(|extension| Constraints::read(extension.value)).collect()
}

impl<'a> Constraints<'a> {
    fn read(der: &'a [u8]) -> Result<Self, VerifyFailure> {
        let mut constraints = Self { permitted: Vec::new(), excluded: Vec::new() };
        for part in children(sequence(der)?)? {
            let list = match (part.class(), part.tag()) {
                (Class::ContextSpecific, Tag(0)) => &mut constraints.permitted,
                (Class::ContextSpecific, Tag(1)) => &mut constraints.excluded,
                _ => return Err(failure(code::INVALID_EXTENSION)),
            };
            for subtree in children(part.data)? {
                let invalid = |_| failure(code::INVALID_EXTENSION);
                let (rest, base) = GeneralName::from_der(subtree.data).map_err(invalid)?;
                if !rest.is_empty() {
                    return Err(failure(code::SUBTREE_MINMAX));
                }
                if matches!(base, GeneralName::Invalid(..)) {
                    return Err(failure(code::UNSUPPORTED_CONSTRAINT_SYNTAX));
                }
                list.push(base);
            }
        }
        Ok(constraints)
    }

    fn check(&self, names: &[Name<'_>]) -> Result<(), VerifyFailure> {
        let bases = self.permitted.len().saturating_add(self.excluded.len());
        if names.len().saturating_mul(bases) > MOST_COMPARISONS {
            return Err(failure(code::UNSPECIFIED));
        }
        names.iter().try_for_each(|name| self.check_one(name))
    }

    /// `nc_match`: below one of the permitted names of its kind, if there are any, and below none of the excluded ones.
    fn check_one(&self, name: &Name<'_>) -> Result<(), VerifyFailure> {
        let compare = |bases: &[GeneralName<'_>]| bases.iter().filter_map(|base| is_below(name, base)).collect();
        let permitted: Vec<bool> = compare(&self.permitted);
        if !permitted.is_empty() && !permitted.contains(&true) {
            return Err(failure(code::PERMITTED_VIOLATION));
        }
        let excluded: Vec<bool> = compare(&self.excluded);
        if excluded.contains(&true) { Err(failure(code::EXCLUDED_VIOLATION)) } else { Ok(()) }
    }
}

/// The contents of a sequence that is all of `der`.
fn sequence(der: &[u8]) -> Result<&[u8], VerifyFailure> {
    match Any::from_der(der) {
        Ok(([], any)) if any.tag() == Tag::Sequence => Ok(any.data),
        Ok(_) | Err(_) => Err(failure(code::INVALID_EXTENSION)),
    }
}

/// The values that follow each other in `data`.
fn children(mut data: &[u8]) -> Result<Vec<Any<'_>>, VerifyFailure> {
    let mut found = Vec::new();
    while !data.is_empty() {
        let (rest, any) = Any::from_der(data).map_err(|_| failure(code::INVALID_EXTENSION))?;
        found.push(any);
        data = rest;
    }
    Ok(found)
}

/// Whether `name` lies in the subtree of `base`; none if that is of another kind.
fn is_below(name: &Name<'_>, base: &GeneralName<'_>) -> Option<bool> {
    match (name, base) {
        (Name::Host(name), GeneralName::DNSName(base)) => Some(is_host_below(name, base)),
        (Name::Address(address), GeneralName::IPAddress(base)) => Some(is_address_below(address, base)),
        _ => None,
    }
}

/// `nc_dns`: the same name, or one with more labels on its left.
fn is_host_below(name: &str, base: &str) -> bool {
    let Some(above) = name.len().checked_sub(base.len()) else { return false };
    let (Some(left), Some(right)) = (name.as_bytes().get(..above), name.as_bytes().get(above..)) else { return false };
    let is_whole = base.is_empty() || left.is_empty() || base.starts_with('.') || left.ends_with(b".");
    is_whole && right.eq_ignore_ascii_case(base.as_bytes())
}

/// `nc_ip`: a base is an address and a mask. What is of no length of an address lies below nothing; webpki refuses it.
fn is_address_below(address: &[u8], base: &[u8]) -> bool {
    let Some((network, mask)) = base.split_at_checked(address.len()) else { return false };
    mask.len() == address.len()
        && address.iter().zip(network).zip(mask).all(|((byte, base), mask)| byte & mask == base & mask)
}
