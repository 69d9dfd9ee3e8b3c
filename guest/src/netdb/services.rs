//! Services by name and by port: `getservbyname` and `getservbyport`.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man3/getservbyname.3.html>

use super::service_rows::ROWS;
use crate::error::{Error, Result};

/// A service: name, port, protocols and aliases.
pub(super) struct Row(
    pub(super) &'static str,
    pub(super) u16,
    pub(super) &'static [&'static str],
    pub(super) &'static [&'static str],
);

/// `socket.getservbyname(servicename[, protocolname])`; capitals count.
///
/// # Errors
/// [`Error::Text`]: no such service over the protocol.
pub fn getservbyname(name: &str, protocol: Option<&str>) -> Result<u16> {
    port_of(name, protocol).ok_or(Error::Text("service/proto not found"))
}

/// `socket.getservbyport(port[, protocolname])`.
///
/// # Errors
/// [`Error::Text`]: no service on the port over the protocol.
pub fn getservbyport(port: u16, protocol: Option<&str>) -> Result<&'static str> {
    name_of(port, protocol).ok_or(Error::Text("port/proto not found"))
}

/// The port of the service that has `name` as its name or as an alias.
pub(super) fn port_of(name: &str, protocol: Option<&str>) -> Option<u16> {
    let mut rows = ROWS.iter().filter(|row| row.has(protocol));
    rows.find(|row| row.0 == name || row.3.contains(&name)).map(|row| row.1)
}

/// The name of the service on `port`.
pub(super) fn name_of(port: u16, protocol: Option<&str>) -> Option<&'static str> {
    ROWS.iter().find(|row| row.1 == port && row.has(protocol)).map(|row| row.0)
}

impl Row {
    fn has(&self, protocol: Option<&str>) -> bool {
        protocol.is_none_or(|protocol| self.2.contains(&protocol))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases_are_found() {
        let cases = [
            ("echo", None, 7),
            ("echo", Some("ddp"), 4),
            ("http", Some("tcp"), 80),
            ("www", None, 80),
            ("sink", Some("udp"), 9),
            ("kdc", None, 750),
            ("syslog", None, 514),
            ("syslog", Some("udp"), 514),
            ("dicom", None, 104),
            ("exec", None, 512),
            ("x11-0", Some("tcp"), 6000),
            ("rtmp", None, 1),
            ("amqp", Some("sctp"), 5672),
            ("postgresql", Some("tcp"), 5432),
            ("fido", None, 60179),
        ];
        for (name, protocol, port) in cases {
            assert_eq!(getservbyname(name, protocol), Ok(port), "{name}");
        }
    }

    #[test]
    fn ports_are_found_in_the_order_of_the_list() {
        let cases = [
            (1, None, "tcpmux"),
            (1, Some("ddp"), "rtmp"),
            (4, None, "echo"),
            (20, Some("tcp"), "ftp-data"),
            (512, None, "exec"),
            (512, Some("udp"), "biff"),
            (513, Some("udp"), "who"),
            (514, None, "shell"),
            (750, Some("tcp"), "kerberos4"),
            (5672, Some("sctp"), "amqp"),
            (443, Some("udp"), "https"),
        ];
        for (port, protocol, name) in cases {
            assert_eq!(getservbyport(port, protocol), Ok(name), "{port}");
        }
    }

    #[test]
    fn others_are_not_found() {
        for (name, protocol) in [("HTTP", None), ("http", Some("udp")), ("http", Some("")), ("", None), ("http ", None)]
        {
            assert_eq!(getservbyname(name, protocol), Err(Error::Text("service/proto not found")), "{name}");
        }
        for (port, protocol) in [(0, None), (80, Some("TCP")), (4, Some("tcp")), (65535, None)] {
            assert_eq!(getservbyport(port, protocol), Err(Error::Text("port/proto not found")), "{port}");
        }
    }
}
