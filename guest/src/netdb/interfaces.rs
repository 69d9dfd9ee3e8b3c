//! Network interfaces. WASI has no function for them; every host has a loopback interface, which Linux calls `lo`.

use std::net::Ipv6Addr;

/// Index and name of the one interface that there is wherever there is a network.
pub const LOOPBACK: (u32, &str) = (1, "lo");

/// Whether the C library takes and gives the scope of this address by the name of its interface.
pub(super) fn has_named_scope(address: Ipv6Addr) -> bool {
    address.is_unicast_link_local() || address.segments()[0] & 0xff0f == LINK_LOCAL_MULTICAST
}

/// `ff02::`, whatever its flags.
const LINK_LOCAL_MULTICAST: u16 = 0xff02;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_have_names_where_addresses_are_of_a_link() {
        for (text, expected) in
            [("fe80::1", true), ("ff02::1", true), ("ff12::1", true), ("ff05::1", false), ("::1", false)]
        {
            assert_eq!(text.parse().map(has_named_scope), Ok(expected), "{text}");
        }
    }
}
