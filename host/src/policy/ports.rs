//! The ports a rule names: `80`, `53,80,1000-2000` or `*`.

use std::ops::RangeInclusive;

/// A set of ports. Ranges include both ends, so that 65535 needs no special case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ports(Vec<RangeInclusive<u16>>);

impl Ports {
    /// Reads a comma-separated list of ports and ranges, or `*` for all of them, port 0 included.
    ///
    /// The error says what is wrong, to be followed by nothing.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self(vec![0..=u16::MAX]));
        }
        text.split(',').map(parse_range).collect::<Result<_, _>>().map(Self)
    }

    /// The port, if it is one.
    pub(crate) fn single(&self) -> Option<u16> {
        match &self.0[..] {
            [range] if range.start() == range.end() => Some(*range.start()),
            _ => None,
        }
    }

    pub(crate) fn contains(&self, port: u16) -> bool {
        self.0.iter().any(|range| range.contains(&port))
    }
}

fn parse_range(text: &str) -> Result<RangeInclusive<u16>, String> {
    let Some((first, last)) = text.split_once('-') else {
        let port = parse_port(text)?;
        return Ok(port..=port);
    };
    let range = parse_port(first)?..=parse_port(last)?;
    if range.is_empty() {
        return Err(format!("the port range \"{text}\" ends before it starts"));
    }
    Ok(range)
}

fn parse_port(text: &str) -> Result<u16, String> {
    // `u16::from_str` takes a leading "+".
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let port = digits.then(|| text.parse().ok()).flatten();
    port.ok_or_else(|| format!("\"{text}\" is no port; a port is a number from 0 to 65535"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges_include_both_ends() {
        let ports = Ports::parse("53,80,1000-2000").unwrap();
        for port in [53, 80, 1000, 1500, 2000] {
            assert!(ports.contains(port), "{port}");
        }
        for port in [0, 52, 54, 81, 999, 2001, 65535] {
            assert!(!ports.contains(port), "{port}");
        }
    }

    #[test]
    fn the_last_port_is_a_port() {
        assert!(Ports::parse("65535").unwrap().contains(65535));
        assert!(Ports::parse("1-65535").unwrap().contains(65535));
        assert!(!Ports::parse("1-65535").unwrap().contains(0));
        assert!(Ports::parse("*").unwrap().contains(0));
    }

    #[test]
    fn what_is_no_port_is_refused() {
        for text in ["", "80,", ",80", "65536", "-1", "1-", "+80", "8 0", "http", "20-10", "1-2-3", "0x50"] {
            assert!(Ports::parse(text).is_err(), "{text:?}");
        }
    }
}
