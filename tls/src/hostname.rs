//! Whether a certificate is for a host: `X509_check_host` and `X509_check_ip`.

use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use crate::certificate::common_names;
use crate::verify::ExpectedHost;

/// `X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT`.
const ALWAYS_CHECK_SUBJECT: u32 = 0x1;
/// `X509_CHECK_FLAG_NO_WILDCARDS`.
const NO_WILDCARDS: u32 = 0x2;
/// `X509_CHECK_FLAG_NEVER_CHECK_SUBJECT`.
const NEVER_CHECK_SUBJECT: u32 = 0x20;

/// Whether `certificate` names `host`. Names of its extension decide; the common name only if there are none.
pub(crate) fn matches_host(certificate: &X509Certificate<'_>, host: &str, flags: u32) -> bool {
    let wildcards = flags & NO_WILDCARDS == 0;
    host_names(certificate).any(|pattern| matches_pattern(pattern, host, wildcards))
        || is_common_name_used(certificate, flags)
            && common_names(certificate).any(|pattern| matches_pattern(&pattern, host, wildcards))
}

/// Whether a host may be found by the common name: only if the extension names none, or if the flags say so. Whatever name is
/// used must obey the authorities' constraints.
pub(crate) fn is_common_name_used(certificate: &X509Certificate<'_>, flags: u32) -> bool {
    let is_last_resort = host_names(certificate).next().is_none();
    flags & NEVER_CHECK_SUBJECT == 0 && (is_last_resort || flags & ALWAYS_CHECK_SUBJECT != 0)
}

/// Whether `pattern` names `host`.
pub(crate) fn is_named(pattern: &str, host: &ExpectedHost) -> bool {
    matches_pattern(pattern, &host.name, host.flags & NO_WILDCARDS == 0)
}

fn host_names<'a>(certificate: &'a X509Certificate<'_>) -> impl Iterator<Item = &'a str> {
    alternative_names(certificate).filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(*name),
        _ => None,
    })
}

/// Whether `certificate` names the address `address`.
pub(crate) fn matches_address(certificate: &X509Certificate<'_>, address: IpAddr) -> bool {
    let octets = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    alternative_names(certificate).any(|name| matches!(name, GeneralName::IPAddress(bytes) if *bytes == octets))
}

/// The names of the extension; none if it cannot be read.
pub(crate) fn alternative_names<'a>(certificate: &'a X509Certificate<'_>) -> impl Iterator<Item = &'a GeneralName<'a>> {
    let extension = certificate.subject_alternative_name().ok().flatten();
    extension.into_iter().flat_map(|extension| extension.value.general_names.iter())
}

/// A `*` stands for exactly one whole label, the first, of letters, digits and hyphens; a host may also have that `*` itself.
/// A pattern that is no name, or that has fewer than two labels after the `*`, stands for nothing but itself.
fn matches_pattern(pattern: &str, host: &str, wildcards: bool) -> bool {
    if pattern.is_empty() {
        return false;
    }
    match pattern.strip_prefix("*.").filter(|rest| wildcards && rest.contains('.') && is_name(rest)) {
        Some(rest) => host.split_once('.').is_some_and(|(label, host_rest)| {
            rest.eq_ignore_ascii_case(host_rest) && (label == "*" || is_of_label(label))
        }),
        None => pattern.eq_ignore_ascii_case(host),
    }
}

/// Whether these are labels as host names have them: OpenSSL's `valid_star`.
fn is_name(labels: &str) -> bool {
    labels.split('.').all(|label| is_of_label(label) && !label.starts_with('-') && !label.ends_with('-'))
}

fn is_of_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_label() {
        assert!(matches_pattern("*.example.com", "www.example.com", true));
        assert!(matches_pattern("*.EXAMPLE.com", "www.example.COM", true));
        for host in ["example.com", "a.b.example.com", ".example.com", "www.example.org"] {
            assert!(!matches_pattern("*.example.com", host, true), "{host}");
        }
        assert!(!matches_pattern("*.com", "example.com", true));
        assert!(!matches_pattern("w*.example.com", "www.example.com", true));
        assert!(!matches_pattern("*.example.com", "www.example.com", false));
    }

    #[test]
    fn a_star_stands_for_what_names_are_made_of() {
        for label in ["www", "xn--a", "-", "*", "1"] {
            assert!(matches_pattern("*.example.com", &format!("{label}.example.com"), true), "{label}");
        }
        for label in ["a_b", "_", "a b", "**", "a*", "", "[", "%"] {
            assert!(!matches_pattern("*.example.com", &format!("{label}.example.com"), true), "{label}");
        }
    }

    #[test]
    fn a_pattern_that_is_none_stands_for_itself() {
        for pattern in
            ["*", "*.com", "*.a_b.com", "*.-a.com", "*.a-.com", "*.a..com", "*.example.com.", "w*.example.com"]
        {
            assert!(matches_pattern(pattern, &pattern.to_ascii_uppercase(), true), "{pattern}");
            assert!(!matches_pattern(pattern, &pattern.replace('*', "www"), true), "{pattern}");
        }
        assert!(matches_pattern("*.example.com", "*.example.com", false));
    }

    #[test]
    fn names_match_as_they_are() {
        assert!(matches_pattern("localhost", "LocalHost", true));
        assert!(!matches_pattern("", "", true));
        assert!(!matches_pattern("localhost", "localhost.", true));
    }
}
