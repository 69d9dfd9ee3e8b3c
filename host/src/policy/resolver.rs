//! Names and addresses: the machine's hosts file and name servers, or a name server of one's own.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Hosts, TokioResolver};

use super::address::fold;
use super::denial::{Denial, reverse_name};
use super::names::{Family, normal};

/// Why a name has no addresses, or an address no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The policy does not allow looking it up.
    #[error("{}", .0.detail())]
    Denied(Box<Denial>),
    /// It is neither a host name nor an address.
    #[error("this is neither a host name nor an address")]
    Malformed,
    /// There is no such name: `EAI_NONAME`.
    #[error("there is no such name")]
    NoName,
    /// The name exists and has no address: `EAI_NODATA`.
    #[error("the name has no address")]
    NoData,
    /// The name has addresses, and none of the family asked for: `EAI_ADDRFAMILY`.
    #[error("the name has no address of this family")]
    AddressFamily,
    /// No name server has answered in time, or it has trouble: `EAI_AGAIN`.
    #[error("no name server has answered")]
    Again,
    /// A name server refuses: `EAI_FAIL`.
    #[error("the name server refuses to answer")]
    Fail,
    /// The guest has too many lookups under way: `EAI_AGAIN`, too, since a later attempt may find room.
    #[error("too many lookups are under way")]
    Busy,
}

impl LookupError {
    /// The errno or `EAI_*` code that a guest sees.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => "EACCES",
            Self::Malformed | Self::NoName => "EAI_NONAME",
            Self::NoData => "EAI_NODATA",
            Self::AddressFamily => "EAI_ADDRFAMILY",
            Self::Again | Self::Busy => "EAI_AGAIN",
            Self::Fail => "EAI_FAIL",
        }
    }
}

/// What a lookup finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The name at the end of the aliases, if the resolver says one.
    pub canonical_name: Option<String>,
    /// The other names, when an address was looked up.
    pub aliases: Vec<String>,
    /// The addresses, in the order to try them in, each once.
    pub addresses: Vec<IpAddr>,
    /// How long this stays true.
    pub(crate) ttl: Duration,
}

/// Resolves names. Clones share a cache.
///
/// It reads the system's `hosts` file and `resolv.conf` when it is made. It does not read `nsswitch.conf`: names that only
/// mDNS, LDAP or NIS know do not resolve. `localhost` and what is below it never leave the machine.
#[derive(Clone)]
pub struct Resolver(Option<TokioResolver>);

impl Resolver {
    /// With the system's configuration. Without a readable one, only the hosts file counts.
    pub fn system() -> Self {
        let builder = TokioResolver::builder_tokio().unwrap_or_else(|_| {
            TokioResolver::builder_with_config(
                ResolverConfig::from_parts(None, Vec::new(), Vec::new()),
                TokioRuntimeProvider::default(),
            )
        });
        Self::build(builder, true)
    }

    /// With this name server alone, over UDP, and over TCP where an answer is long. No hosts file, no search list.
    pub fn with_server(server: SocketAddr) -> Self {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = server.port();
            connection
        });
        let servers = vec![NameServerConfig::new(server.ip(), true, connections.into())];
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        Self::build(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()), false)
    }

    fn build(mut builder: hickory_resolver::ResolverBuilder<TokioRuntimeProvider>, hosts: bool) -> Self {
        let options = builder.options_mut();
        options.use_hosts_file = if hosts { ResolveHosts::Always } else { ResolveHosts::Never };
        options.preserve_intermediates = true;
        options.cache_size = CACHE;
        // Without TLS and trust anchors there is nothing that could fail to be read.
        let Ok(mut resolver) = builder.build() else {
            return Self(None);
        };
        if hosts && let Ok(hosts) = Hosts::from_system() {
            resolver.set_hosts(hosts.into());
        }
        Self(Some(resolver))
    }

    /// The addresses of a name that is no address.
    pub(crate) async fn forward(&self, domain: &str, family: Family) -> Result<Found, LookupError> {
        let (v4, v6) = match family {
            Family::Ipv4 => (self.ask(domain, RecordType::A).await, None),
            Family::Ipv6 => (Err(None), Some(self.ask(domain, RecordType::AAAA).await)),
            Family::Any => {
                let (v4, v6) = tokio::join!(self.ask(domain, RecordType::A), self.ask(domain, RecordType::AAAA));
                (v4, Some(v6))
            }
        };
        let (answers, errors): (Vec<_>, Vec<_>) = [v6.unwrap_or(Err(None)), v4].into_iter().partition(Result::is_ok);
        let mut answers = answers.into_iter().flatten();
        let Some(mut found) = answers.next() else {
            let errors: Vec<LookupError> = errors.into_iter().filter_map(|error| error.err().flatten()).collect();
            return Err(self.explain(domain, family, worst(&errors)).await);
        };
        for other in answers {
            found.ttl = found.ttl.min(other.ttl);
            found.addresses.extend(other.addresses);
        }
        let mut seen = HashSet::new();
        found.addresses.retain(|address| seen.insert(*address));
        found.addresses.sort_by_key(|address| !has_route(*address));
        Ok(found)
    }

    /// Tells a name without any address from one without an address of this family.
    async fn explain(&self, domain: &str, family: Family, error: LookupError) -> LookupError {
        let other = match family {
            Family::Ipv4 => RecordType::AAAA,
            Family::Ipv6 => RecordType::A,
            Family::Any => return error,
        };
        if error == LookupError::NoData && self.ask(domain, other).await.is_ok() {
            return LookupError::AddressFamily;
        }
        error
    }

    /// The names of an address.
    pub(crate) async fn reverse(&self, address: IpAddr) -> Result<Found, LookupError> {
        let name = Name::from_ascii(reverse_name(address) + ".").map_err(|_| LookupError::Malformed)?;
        let lookup = self.query(name, RecordType::PTR).await?;
        let names = lookup.answers().iter().filter_map(|record| match &record.data {
            RData::PTR(name) => Some(normal(&name.0.to_ascii())),
            _ => None,
        });
        let mut names = names.filter(|name| super::names::is_name(name));
        let first = names.next().ok_or(LookupError::NoName)?;
        Ok(Found {
            canonical_name: Some(first),
            aliases: names.collect(),
            addresses: vec![address],
            ttl: left(lookup.valid_until()),
        })
    }

    async fn query(&self, name: Name, kind: RecordType) -> Result<Lookup, LookupError> {
        let resolver = self.0.as_ref().ok_or(LookupError::Again)?;
        resolver.lookup(name, kind).await.map_err(|error| reason(&error))
    }

    async fn ask(&self, domain: &str, kind: RecordType) -> Result<Found, Option<LookupError>> {
        let name = Name::from_ascii(domain).map_err(|_| Some(LookupError::Malformed))?;
        let lookup = self.query(name, kind).await.map_err(Some)?;
        let mut found = Found { ttl: left(lookup.valid_until()), ..Found::default() };
        for record in lookup.answers() {
            match &record.data {
                RData::A(address) => found.addresses.push(address.0.into()),
                RData::AAAA(address) => found.addresses.push(fold(address.0.into())),
                _ => continue,
            }
            found.canonical_name.get_or_insert_with(|| normal(&record.name.to_ascii()));
        }
        if found.addresses.is_empty() { Err(Some(LookupError::NoData)) } else { Ok(found) }
    }
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Resolver").finish_non_exhaustive()
    }
}

/// The answer for `localhost`, which no one is asked for.
pub(crate) fn localhost() -> Found {
    let mut addresses = vec![Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()];
    addresses.sort_by_key(|address| !has_route(*address));
    Found { canonical_name: Some("localhost".to_owned()), addresses, ..Found::default() }
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// Of the failures of the two families, the one to tell: trouble that may pass before absence.
fn worst(errors: &[LookupError]) -> LookupError {
    for candidate in [LookupError::Again, LookupError::Fail, LookupError::NoData, LookupError::NoName] {
        if errors.contains(&candidate) {
            return candidate;
        }
    }
    errors.first().cloned().unwrap_or(LookupError::NoName)
}

fn reason(error: &NetError) -> LookupError {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => match none.response_code {
            ResponseCode::NXDomain => LookupError::NoName,
            ResponseCode::NoError => LookupError::NoData,
            code => of_code(code),
        },
        NetError::Dns(DnsError::ResponseCode(code)) => of_code(*code),
        NetError::NoConnections => LookupError::Again,
        // A foreign enum that may grow: whatever else it is, nobody has said that the name does not exist.
        _ => LookupError::Again,
    }
}

fn of_code(code: ResponseCode) -> LookupError {
    match code {
        ResponseCode::NXDomain => LookupError::NoName,
        ResponseCode::ServFail => LookupError::Again,
        _ => LookupError::Fail,
    }
}

/// Whether packets to the address have a way: what cannot be reached is tried last, as `getaddrinfo` does it. Connecting a
/// datagram socket sends nothing.
#[expect(clippy::disallowed_methods, reason = "the socket only asks for the route")]
fn has_route(address: IpAddr) -> bool {
    let local: IpAddr = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    std::net::UdpSocket::bind((local, 0)).is_ok_and(|socket| socket.connect((address, 9)).is_ok())
}

/// Answers that are kept, per resolver.
const CACHE: u64 = 1024;
