//! Names and addresses: the machine's hosts file and name servers, or a name server of one's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::{Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{Hosts, TokioResolver};

use super::answer::{self, keep};
use super::search::SearchList;
use crate::policy::address::fold;
use crate::policy::denial::{Denial, reverse_name};
use crate::policy::name_pattern::{RuleFamily, normal};

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
    /// The guest has too many concurrent lookups: also `EAI_AGAIN`, since a later attempt may succeed.
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

/// What a lookup has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// The name at the end of the aliases, if the resolver says one.
    pub canonical_name: Option<String>,
    /// The other names, when an address was looked up.
    pub aliases: Vec<String>,
    /// The addresses, in the order to try them in, each once; at most 64.
    pub addresses: Vec<IpAddr>,
    /// How long this stays true.
    pub(crate) ttl: Duration,
}

/// Resolves names. Clones share a cache.
///
/// It reads the system's `hosts` file and `resolv.conf` when it is made. It does not read `nsswitch.conf`: names that only
/// mDNS, LDAP or NIS know do not resolve. `localhost` and what is below it never leave the machine.
#[derive(Clone)]
pub struct Resolver {
    hickory: Option<TokioResolver>,
    hosts: Arc<Hosts>,
    search: Arc<SearchList>,
}

impl Resolver {
    /// With the system's configuration. Without a readable one, only the hosts file counts.
    pub fn system() -> Self {
        let (config, options) = read_system_conf()
            .unwrap_or_else(|_| (ResolverConfig::from_parts(None, Vec::new(), Vec::new()), ResolverOpts::default()));
        let search = search_list(&config, options.ndots);
        Self::build(config, options, search, Hosts::from_system().unwrap_or_default())
    }

    /// With this name server alone, over UDP, and over TCP where an answer is long. No hosts file, no search list.
    pub fn with_server(server: SocketAddr) -> Self {
        Self::with_server_and_search(server, SearchList::default())
    }

    /// As [`with_server`](Self::with_server), with a search list.
    pub(crate) fn with_server_and_search(server: SocketAddr, search: SearchList) -> Self {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = server.port();
            connection
        });
        let servers = vec![NameServerConfig::new(server.ip(), true, connections.into())];
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        Self::build(config, ResolverOpts::default(), search, Hosts::default())
    }

    /// With the hosts file that has this text.
    #[cfg(test)]
    pub(crate) fn with_hosts(mut self, text: &str) -> Self {
        let mut hosts = Hosts::default();
        hosts.read_hosts_conf(text.as_bytes()).unwrap();
        self.hosts = hosts.into();
        self.hickory.as_mut().unwrap().set_hosts(Arc::clone(&self.hosts));
        self
    }

    pub(crate) fn build(mut config: ResolverConfig, options: ResolverOpts, search: SearchList, hosts: Hosts) -> Self {
        // Names are extended here and nowhere else, where the policy sees it.
        (config.domain, config.search) = (None, Vec::new());
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let hosts = Arc::new(hosts);
        *builder.options_mut() = options;
        let options = builder.options_mut();
        options.use_hosts_file = ResolveHosts::Never;
        options.preserve_intermediates = true;
        options.cache_size = CACHE;
        // Without TLS and trust anchors there is nothing that could fail to be read.
        let mut hickory = builder.build().ok();
        if let Some(hickory) = &mut hickory {
            hickory.set_hosts(Arc::clone(&hosts));
        }
        Self { hickory, hosts, search: search.into() }
    }

    /// The absolute names that a name may stand for, in their normal form, in the order to ask for them in.
    ///
    /// The hosts file comes before name servers, and no search list applies to it, as `nsswitch.conf` mostly has it: a name
    /// in it is tried as it is first.
    pub(crate) fn candidates(&self, name: &str) -> Vec<String> {
        let mut candidates = self.search.candidates(name);
        let itself = normal(name);
        if self.is_in_hosts(&itself) {
            candidates.sort_by_key(|candidate| *candidate != itself);
        }
        candidates
    }

    fn is_in_hosts(&self, name: &str) -> bool {
        let has = |name: &Name, kind| self.hosts.lookup_static_host(&Query::query(name.clone(), kind)).is_some();
        absolute(name).is_ok_and(|name| has(&name, RecordType::A) || has(&name, RecordType::AAAA))
    }

    /// The addresses of an absolute name, in its normal form, that is no address. No search list applies.
    pub(crate) async fn forward(&self, domain: &str, family: RuleFamily) -> Result<Resolved, LookupError> {
        let (v4, v6) = match family {
            RuleFamily::Ipv4 => (self.ask(domain, RecordType::A).await, None),
            RuleFamily::Ipv6 => (Err(None), Some(self.ask(domain, RecordType::AAAA).await)),
            RuleFamily::Any => {
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
        found.addresses = keep(found.addresses);
        Ok(found)
    }

    /// Tells a name without any address from one without an address of this family.
    async fn explain(&self, domain: &str, family: RuleFamily, error: LookupError) -> LookupError {
        let other = match family {
            RuleFamily::Ipv4 => RecordType::AAAA,
            RuleFamily::Ipv6 => RecordType::A,
            RuleFamily::Any => return error,
        };
        if error == LookupError::NoData && self.ask(domain, other).await.is_ok() {
            return LookupError::AddressFamily;
        }
        error
    }

    /// The names of an address.
    pub(crate) async fn reverse(&self, address: IpAddr) -> Result<Resolved, LookupError> {
        let name = absolute(&reverse_name(address))?;
        let lookup = self.query(name, RecordType::PTR).await?;
        let names = lookup.answers().iter().filter_map(|record| match &record.data {
            RData::PTR(name) => Some(normal(&name.0.to_ascii())),
            _ => None,
        });
        let mut names = names.filter(|name| crate::policy::name_pattern::is_name(name)).take(answer::NAMES);
        let first = names.next().ok_or(LookupError::NoName)?;
        Ok(Resolved {
            canonical_name: Some(first),
            aliases: names.collect(),
            addresses: vec![address],
            ttl: left(lookup.valid_until()),
        })
    }

    async fn query(&self, name: Name, kind: RecordType) -> Result<Lookup, LookupError> {
        let hickory = self.hickory.as_ref().ok_or(LookupError::Again)?;
        hickory.lookup(name, kind).await.map_err(|error| reason(&error))
    }

    async fn ask(&self, domain: &str, kind: RecordType) -> Result<Resolved, Option<LookupError>> {
        let name = absolute(domain).map_err(Some)?;
        let lookup = self.query(name, kind).await.map_err(Some)?;
        let mut found = Resolved { ttl: left(lookup.valid_until()), ..Resolved::default() };
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

/// A name that hickory takes as it is.
fn absolute(name: &str) -> Result<Name, LookupError> {
    let mut name = Name::from_ascii(name).map_err(|_| LookupError::Malformed)?;
    name.set_fqdn(true);
    Ok(name)
}

/// The search list of the system. As in `resolv.conf`, it takes the place of the domain, which hickory fills in from the host's
/// name where nothing else says it.
fn search_list(config: &ResolverConfig, ndots: usize) -> SearchList {
    let domains = if config.search.is_empty() { config.domain.as_slice() } else { config.search.as_slice() };
    SearchList::new(domains.iter().map(Name::to_ascii), ndots)
}

/// The answer for `localhost`, which no one is asked for.
pub(crate) fn localhost() -> Resolved {
    let addresses = keep([Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()]);
    Resolved { canonical_name: Some("localhost".to_owned()), addresses, ..Resolved::default() }
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// Which failure of the two families to report: a temporary one takes precedence over absence.
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

/// Answers that are kept, per resolver.
const CACHE: u64 = 1024;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use hickory_resolver::system_conf::parse_resolv_conf;

    use super::*;

    #[test]
    fn the_search_list_is_that_of_resolv_conf() {
        for (text, ndots, domains) in [
            ("search Corp.Test. lan\noptions ndots:3", 3, &["corp.test", "lan"][..]),
            ("domain corp.test", 1, &["corp.test"]),
            ("domain corp.test\nsearch lan", 1, &["lan"]),
            ("search lan\ndomain corp.test", 1, &["corp.test"]),
            ("search .", 1, &[""]),
        ] {
            let (config, options) = parse_resolv_conf(format!("nameserver 127.0.0.1\n{text}\n")).unwrap();
            assert_eq!(search_list(&config, options.ndots), SearchList::new(domains, ndots), "{text}");
        }
    }
}
