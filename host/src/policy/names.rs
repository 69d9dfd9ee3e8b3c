//! The names a guest may look up: `example.com`, `*.example.com` or `*`.

use std::fmt;

/// A pattern on host names, for `--allow-resolve`.
///
/// `*.example.com` covers every name below example.com, at any depth, and not example.com itself. Case and the dot at the
/// end make no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePattern {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Any,
    Exact(String),
    /// With the dot in front.
    Below(String),
}

/// Why a text is no [`NamePattern`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed name \"{text}\": {problem} (a name looks like example.com, *.example.com or *)")]
pub struct NameError {
    text: String,
    problem: &'static str,
}

impl NamePattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text == "*" {
            return Ok(Self::any());
        }
        let kind = if let Some(parent) = text.strip_prefix("*.") {
            Kind::Below(format!(".{}", normal_name(text, parent)?))
        } else {
            Kind::Exact(normal_name(text, text)?)
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// The pattern that covers every name.
    pub fn any() -> Self {
        Self { text: "*".to_owned(), kind: Kind::Any }
    }

    /// Whether a name, normalised by [`normal`], is covered.
    pub(crate) fn covers(&self, name: &str) -> bool {
        match &self.kind {
            Kind::Any => true,
            Kind::Exact(exact) => name == exact,
            Kind::Below(parent) => name.len() > parent.len() && name.ends_with(parent.as_str()),
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

/// The ASCII form of the name `part` of the pattern `text`.
fn normal_name(text: &str, part: &str) -> Result<String, NameError> {
    let error = |problem| NameError { text: text.to_owned(), problem };
    if part.contains('*') {
        return Err(error("\"*\" stands alone or as the whole first label"));
    }
    match url::Host::parse(part) {
        Ok(url::Host::Domain(domain)) if !normal(&domain).is_empty() => Ok(normal(&domain)),
        Ok(url::Host::Domain(_)) => Err(error("the name is empty")),
        Ok(url::Host::Ipv4(_) | url::Host::Ipv6(_)) => Err(error("an address needs no lookup")),
        Err(_) => Err(error("it is no host name")),
    }
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
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", ".", "*.", "*example.com", "a.*.com", "127.0.0.1", "[::1]", "0x7f.1", "a b", "a/b", "a:80"] {
            assert!(NamePattern::parse(text).is_err(), "{text:?}");
        }
    }
}
