//! Host names in the form that is compared, and the patterns on them: `example.com`, `*.example.com` or `*`.

use std::fmt;
use std::net::IpAddr;

use super::address::fold;

/// A pattern on host names, for `--allow-resolve` and for the host of an outbound rule.
///
/// `*.example.com` covers every name below example.com, at any depth, and not example.com itself. Case and the dot at the
/// end make no difference; a name in another script is its ASCII form (UTS #46). Behind a `#` a pattern may keep answers to
/// one family: `example.com#ipv4-only`. `db.internal->10.0.0.5` gives a name its address, without anyone being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    kind: Kind,
    /// What the name stands for, if the pattern says so.
    address: Option<IpAddr>,
    family: RuleFamily,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Any,
    Exact(String),
    /// With the dot in front.
    Below(String),
}

/// Which addresses a rule is about, by their family: what `#ipv4-only` and `#ipv6-only` say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RuleFamily {
    /// Both.
    #[default]
    Any,
    /// IPv4 alone.
    Ipv4,
    /// IPv6 alone.
    Ipv6,
}

/// Why a text is no [`NamePattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed name \"{text}\": {problem} (a name looks like example.com, *.example.com or *)")]
pub struct NameError {
    text: String,
    problem: String,
}

impl RuleFamily {
    /// Takes the suffix `#ipv4-only` or `#ipv6-only` off a text.
    pub(crate) fn split(text: &str) -> Result<(&str, Self), String> {
        match text.split_once('#') {
            None => Ok((text, Self::Any)),
            Some((rest, "ipv4-only")) => Ok((rest, Self::Ipv4)),
            Some((rest, "ipv6-only")) => Ok((rest, Self::Ipv6)),
            Some((_, other)) => Err(format!("behind \"#\" stands ipv4-only or ipv6-only, not \"{other}\"")),
        }
    }

    /// Whether an address, folded, belongs to it.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Ipv4 => address.is_ipv4(),
            Self::Ipv6 => address.is_ipv6(),
        }
    }
}

impl NamePattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        Self::parse_parts(text).map_err(|problem| NameError { text: text.to_owned(), problem })
    }

    fn parse_parts(text: &str) -> Result<Self, String> {
        let (pattern, family) = RuleFamily::split(text)?;
        let (pattern, address) = match pattern.split_once("->") {
            Some((name, address)) => (name, Some(mapped_address(address, family)?)),
            None => (pattern, None),
        };
        let kind = if pattern == "*" {
            Kind::Any
        } else if let Some(parent) = pattern.strip_prefix("*.") {
            Kind::Below(format!(".{}", normal_name(parent)?))
        } else {
            Kind::Exact(normal_name(pattern)?)
        };
        if address.is_some() && !matches!(kind, Kind::Exact(_)) {
            return Err("before \"->\" stands one name".to_owned());
        }
        Ok(Self { text: text.to_owned(), kind, address, family })
    }

    /// Reads the host of a rule, whose suffix is the rule's own.
    pub(crate) fn parse_host(text: &str) -> Result<Self, String> {
        if text.contains(['#', '>']) {
            return Err(format!("\"{text}\" is no host name"));
        }
        Self::parse_parts(text)
    }

    /// The pattern that covers every name.
    pub fn any() -> Self {
        Self { text: "*".to_owned(), kind: Kind::Any, address: None, family: RuleFamily::Any }
    }

    /// Whether a name, normalised by [`normal`], is covered.
    pub(crate) fn covers(&self, name: &str) -> bool {
        match &self.kind {
            Kind::Any => true,
            Kind::Exact(exact) => name == exact,
            Kind::Below(parent) => name.len() > parent.len() && name.ends_with(parent.as_str()),
        }
    }

    /// The family that answers are kept to.
    pub(crate) fn family(&self) -> RuleFamily {
        self.family
    }

    /// The address that the pattern gives its name.
    pub(crate) fn mapped_address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The name, if the pattern is one name.
    pub(crate) fn exact(&self) -> Option<&str> {
        match &self.kind {
            Kind::Exact(name) => Some(name),
            Kind::Any | Kind::Below(_) => None,
        }
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The form in which names are compared: lower case, without the dot at the end.
pub(crate) fn normal(domain: &str) -> String {
    domain.strip_suffix('.').unwrap_or(domain).to_ascii_lowercase()
}

/// Whether a name, in its normal form, means the machine itself without anyone being asked (RFC 6761, section 6.3).
pub(crate) fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// The normal form of a name in a rule.
pub(crate) fn normal_name(text: &str) -> Result<String, String> {
    if text.contains('*') {
        return Err("\"*\" stands alone or as the whole first label".to_owned());
    }
    if text.contains(['%', '\\']) {
        return Err(format!("\"{text}\" is no host name"));
    }
    match url::Host::parse(text) {
        Ok(url::Host::Domain(domain)) if is_name(&normal(&domain)) => Ok(normal(&domain)),
        Ok(url::Host::Domain(_)) => Err(format!("\"{text}\" is no host name")),
        Ok(url::Host::Ipv4(address)) => {
            Err(format!("\"{text}\" is an address, not a name; write {address} where addresses belong"))
        }
        Ok(url::Host::Ipv6(_)) => Err(format!("\"{text}\" is an address, not a name")),
        Err(_) => Err(format!("\"{text}\" is no host name")),
    }
}

fn mapped_address(text: &str, family: RuleFamily) -> Result<IpAddr, String> {
    let address = text.parse().map(fold).map_err(|_| format!("behind \"->\" stands an address, not \"{text}\""))?;
    if !family.contains(address) || address.is_unspecified() {
        return Err(format!("\"{text}\" is no address that the name can have"));
    }
    Ok(address)
}

/// Whether labels have a length, and not too much of it (RFC 1035, section 2.3.4).
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(|label| (1..=63).contains(&label.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, name: &str) -> bool {
        NamePattern::parse(pattern).unwrap().covers(&normal(name))
    }

    #[test]
    fn patterns_cover_whole_labels_only() {
        assert!(covers("example.com", "EXAMPLE.com."));
        assert!(covers("Example.COM.", "example.com"));
        assert!(!covers("example.com", "www.example.com"));
        assert!(covers("*.example.com", "a.b.example.com"));
        assert!(!covers("*.example.com", "example.com"));
        assert!(!covers("*.example.com", "badexample.com"));
        assert!(!covers("*.example.com", ".example.com"));
        assert!(covers("*", "anything"));
    }

    #[test]
    fn a_name_in_another_script_is_compared_in_its_ascii_form() {
        assert!(covers("bücher.example", "xn--bcher-kva.example"));
        assert!(covers("ｅxample.com", "example.com"), "full-width letters are the letters");
    }

    #[test]
    fn what_looks_alike_is_another_name() {
        for name in ["еxample.com", "exаmple.com", "examp1e.com", "example.com.evil.test"] {
            let ascii = NamePattern::parse(name).unwrap().exact().unwrap().to_owned();
            assert!(!covers("example.com", &ascii), "{name} is {ascii}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            ".",
            "*.",
            "*example.com",
            "a.*.com",
            "127.0.0.1",
            "[::1]",
            "0x7f.1",
            "a b",
            "a/b",
            "a:80",
            "a..b",
            "2130706433",
            "017700000001",
            "１２７.0.0.1",
            "ex%61mple.com",
            "a#b",
            "a#ipv4-only#ipv6-only",
        ] {
            assert!(NamePattern::parse(text).is_err(), "{text:?}");
        }
    }
}
