//! The audit events of a guest's use of the network: one for each decision, each lookup, each change of a socket's state, and
//! each socket's end.
//!
//! The fields and their words are documented in `docs/policy.md` and do not change within a version of the schema. No event
//! holds anything of what is sent or received.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::view::SocketView;
use crate::escape::printable_path;
use crate::names::resolver::{LookupError, Resolved};
use crate::policy::denial::{Attempt, Denial, Reason};
use crate::policy::rule::Protocol;

/// Something that happened. It serializes to one flat record; what does not apply is left out.
///
/// Its fields are texts and numbers alone: a guest that chooses them must not be able to choose one that does not serialize.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// When, in RFC 3339 and UTC.
    pub time: String,
    /// Which guest, as the embedder calls it.
    pub guest: String,
    /// `decision`, `lookup`, `state` of a socket, or `socket`: its end.
    pub event: &'static str,
    /// What was tried: `connect`, `bind`, `listen`, `send`, `receive`, `resolve`, `reverse`; what has changed a
    /// socket's state: `open`, `accept`, `bind`, `listen`, `connect`; `open` for its end.
    pub operation: &'static str,
    /// The socket's number: the guest's first is 1, and none is used again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socket: Option<u64>,
    /// What the socket does from now on: `open`, `bound`, `listening`, `connecting`, `connected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// `tcp`, `udp` or `unix`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<&'static str>,
    /// The name that was looked up, or the one that led to the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The remote address; for `bind` and `listen` the local one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The socket's own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_address: Option<IpAddr>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_port: Option<u16>,
    /// The path of an `AF_UNIX` socket in the guest; what is no text in it is written `\xff`, what would not be seen `\u{202e}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// `allowed`, `refused`, or `reported`: allowed because the policy only reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<&'static str>,
    /// The rule that has decided, as the command line writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why it was refused: `no-rule`, `denied`, `metadata`, `special-address`, `asked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The option that would allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The addresses that a lookup has returned to the guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<IpAddr>>,
    /// For how many seconds they are valid, as the resolver says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u64>,
    /// The errno or `EAI_*` code that the guest sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errno: Option<&'static str>,
    /// How long it took, or the socket lived, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Bytes that the guest has sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_sent: Option<u64>,
    /// Bytes that it has received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_received: Option<u64>,
}

impl Event {
    fn now(event: &'static str) -> Self {
        let time = humantime::format_rfc3339_micros(SystemTime::now()).to_string();
        Self { time, event, ..Self::default() }
    }

    /// A decision that let something pass.
    pub(crate) fn allowed(attempt: &Attempt, name: Option<String>, rule: Option<String>) -> Self {
        Self { verdict: Some("allowed"), name, rule, ..Self::now("decision") }.of(attempt)
    }

    /// A decision that did not, or would not have.
    pub(crate) fn refused(denial: &Denial) -> Self {
        let rule = match &denial.reason {
            Reason::Denied(rule) => Some(rule.clone()),
            _ => None,
        };
        Self {
            verdict: Some(if denial.permitted { "reported" } else { "refused" }),
            name: denial.name.clone(),
            rule,
            reason: Some(denial.reason.code()),
            remedy: denial.remedy(),
            errno: (!denial.permitted).then_some("EACCES"),
            ..Self::now("decision")
        }
        .of(&denial.attempt)
    }

    /// The end of a lookup that somebody was asked for.
    pub(crate) fn lookup(attempt: &Attempt, answer: &Result<Resolved, LookupError>, took: Duration) -> Self {
        let event = Self { duration_ms: Some(milliseconds(took)), ..Self::now("lookup") }.of(attempt);
        match answer {
            Ok(found) => Self { addresses: Some(found.addresses.clone()), ttl: Some(found.ttl.as_secs()), ..event },
            Err(error) => Self { errno: Some(error.code()), ..event },
        }
    }

    /// A socket does something else from now on.
    pub(crate) fn state(view: &SocketView, operation: &'static str, errno: Option<&'static str>) -> Self {
        let event = Self { operation, state: Some(view.state.word()), errno, ..Self::of_socket("state", view) };
        match operation {
            "bind" | "listen" => Self { address: event.local_address, port: event.local_port, ..event },
            _ => event,
        }
    }

    /// The end of a socket's life.
    pub(crate) fn socket(view: &SocketView) -> Self {
        Self {
            operation: "open",
            duration_ms: Some(milliseconds(view.age)),
            bytes_sent: view.bytes_sent,
            bytes_received: view.bytes_received,
            ..Self::of_socket("socket", view)
        }
    }

    fn of_socket(event: &'static str, view: &SocketView) -> Self {
        Self {
            socket: Some(view.number),
            protocol: Some(protocol_word(view.protocol)),
            address: view.remote.map(|remote| remote.ip().to_canonical()),
            port: view.remote.map(|remote| remote.port()),
            local_address: view.local.map(|local| local.ip().to_canonical()),
            local_port: view.local.map(|local| local.port()),
            ..Self::now(event)
        }
    }

    fn of(mut self, attempt: &Attempt) -> Self {
        let (operation, protocol) = match attempt {
            Attempt::Connect(_) => ("connect", Some("tcp")),
            Attempt::Bind(protocol, _) => ("bind", Some(protocol_word(*protocol))),
            Attempt::Listen(_) => ("listen", Some("tcp")),
            Attempt::Send(_) => ("send", Some("udp")),
            Attempt::Receive(_) => ("receive", Some("udp")),
            Attempt::Resolve(_) => ("resolve", None),
            Attempt::Reverse(_) => ("reverse", None),
            Attempt::UnixConnect(_) => ("connect", Some("unix")),
            Attempt::UnixBind(_) => ("bind", Some("unix")),
        };
        (self.operation, self.protocol) = (operation, protocol);
        match attempt {
            Attempt::Connect(address)
            | Attempt::Bind(_, address)
            | Attempt::Listen(address)
            | Attempt::Send(address)
            | Attempt::Receive(address) => {
                (self.address, self.port) = (Some(address.ip().to_canonical()), Some(address.port()));
            }
            Attempt::Resolve(name) => self.name = Some(name.clone()),
            Attempt::Reverse(address) => self.address = Some(*address),
            Attempt::UnixConnect(path) | Attempt::UnixBind(path) => self.path = Some(printable_path(path)),
        }
        self
    }
}

fn protocol_word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
