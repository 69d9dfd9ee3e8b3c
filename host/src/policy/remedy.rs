//! The option that would allow what was tried: with a rule that covers just that, or none.
//!
//! Names and paths are the guest's to choose. A rule made of the path `/tmp/a->/run/docker.sock` would be a mapping, one of `/run/*` a
//! folder. So each rule is read as anyone would read it, and suggested if it says what was tried.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use super::address::{fold, fold_destination};
use super::denial::{Attempt, reverse_name};
use super::name_pattern::{NamePattern, normal};
use super::rule::{Protocol, Rule, RuleError};
use crate::escape::{is_printable, shell_quoted};

/// An option of `wasocket run`. It displays as a shell takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remedy {
    option: &'static str,
    /// The rule, or the pattern on names, as a policy has it.
    pub(crate) rule: String,
}

impl fmt::Display for Remedy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.option, shell_quoted(&self.rule))
    }
}

impl Attempt {
    /// What would allow it. `name` is the name that the guest was looking for when it learned the address.
    pub(crate) fn remedy(&self, name: Option<&str>) -> Option<Remedy> {
        match self {
            Self::Connect(remote) => to_remote(Protocol::Tcp, *remote, name),
            Self::Send(remote) | Self::Receive(remote) => to_remote(Protocol::Udp, *remote, name),
            Self::Bind(protocol, local) => to_local(*protocol, *local),
            // A guest listens on a port that no rule knows only if the system chose the port.
            Self::Listen(local) => to_local(Protocol::Tcp, SocketAddr::new(local.ip(), 0)),
            Self::Resolve(name) => to_resolve(name),
            Self::Reverse(address) => to_resolve(&reverse_name(*address)),
            Self::UnixConnect(path) => to_path(OUTBOUND, path, Rule::parse_outbound),
            Self::UnixBind(path) => to_path(INBOUND, path, Rule::parse_inbound),
        }
    }
}

impl Remedy {
    /// What would allow reaching a name, and looking it up.
    pub(super) fn for_name(protocol: Protocol, name: &str, port: u16) -> Option<Self> {
        named(protocol, name, port).map(|rule| Self::of(OUTBOUND, &rule))
    }

    /// A sample of a rule that gives a name its address, for the reader to complete with ports; without the address if it must not
    /// be revealed.
    pub(super) fn for_mapping(name: &str, address: Option<IpAddr>) -> Option<Self> {
        let sample = fold(address.unwrap_or(Ipv4Addr::LOCALHOST.into()));
        let rule = |address: &str, port: &str| format!("tcp://{name}->{address}:{port}");
        let sample_rule = Rule::parse_outbound(&rule(&bracketed(sample), "1")).ok().filter(|_| is_plain(name))?;
        let is_exact = is_on(&sample_rule, name) && sample_rule.mapped_address() == Some(sample);
        let shown = address.map_or("ADDRESS".to_owned(), bracketed);
        is_exact.then(|| Self { option: OUTBOUND, rule: rule(&shown, "PORT") })
    }

    fn of(option: &'static str, rule: &impl fmt::Display) -> Self {
        Self { option, rule: rule.to_string() }
    }
}

fn to_remote(protocol: Protocol, remote: SocketAddr, name: Option<&str>) -> Option<Remedy> {
    let rule = match name {
        Some(name) => named(protocol, name, remote.port())?,
        None => {
            let address = bracketed(fold_destination(remote.ip()));
            Rule::parse_outbound(&format!("{protocol}://{address}:{}", remote.port())).ok()?
        }
    };
    let names: Vec<Arc<str>> = name.map(|name| normal(name).into()).into_iter().collect();
    rule.covers_remote(protocol, remote, &names).then(|| Remedy::of(OUTBOUND, &rule))
}

fn to_local(protocol: Protocol, local: SocketAddr) -> Option<Remedy> {
    let text = format!("{protocol}://{}:{}", bracketed(fold(local.ip())), local.port());
    let rule = Rule::parse_inbound(&text).ok().filter(|rule| rule.covers_local(protocol, local))?;
    Some(Remedy::of(INBOUND, &rule))
}

fn to_resolve(name: &str) -> Option<Remedy> {
    // What begins with a hyphen would be an option of its own.
    let pattern = NamePattern::parse(name).ok().filter(|_| is_plain(name) && !name.starts_with('-'))?;
    (pattern.exact() == Some(&normal(name))).then(|| Remedy::of("--allow-resolve", &pattern))
}

fn to_path(option: &'static str, path: &Path, parse: fn(&str) -> Result<Rule, RuleError>) -> Option<Remedy> {
    // Whoever is to allow a path must see all of it.
    let text = path.to_str().filter(|text| text.chars().all(is_printable))?;
    let rule = parse(&format!("unix://{text}")).ok().filter(|rule| rule.is_on_path(path))?;
    Some(Remedy::of(option, &rule))
}

fn named(protocol: Protocol, name: &str, port: u16) -> Option<Rule> {
    let rule = Rule::parse_outbound(&format!("{protocol}://{name}:{port}")).ok()?;
    let is_localhost = normal(name) == "localhost" && rule.names_localhost();
    (is_plain(name) && (is_localhost || is_on(&rule, name))).then_some(rule)
}

/// Whether a rule is on this one name.
fn is_on(rule: &Rule, name: &str) -> bool {
    rule.name().and_then(NamePattern::exact) == Some(&normal(name))
}

/// Whether a name has only what names of hosts are made of: a resolver is asked for any text, a reader expects no more than a name.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// The address as a rule has it.
pub(crate) fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

const OUTBOUND: &str = "--allow-outbound";
const INBOUND: &str = "--allow-inbound";

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;
    use crate::policy::{Denial, Reason, Special};

    fn denial(attempt: Attempt, reason: Reason) -> Denial {
        Denial { attempt, reason, name: None, permitted: false }
    }

    fn remedy(attempt: &Attempt, name: Option<&str>) -> Option<String> {
        let denial = Denial { name: name.map(str::to_owned), ..denial(attempt.clone(), Reason::NoRule) };
        let remedy = denial.remedy();
        for text in [denial.to_string(), denial.detail()] {
            assert_eq!(text.split_once("; allow it with ").map(|(_, remedy)| remedy.to_owned()), remedy, "{text}");
            assert!(text.chars().all(is_printable), "{text:?}");
        }
        remedy
    }

    #[test]
    fn a_path_is_suggested_if_a_rule_is_on_it_alone() {
        for (path, rule) in [
            ("/run/db.sock", Some("unix:///run/db.sock")),
            ("/tmp/x;touch pwned3;", Some("'unix:///tmp/x;touch pwned3;'")),
            ("/tmp/$(id)'`id`", Some("'unix:///tmp/$(id)'\\''`id`'")),
            ("/tmp/bücher", Some("'unix:///tmp/bücher'")),
            ("/tmp/a->/var/run/docker.sock", None),
            ("/tmp/a->/tmp/a", None),
            ("/var/run/*", None),
            ("/*", None),
            ("/tmp/\u{202e}kcos", None),
            ("/tmp/a\nb", None),
            ("/tmp/../run/db.sock", None),
            ("run/db.sock", None),
            ("", None),
        ] {
            let suggested = |option: &str| rule.map(|rule| format!("{option} {rule}"));
            assert_eq!(remedy(&Attempt::UnixConnect(path.into()), None), suggested(OUTBOUND), "{path}");
            assert_eq!(remedy(&Attempt::UnixBind(path.into()), None), suggested(INBOUND), "{path}");
        }
        assert_eq!(remedy(&Attempt::UnixConnect(OsStr::from_bytes(b"/tmp/\xff").into()), None), None);
    }

    #[test]
    fn a_name_is_suggested_if_it_is_one() {
        let remote = "8.8.8.8:80".parse().unwrap();
        for name in ["db.test", "_srv.DB-1.test.", "xn--bcher-kva.example"] {
            let lookup = remedy(&Attempt::Resolve(name.to_owned()), None);
            assert_eq!(lookup, Some(format!("--allow-resolve {name}")));
            let connect = remedy(&Attempt::Connect(remote), Some(name));
            assert_eq!(connect, Some(format!("--allow-outbound tcp://{name}:80")));
        }
        for name in
            ["$({touch,pwned}).evil.test", "*", "*.test", "a->10.0.0.1", "a#ipv4-only", "a;b", "a b", "\u{202e}a", ""]
        {
            assert_eq!(remedy(&Attempt::Resolve(name.to_owned()), None), None, "{name}");
            assert_eq!(remedy(&Attempt::Connect(remote), Some(name)), None, "{name}");
        }
        assert_eq!(remedy(&Attempt::Resolve("--allow-net".to_owned()), None), None);
    }

    #[test]
    fn a_name_that_leads_inside_is_mapped_if_it_is_one() {
        let leads = |name: &str, address: &str| {
            denial(
                Attempt::Resolve(name.to_owned()),
                Reason::SpecialAddress(address.parse().unwrap(), Special::Private),
            )
        };
        let denial = leads("db.test", "fd00::1");
        assert_eq!(denial.remedy().unwrap(), "--allow-outbound 'tcp://db.test->[fd00::1]:PORT'");
        assert!(denial.detail().ends_with("; allow it with --allow-outbound 'tcp://db.test->ADDRESS:PORT'"));
        let denial = leads("$({touch,pwned}).evil.test", "10.0.0.1");
        assert_eq!(denial.remedy(), None);
        assert!(denial.detail().ends_with("which leads to no public address"), "{}", denial.detail());
    }

    #[test]
    fn an_address_is_suggested_as_the_place_that_it_is() {
        for (attempt, suggested) in [
            (Attempt::Connect("0.0.0.0:80".parse().unwrap()), "--allow-outbound tcp://127.0.0.1:80"),
            (Attempt::Send("[::ffff:10.0.0.1]:53".parse().unwrap()), "--allow-outbound udp://10.0.0.1:53"),
            (Attempt::Connect("[fe80::1%3]:80".parse().unwrap()), "--allow-outbound 'tcp://[fe80::1]:80'"),
            (Attempt::Bind(Protocol::Udp, "0.0.0.0:53".parse().unwrap()), "--allow-inbound udp://0.0.0.0:53"),
            (Attempt::Listen("[::1]:40000".parse().unwrap()), "--allow-inbound 'tcp://[::1]:0'"),
            (Attempt::Reverse("127.0.0.1".parse().unwrap()), "--allow-resolve 1.0.0.127.in-addr.arpa"),
        ] {
            assert_eq!(remedy(&attempt, None).as_deref(), Some(suggested));
        }
    }
}
