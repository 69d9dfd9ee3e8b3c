//! The contents of a certificate, as `getpeercert()` returns them.

use std::fmt::Write as _;

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

use crate::error::{Error, Result};
use crate::names::long_name;

/// A distinguished name: a list of sets of attributes.
pub type Name = Vec<Vec<(String, String)>>;

/// The dictionary of `getpeercert()`, in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The subject.
    pub subject: Name,
    /// The issuer.
    pub issuer: Name,
    /// 1 or 3.
    pub version: u32,
    /// In hexadecimal, as OpenSSL writes it.
    pub serial_number: String,
    /// "Jan  5 09:34:43 2018 GMT".
    pub not_before: String,
    /// The same.
    pub not_after: String,
    /// Kind and value; the value of a "DirName" is a name of its own.
    pub alternative_names: Vec<AlternativeName>,
    /// Where to ask whether it was revoked.
    pub ocsp: Vec<String>,
    /// Where its issuer's certificate is.
    pub ca_issuers: Vec<String>,
    /// Where lists of revoked certificates are.
    pub crl_distribution_points: Vec<String>,
}

/// One of `subjectAltName`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlternativeName {
    /// "DNS", "email", "URI", "IP Address", "Registered ID", "othername".
    Text(&'static str, String),
    /// "DirName".
    Directory(Name),
}

/// Reads `der`.
pub fn certificate_facts(der: &[u8]) -> Result<CertificateFacts> {
    let certificate = parse(der)?;
    let mut facts = CertificateFacts {
        subject: distinguished_name(certificate.subject()),
        issuer: distinguished_name(certificate.issuer()),
        version: certificate.version().0.saturating_add(1),
        serial_number: serial_number(certificate.raw_serial()),
        not_before: time_text(certificate.validity().not_before),
        not_after: time_text(certificate.validity().not_after),
        alternative_names: Vec::new(),
        ocsp: Vec::new(),
        ca_issuers: Vec::new(),
        crl_distribution_points: Vec::new(),
    };
    for extension in certificate.extensions() {
        facts.add(extension.parsed_extension());
    }
    Ok(facts)
}

/// Parses one certificate, the whole of `der`.
pub(crate) fn parse(der: &[u8]) -> Result<X509Certificate<'_>> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        Ok(_) | Err(_) => Err(Error::of("ASN1", "WRONG_TAG", "wrong tag")),
    }
}

impl CertificateFacts {
    fn add(&mut self, extension: &ParsedExtension<'_>) {
        match extension {
            ParsedExtension::SubjectAlternativeName(names) => {
                self.alternative_names.extend(names.general_names.iter().map(alternative_name));
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                for description in &access.accessdescs {
                    let GeneralName::URI(uri) = description.access_location else { continue };
                    match description.access_method.to_id_string().as_str() {
                        "1.3.6.1.5.5.7.48.1" => self.ocsp.push(uri.to_owned()),
                        "1.3.6.1.5.5.7.48.2" => self.ca_issuers.push(uri.to_owned()),
                        _ => {}
                    }
                }
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                for point in &points.points {
                    let Some(DistributionPointName::FullName(names)) = &point.distribution_point else { continue };
                    self.crl_distribution_points.extend(names.iter().filter_map(|name| match name {
                        GeneralName::URI(uri) => Some((*uri).to_owned()),
                        _ => None,
                    }));
                }
            }
            _ => {}
        }
    }
}

/// The attributes of `name`, by OpenSSL's long names.
pub(crate) fn distinguished_name(name: &X509Name<'_>) -> Name {
    let attribute = |attribute: &x509_parser::x509::AttributeTypeAndValue<'_>| {
        (long_name(&attribute.attr_type().to_id_string()), string_text(attribute.attr_value()))
    };
    name.iter_rdn().map(|set| set.iter().map(attribute).collect()).collect()
}

/// The common names in a certificate's subject, unchanged.
pub(crate) fn common_names(certificate: &X509Certificate<'_>) -> impl Iterator<Item = String> {
    certificate.subject().iter_common_name().map(|name| string_text(name.attr_value()))
}

/// `ASN1_STRING_to_UTF8`: the types of strings that are older than Unicode hold Latin-1.
fn string_text(value: &Any<'_>) -> String {
    match value.tag() {
        Tag::Utf8String => String::from_utf8_lossy(value.data).into_owned(),
        Tag::BmpString => {
            let units =
                value.data.chunks_exact(2).map(|unit| unit.iter().fold(0, |sum, byte| (sum << 8) | u16::from(*byte)));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Tag::UniversalString => {
            let units =
                value.data.chunks_exact(4).map(|unit| unit.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte)));
            units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        _ => value.data.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn alternative_name(name: &GeneralName<'_>) -> AlternativeName {
    use AlternativeName::{Directory, Text};
    match name {
        GeneralName::DNSName(name) => Text("DNS", (*name).to_owned()),
        GeneralName::RFC822Name(name) => Text("email", (*name).to_owned()),
        GeneralName::URI(uri) => Text("URI", (*uri).to_owned()),
        GeneralName::IPAddress(octets) => Text("IP Address", address_text(octets)),
        GeneralName::RegisteredID(identifier) => Text("Registered ID", long_name(&identifier.to_id_string())),
        GeneralName::DirectoryName(name) => Directory(distinguished_name(name)),
        GeneralName::OtherName(..) => Text("othername", String::from("<unsupported>")),
        GeneralName::X400Address(_) => Text("X400Name", String::from("<unsupported>")),
        GeneralName::EDIPartyName(_) => Text("EdiPartyName", String::from("<unsupported>")),
        GeneralName::Invalid(..) => Text("othername", String::from("<invalid>")),
    }
}

/// As CPython writes addresses of certificates: those of version 6 without `::`.
fn address_text(octets: &[u8]) -> String {
    match octets {
        [a, b, c, d] => format!("{a}.{b}.{c}.{d}"),
        octets if octets.len() == 16 => {
            let groups: Vec<String> = octets
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0_u16, |sum, byte| (sum << 8) | u16::from(*byte)))
                .map(|group| format!("{group:X}"))
                .collect();
            groups.join(":")
        }
        _ => String::from("<invalid>"),
    }
}

/// `i2a_ASN1_INTEGER`: pairs of digits, a minus sign for what is negative.
fn serial_number(raw: &[u8]) -> String {
    let significant = match raw {
        [0, rest @ ..] if !rest.is_empty() => rest,
        raw => raw,
    };
    significant.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// `ASN1_TIME_print`.
fn time_text(time: ASN1Time) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let time = time.to_datetime();
    let month = MONTHS.get(usize::from(u8::from(time.month())).saturating_sub(1)).copied().unwrap_or("Bad");
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!("{month} {:2} {hour:02}:{minute:02}:{second:02} {} GMT", time.day(), time.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_cpython_does() {
        assert_eq!(address_text(&[127, 0, 0, 1]), "127.0.0.1");
        let loopback: Vec<u8> = (0..16).map(|position| u8::from(position == 15)).collect();
        assert_eq!(address_text(&loopback), "0:0:0:0:0:0:0:1");
        assert_eq!(address_text(&[1]), "<invalid>");
    }

    #[test]
    fn serial_numbers_are_pairs_of_digits() {
        assert_eq!(serial_number(&[0, 0xd7, 0x03]), "D703");
        assert_eq!(serial_number(&[0x0a]), "0A");
    }

    #[test]
    fn strings_of_every_type_are_text() {
        for (tag, data, text) in [
            (Tag::Utf8String, "é".as_bytes(), "é"),
            (Tag::PrintableString, b"plain", "plain"),
            (Tag::T61String, b"\xe9", "é"),
            (Tag::BmpString, b"\0\xe9\xd8\0", "é\u{fffd}"),
            (Tag::UniversalString, b"\0\0\0\xe9\xff\0\0\0", "é\u{fffd}"),
            (Tag::BitString, b"\0", "\0"),
        ] {
            assert_eq!(string_text(&Any::from_tag_and_data(tag, data)), text, "{tag}");
        }
    }

    #[test]
    fn garbage_is_refused() {
        for garbage in [&b""[..], b"\x30", b"\x30\x82\xff\xff", &[0x30; 64]] {
            assert!(certificate_facts(garbage).is_err());
        }
    }
}
