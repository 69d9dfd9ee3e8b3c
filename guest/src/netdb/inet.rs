//! Addresses as texts and as packed bytes: `inet_aton`, `inet_ntoa`, `inet_pton` and `inet_ntop`.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man3/inet_aton.3.html>
//! - <https://man7.org/linux/man-pages/man3/inet_pton.3.html>

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::c_string;
use super::numbers::{AF_INET, AF_INET6};
use crate::errno::Errno;
use crate::error::{Error, Result};

/// `socket.inet_aton(ip_string)`: one to four numbers in C's notation; whitespace ends the address.
///
/// # Errors
/// [`Error::Text`]: anything else.
pub fn inet_aton(text: &[u8]) -> Result<[u8; 4]> {
    let parsed = parse_numbers(c_string(text)).filter(|(_, rest)| rest.first().is_none_or(|byte| is_space(*byte)));
    let (address, _) = parsed.ok_or(Error::Text("illegal IP address string passed to inet_aton"))?;
    Ok(address.octets())
}

/// `socket.inet_ntoa(packed_ip)`.
///
/// # Errors
/// [`Error::Text`]: not four bytes.
pub fn inet_ntoa(packed: &[u8]) -> Result<String> {
    let octets = <[u8; 4]>::try_from(packed);
    let octets = octets.map_err(|_| Error::Text("packed IP wrong length for inet_ntoa"))?;
    Ok(Ipv4Addr::from(octets).to_string())
}

/// `socket.inet_pton(address_family, ip_string)`: only four decimal numbers for `AF_INET`, and no scope for `AF_INET6`.
///
/// # Errors
/// [`Error::Text`]: not an address of the family. `EAFNOSUPPORT`: another family.
pub fn inet_pton(family: i32, text: &[u8]) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(c_string(text)).unwrap_or_default();
    let packed = match family {
        AF_INET => text.parse().ok().map(|address: Ipv4Addr| address.octets().to_vec()),
        AF_INET6 => text.parse().ok().map(|address: Ipv6Addr| address.octets().to_vec()),
        _ => return Err(Errno::EAFNOSUPPORT.into()),
    };
    packed.ok_or(Error::Text("illegal IP address string passed to inet_pton"))
}

/// `socket.inet_ntop(address_family, packed_ip)`.
///
/// # Errors
/// [`NtopError`]: another family, or the wrong number of bytes.
pub fn inet_ntop(family: i32, packed: &[u8]) -> std::result::Result<String, NtopError> {
    let address = match family {
        AF_INET => <[u8; 4]>::try_from(packed).map(IpAddr::from),
        AF_INET6 => <[u8; 16]>::try_from(packed).map(IpAddr::from),
        _ => return Err(NtopError::UnknownFamily(family)),
    };
    address.map(text).map_err(|_| NtopError::WrongLength)
}

/// Why [`inet_ntop`] failed; its text is that of Python's `ValueError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NtopError {
    /// Neither `AF_INET` nor `AF_INET6`.
    UnknownFamily(i32),
    /// Not as long as addresses of the family are.
    WrongLength,
}

impl fmt::Display for NtopError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFamily(family) => write!(formatter, "unknown address family {family}"),
            Self::WrongLength => formatter.write_str("invalid length of packed IP address string"),
        }
    }
}

impl std::error::Error for NtopError {}

/// The text of `address` as Python shows it in an address tuple: that of `inet_ntop(3)`.
#[must_use]
pub fn text(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => text_v6(address),
    }
}

/// Like Rust's own form but for `::a.b.c.d`, the long deprecated "IPv4-compatible" addresses.
fn text_v6(address: Ipv6Addr) -> String {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            format!("::{a}.{b}.{c}.{d}")
        }
        _ => address.to_string(),
    }
}

/// The whole of `text` as an address in the notation of [`inet_aton`].
pub(super) fn parse_v4(text: &[u8]) -> Option<Ipv4Addr> {
    parse_numbers(text).filter(|(_, rest)| rest.is_empty()).map(|(address, _)| address)
}

/// One to four numbers with dots between them, of which the last fills all bytes that are left; and what follows them.
fn parse_numbers(text: &[u8]) -> Option<(Ipv4Addr, &[u8])> {
    let mut address = 0;
    let mut rest = text;
    for bytes_left in (1..=4_u32).rev() {
        let (number, after) = parse_number(rest)?;
        if let Some(next) = after.strip_prefix(b".") {
            address = (address << 8) | u64::from(u8::try_from(number).ok()?);
            rest = next;
        } else {
            let last = (number < 1 << (8 * bytes_left)).then_some(number)?;
            let address = u32::try_from((address << (8 * bytes_left)) | last).ok()?;
            return Some((Ipv4Addr::from_bits(address), after));
        }
    }
    None
}

/// A number in C's notation, decimal or octal or hexadecimal, and what follows it.
fn parse_number(text: &[u8]) -> Option<(u64, &[u8])> {
    let (radix, digits) = match text {
        [b'0', b'x' | b'X', digits @ ..] if digits.first().is_some_and(u8::is_ascii_hexdigit) => (16, digits),
        [b'0', ..] => (8, text),
        [first, ..] if first.is_ascii_digit() => (10, text),
        _ => return None,
    };
    let mut number = 0_u64;
    let mut rest = digits;
    while let [first, after @ ..] = rest
        && let Some(digit) = char::from(*first).to_digit(radix)
    {
        number = number * u64::from(radix) + u64::from(digit);
        if number > u64::from(u32::MAX) {
            return None;
        }
        rest = after;
    }
    Some((number, rest))
}

/// C's `isspace`.
pub(super) fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inet_aton_takes_numbers_in_c_notation() {
        let cases: &[(&[u8], [u8; 4])] = &[
            (b"127.0.0.1", [127, 0, 0, 1]),
            (b"127.1", [127, 0, 0, 1]),
            (b"1.2.3", [1, 2, 0, 3]),
            (b"1.2.65535", [1, 2, 255, 255]),
            (b"1.16777215", [1, 255, 255, 255]),
            (b"0x7f.1", [127, 0, 0, 1]),
            (b"0X7F000001", [127, 0, 0, 1]),
            (b"017700000001", [127, 0, 0, 1]),
            (b"00000000000000000000177.0.0.1", [127, 0, 0, 1]),
            (b"2130706433", [127, 0, 0, 1]),
            (b"4294967295", [255; 4]),
            (b"0", [0; 4]),
            (b"1.2.3.4 and so on", [1, 2, 3, 4]),
            (b"1.2.3.4\x0b", [1, 2, 3, 4]),
            (b"1.2.3.4\0.5", [1, 2, 3, 4]),
        ];
        for (text, packed) in cases {
            assert_eq!(inet_aton(text), Ok(*packed), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn inet_aton_refuses_everything_else() {
        let texts =
            ["", " 1.2.3.4", "1.", "1..2", ".1", "256.1", "1.2.3.256", "1.2.0200000", "1.0x1000000", "08.1.1.1"]
                .into_iter()
                .chain([
                    "0x",
                    "0xg",
                    "4294967296",
                    "99999999999999999999999",
                    "1.2.3.4.5",
                    "1.2.3.4x",
                    "-1",
                    "+1",
                    "a",
                    "é",
                ]);
        for text in texts {
            let error = Error::Text("illegal IP address string passed to inet_aton");
            assert_eq!(inet_aton(text.as_bytes()), Err(error), "{text}");
        }
    }

    #[test]
    fn inet_ntoa_takes_four_bytes() {
        assert_eq!(inet_ntoa(&[255, 255, 255, 255]), Ok("255.255.255.255".into()));
        for packed in [&[][..], &[1, 2, 3], &[1, 2, 3, 4, 5]] {
            assert_eq!(inet_ntoa(packed), Err(Error::Text("packed IP wrong length for inet_ntoa")));
        }
    }

    #[test]
    fn inet_pton_is_strict() {
        assert_eq!(inet_pton(AF_INET, b"1.2.3.4"), Ok(vec![1, 2, 3, 4]));
        let cases: &[(i32, &[u8])] = &[
            (AF_INET, b""),
            (AF_INET, b"127.1"),
            (AF_INET, b"01.2.3.4"),
            (AF_INET, b"1.2.3.4 "),
            (AF_INET, b"0x1.2.3.4"),
            (AF_INET, b"::1"),
            (AF_INET6, b""),
            (AF_INET6, b":"),
            (AF_INET6, b":::"),
            (AF_INET6, b"1.2.3.4"),
            (AF_INET6, b"12345::"),
            (AF_INET6, b"1:2:3:4:5:6:7:8::"),
            (AF_INET6, b"1:2:3:4:5:6:7:8:9"),
            (AF_INET6, b"::1%1"),
            (AF_INET6, b"::1.2.3"),
            (AF_INET6, b"::01.2.3.4"),
            (AF_INET6, b"\xff::"),
        ];
        for (family, text) in cases {
            let error = Error::Text("illegal IP address string passed to inet_pton");
            assert_eq!(inet_pton(*family, text), Err(error), "{}", text.escape_ascii());
        }
        assert_eq!(inet_pton(1, b"x"), Err(Errno::EAFNOSUPPORT.into()));
    }

    #[test]
    fn ipv6_texts_are_those_of_the_c_library() {
        let cases = [
            ("::", "::"),
            ("::1", "::1"),
            ("::1:0", "::0.1.0.0"),
            ("::1.2.3.4", "::1.2.3.4"),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
            ("::ffff:0:0", "::ffff:0.0.0.0"),
            ("::fffe:1.2.3.4", "::fffe:102:304"),
            ("0:0:1::", "0:0:1::"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
            ("FE80::ABCD", "fe80::abcd"),
            ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
        ];
        for (written, shown) in cases {
            let packed = inet_pton(AF_INET6, written.as_bytes()).unwrap();
            assert_eq!(inet_ntop(AF_INET6, &packed).as_deref(), Ok(shown));
        }
    }

    #[test]
    fn inet_ntop_says_what_is_wrong() {
        assert_eq!(inet_ntop(AF_INET, &[1, 2, 3, 4]).as_deref(), Ok("1.2.3.4"));
        assert_eq!(inet_ntop(AF_INET, &[0; 16]), Err(NtopError::WrongLength));
        assert_eq!(inet_ntop(AF_INET6, &[0; 4]), Err(NtopError::WrongLength));
        assert_eq!(inet_ntop(1, &[0; 4]).unwrap_err().to_string(), "unknown address family 1");
        assert_eq!(NtopError::WrongLength.to_string(), "invalid length of packed IP address string");
    }
}
