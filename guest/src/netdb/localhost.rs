//! The names of this machine's loopback addresses, which no resolver is asked about.
//!
//! # References
//! - <https://www.rfc-editor.org/rfc/rfc6761#section-6.3>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const LOCALHOST: &str = "localhost";

/// The loopback addresses, in the order of the GNU C library where both are configured.
pub(super) const ADDRESSES: [IpAddr; 2] = [IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)];

/// The canonical form of `name` if it is `localhost` or ends in `.localhost`.
pub(super) fn canonical_name(name: &str) -> Option<&str> {
    let absolute = name.strip_suffix('.').unwrap_or(name);
    let start = absolute.len().checked_sub(LOCALHOST.len())?;
    let (domains, top) = absolute.split_at_checked(start)?;
    match (top.eq_ignore_ascii_case(LOCALHOST), domains) {
        (true, "") => Some(LOCALHOST),
        (true, domains) if domains.len() > 1 && domains.ends_with('.') => Some(name),
        _ => None,
    }
}

/// The name of `address`, if it is one of the loopback addresses.
pub(super) fn name_of(address: IpAddr) -> Option<&'static str> {
    ADDRESSES.contains(&address).then_some(LOCALHOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_and_the_names_below_it_are_local() {
        for name in ["localhost", "LocalHost", "localhost."] {
            assert_eq!(canonical_name(name), Some(LOCALHOST), "{name}");
        }
        assert_eq!(canonical_name("app.localhost"), Some("app.localhost"));
        for name in ["", ".", "localhos", "xlocalhost", ".localhost", "localhost.example", "localhost..", "élocalhost"]
        {
            assert_eq!(canonical_name(name), None, "{name}");
        }
    }

    #[test]
    fn only_the_two_addresses_have_the_name() {
        assert_eq!(name_of(IpAddr::V4(Ipv4Addr::LOCALHOST)), Some(LOCALHOST));
        assert_eq!(name_of(IpAddr::V6(Ipv6Addr::LOCALHOST)), Some(LOCALHOST));
        assert_eq!(name_of(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))), None);
        assert_eq!(name_of(IpAddr::V6(Ipv4Addr::LOCALHOST.to_ipv6_mapped())), None);
    }
}
