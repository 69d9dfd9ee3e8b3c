//! Policies in TOML files.
//!
//! ```toml
//! [allow]
//! outbound = ["tcp://example.com:443"]
//! resolve = ["*.example.com"]
//! ```

use std::net::SocketAddr;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::limits::Limits;
use super::name_pattern::NamePattern;
use super::rule::Rule;
use super::rules::{Mode, Policy};
use crate::escape::is_printable;

/// Why a text is no policy; it says where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct PolicyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: String,
}

/// What a policy file says, before its rules are read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Document {
    #[serde(default)]
    mode: Mode,
    dns: Option<Spanned<String>>,
    #[serde(default)]
    allow: Directions,
    #[serde(default)]
    deny: Directions,
    #[serde(default)]
    limits: Limits,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Directions {
    #[serde(default)]
    outbound: Vec<Spanned<String>>,
    #[serde(default)]
    inbound: Vec<Spanned<String>>,
    #[serde(default)]
    resolve: Vec<Spanned<String>>,
}

impl Policy {
    /// Reads a policy in the form of `docs/policy.md`.
    ///
    /// ```
    /// use wasocket_host::policy::Policy;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let policy = Policy::from_toml("[allow]\noutbound = ['tcp://example.com:443']")?;
    /// let error = Policy::from_toml("[allow]\noutbound = ['example.com']").unwrap_err();
    /// assert_eq!(error.line, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the text says.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let at = |span: Range<usize>, problem: String| PolicyError { line: line(text, span.start), problem };
        let document: Document = toml::from_str(text)
            .map_err(|error| at(error.span().unwrap_or(0..0), format!("{}; {FORM}", one_line(error.message()))))?;
        let mut policy = Self::new();
        policy.set_mode(document.mode).set_limits(document.limits);
        if let Some(server) = document.dns {
            let problem = || format!("dns = \"{}\" is no ADDRESS:PORT", server.get_ref());
            policy.dns = Some(server.get_ref().parse::<SocketAddr>().map_err(|_| at(server.span(), problem()))?);
        }
        for (texts, parse, rules) in [
            (document.allow.outbound, Rule::parse_outbound as fn(&str) -> _, &mut policy.outbound.allow),
            (document.allow.inbound, Rule::parse_inbound, &mut policy.inbound.allow),
            (document.deny.outbound, Rule::parse_deny, &mut policy.outbound.deny),
            (document.deny.inbound, Rule::parse_deny, &mut policy.inbound.deny),
        ] {
            for text in texts {
                rules.push(Arc::new(parse(text.get_ref()).map_err(|error| at(text.span(), error.to_string()))?));
            }
        }
        for (texts, patterns) in
            [(document.allow.resolve, &mut policy.resolve.allow), (document.deny.resolve, &mut policy.resolve.deny)]
        {
            for text in texts {
                patterns.push(Arc::new(
                    NamePattern::parse(text.get_ref()).map_err(|error| at(text.span(), error.to_string()))?,
                ));
            }
        }
        Ok(policy)
    }

    /// Reads a policy file; the error names the file and the line.
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the file says.
    pub fn from_file(path: &Path) -> crate::Result<Self> {
        let bytes = std::fs::read(path).map_err(crate::Error::file("read the policy", path))?;
        let text = String::from_utf8(bytes).map_err(|error| PolicyError {
            line: 1 + error
                .as_bytes()
                .iter()
                .take(error.utf8_error().valid_up_to())
                .filter(|byte| **byte == b'\n')
                .count(),
            problem: format!("this is not UTF-8; {FORM}"),
        });
        let policy = text.and_then(|text| Self::from_toml(&text));
        policy.map_err(|error| crate::Error::Policy { path: path.to_owned(), line: error.line, problem: error.problem })
    }

    /// The policy as a file would say it.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        if self.mode == Mode::Report {
            text.push_str("mode = \"report\"\n");
        }
        if let Some(server) = self.dns {
            text.push_str(&format!("dns = \"{server}\"\n"));
        }
        let tables = [
            ("allow", &self.outbound.allow, &self.inbound.allow, &self.resolve.allow),
            ("deny", &self.outbound.deny, &self.inbound.deny, &self.resolve.deny),
        ];
        for (name, outbound, inbound, resolve) in tables {
            let lists = [("outbound", strings(outbound)), ("inbound", strings(inbound)), ("resolve", strings(resolve))];
            if lists.iter().all(|(_, list)| list.is_empty()) {
                continue;
            }
            text.push_str(&format!("\n[{name}]\n"));
            for (key, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
                let lines: String = list.iter().map(|item| format!("    {},\n", quoted(item))).collect();
                text.push_str(&format!("{key} = [\n{lines}]\n"));
            }
        }
        if self.limits != Limits::default()
            && let Ok(limits) = toml::to_string(&self.limits)
        {
            text.push_str(&format!("\n[limits]\n{limits}"));
        }
        text.trim_start().to_owned()
    }
}

fn strings(list: &[impl ToString]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn quoted(text: &str) -> String {
    if text.chars().all(is_printable) {
        return toml::Value::String(text.to_owned()).to_string();
    }
    // One line on a terminal, too, and still the same text when it is read.
    let escaped = text.chars().map(|char| match char {
        '"' | '\\' => format!("\\{char}"),
        _ if is_printable(char) => char.to_string(),
        _ => format!("\\U{:08X}", u32::from(char)),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

fn line(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(", ")
}

/// Appended to every parse error: the shape of a policy file.
const FORM: &str = "a policy has mode, dns, [limits], [allow] and [deny], with lists like \
                    outbound = [\"tcp://example.com:443\"], inbound = [\"tcp://localhost:8080\"], resolve = [\"*.example.com\"]";

impl Serialize for Limits {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A limit that is absent counts as the default, and one that is not there at all is written -1.
        let write = |limit: Option<u64>| limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(-1);
        serializer.collect_map([
            ("sockets", write(self.sockets)),
            ("outbound-connections", write(self.outbound_connections)),
            ("inbound-connections", write(self.inbound_connections)),
            ("buffer-bytes", write(self.buffer_bytes)),
            ("lookups-in-flight", write(self.lookups_in_flight)),
            ("lookups-per-second", write(self.lookups_per_second)),
            ("datagrams-per-second", write(self.datagrams_per_second)),
            ("bytes-per-second", write(self.bytes_per_second)),
        ])
    }
}

impl<'de> Deserialize<'de> for Limits {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct Table {
            sockets: Option<Limit>,
            outbound_connections: Option<Limit>,
            inbound_connections: Option<Limit>,
            buffer_bytes: Option<Limit>,
            lookups_in_flight: Option<Limit>,
            lookups_per_second: Option<Limit>,
            datagrams_per_second: Option<Limit>,
            bytes_per_second: Option<Limit>,
        }
        let or = |said: Option<Limit>, default| said.map_or(default, |Limit(limit)| limit);
        let (table, default) = (Table::deserialize(deserializer)?, Self::DEFAULT);
        Ok(Self {
            sockets: or(table.sockets, default.sockets),
            outbound_connections: or(table.outbound_connections, default.outbound_connections),
            inbound_connections: or(table.inbound_connections, default.inbound_connections),
            buffer_bytes: or(table.buffer_bytes, default.buffer_bytes),
            lookups_in_flight: or(table.lookups_in_flight, default.lookups_in_flight),
            lookups_per_second: or(table.lookups_per_second, default.lookups_per_second),
            datagrams_per_second: or(table.datagrams_per_second, default.datagrams_per_second),
            bytes_per_second: or(table.bytes_per_second, default.bytes_per_second),
        })
    }
}

/// A number from 0, or -1 for none.
struct Limit(Option<u64>);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match i64::deserialize(deserializer)? {
            -1 => Ok(Self(None)),
            limit => u64::try_from(limit).map(|limit| Self(Some(limit))).map_err(|_| {
                serde::de::Error::custom(format!("{limit} is no limit; a limit is a number from 0, or -1 for none"))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_options_say() {
        let text = "mode = \"report\"\ndns = \"127.0.0.1:53\"\n\n[allow]\noutbound = [\n    \"tcp://a.test:80\",\n]\n\
                    inbound = [\n    \"tcp://*:80->8080\",\n]\nresolve = [\n    \"*.test#ipv4-only\",\n]\n\n[deny]\n\
                    outbound = [\n    \"unix:///run/*\",\n]\nresolve = [\n    \"evil.test\",\n]\n";
        let policy = Policy::from_toml(text).unwrap();
        assert_eq!(policy.to_toml(), text);
        let policy = Policy::from_toml("limits.sockets = 3\nlimits.lookups-per-second = -1").unwrap();
        assert_eq!((policy.limits.sockets, policy.limits.lookups_per_second), (Some(3), None));
        assert_eq!(policy.limits.lookups_in_flight, Limits::DEFAULT.lookups_in_flight);
        let again = Policy::from_toml(&policy.to_toml()).unwrap();
        assert_eq!(again.limits, policy.limits);
        assert_eq!(Policy::from_toml("").unwrap().to_toml(), "");
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_read_again() {
        let mut policy = Policy::new();
        let rule = Rule::parse("unix:///run/\u{202e}\"\\\n\x1b[2J'x").unwrap();
        policy.allow_outbound(rule.clone());
        let text = policy.to_toml();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert!(text.lines().all(|line| line.chars().all(is_printable)), "{text:?}");
        assert_eq!(Policy::from_toml(&text).unwrap().outbound.allow, [Arc::new(rule)]);
    }

    #[test]
    fn mistakes_say_where_and_what_would_be_right() {
        for (text, line, part) in [
            ("[alow]\noutbound = []", 1, "unknown field `alow`"),
            ("[allow]\noutbond = []", 2, "unknown field `outbond`"),
            ("[allow]\n\noutbound = [\n  'tcp://a.test:80',\n  'tcp://a.test',\n]", 5, "the port is missing"),
            ("[allow]\noutbound = 'tcp://a.test:80'", 2, "invalid type"),
            ("[allow]\noutbound = [80]", 2, "invalid type"),
            ("[allow]\ninbound = ['tcp://a.test:80']", 2, "not on a name"),
            ("[deny]\noutbound = ['tcp://a.test->10.0.0.1:80']", 2, "maps nothing"),
            ("[allow]\nresolve = ['127.0.0.1']", 2, "an address"),
            ("mode = 'dry'", 1, "unknown variant `dry`"),
            ("dns = '127.0.0.1'", 1, "no ADDRESS:PORT"),
            ("[limits]\nsockets = -2", 2, "-2 is no limit"),
            ("[limits]\nsocket = 2", 2, "unknown field `socket`"),
            ("[allow\n", 1, "table"),
            ("[allow]\noutbound = ['a", 2, "unclosed array"),
        ] {
            let error = Policy::from_toml(text).unwrap_err();
            assert_eq!(error.line, line, "{text:?}: {error}");
            assert!(error.problem.contains(part), "{text:?}: {error}");
            assert_eq!(error.to_string().lines().count(), 1, "{error}");
        }
    }
}
