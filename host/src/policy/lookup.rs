//! Lookups: who may be asked, and what of the answer the guest may have.

use std::future::Future;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Instant;

use super::address::fold;
use super::audit::Event;
use super::learned;
use super::limits::{Exceeded, Permit};
use super::names::{is_localhost, is_name, normal};
use super::network::{Inner, locked, pause};
use super::resolver::localhost;
use super::{Attempt, Denial, Family, Found, LookupError, Network, Policy, Resolver};

impl Network {
    /// Looks up the addresses of a name, if the policy allows that name. Addresses are names of themselves.
    ///
    /// # Ambient Authority
    ///
    /// Asks name servers.
    pub async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
        Ok(self.lookup(name, Family::Any).await?.addresses)
    }

    /// As [`resolve`](Self::resolve), for one family if one is asked for, with all that is found.
    ///
    /// # Ambient Authority
    ///
    /// Asks name servers.
    pub async fn lookup(&self, name: &str, family: Family) -> Result<Found, LookupError> {
        let domain = match parse_name(name)? {
            Name::Address(address) => return Ok(Found { addresses: vec![address], ..Found::default() }),
            Name::Domain(domain) => domain,
        };
        let plain = normal(&domain);
        if !is_name(&plain) {
            return Err(LookupError::Malformed);
        }
        let policy = self.0.policy.load_full();
        let (families, mapped) = match policy.judge_name(&plain) {
            Ok(grant) => {
                self.0.answer(Attempt::Resolve(plain.clone()), None, Ok(grant.basis)).map_err(denied)?;
                (grant.families, grant.mapped)
            }
            Err(reason) => {
                self.0.answer(Attempt::Resolve(plain.clone()), None, Err(reason)).map_err(denied)?;
                (vec![Family::Any], Vec::new())
            }
        };
        let mut found = if !mapped.is_empty() {
            Found { addresses: mapped.clone(), ttl: learned::CAP, ..Found::default() }
        } else if is_localhost(&plain) {
            localhost()
        } else {
            let attempt = Attempt::Resolve(plain.clone());
            self.0.ask_resolver(&attempt, async |resolver| resolver.forward(&domain, family).await).await?
        };
        let is_wanted = |address: &IpAddr| {
            family.contains(fold(*address)) && families.iter().any(|family| family.contains(fold(*address)))
        };
        found.addresses.retain(is_wanted);
        if found.addresses.is_empty() {
            return Err(LookupError::AddressFamily);
        }
        self.0.screen(&policy, &plain, &mapped, &mut found).map_err(denied)?;
        Ok(found)
    }

    /// Looks up the names of an address, if the policy allows that.
    ///
    /// # Ambient Authority
    ///
    /// Asks name servers.
    pub async fn reverse(&self, address: IpAddr) -> Result<Found, LookupError> {
        let address = fold(address);
        self.check(Attempt::Reverse(address)).map_err(denied)?;
        if address.is_loopback() {
            return Ok(Found { addresses: vec![address], ..localhost() });
        }
        let attempt = Attempt::Reverse(address);
        self.0.ask_resolver(&attempt, async |resolver| resolver.reverse(address).await).await
    }
}

impl Inner {
    /// Asks for what `attempt` says, within the limits, and tells of it.
    async fn ask_resolver<F>(&self, attempt: &Attempt, ask: impl FnOnce(Resolver) -> F) -> Result<Found, LookupError>
    where
        F: Future<Output = Result<Found, LookupError>>,
    {
        let started = Instant::now();
        let span = tracing::debug_span!(target: "wasocket::policy", "dns.lookup", wasocket.guest = self.guest, wasocket.attempt = %attempt);
        let answer = async {
            let _permit = self.start_lookup().await?;
            ask(self.resolver().clone()).await
        };
        let answer = tracing::Instrument::instrument(answer, span).await;
        self.tell(|| Event::lookup(attempt, &answer, started.elapsed()));
        answer
    }

    async fn start_lookup(&self) -> Result<Permit, LookupError> {
        let limits = self.policy.load().limits.clone();
        let permit = self.usage.take(&limits, Exceeded::Lookups, 1).map_err(|_| LookupError::Busy)?;
        pause(self.usage.lookup_rate.take(limits.lookups_per_second, 1, Instant::now())).await;
        Ok(permit)
    }

    fn resolver(&self) -> &Resolver {
        let server = || self.policy.load().dns;
        self.resolver.get_or_init(|| server().map_or_else(Resolver::system, Resolver::with_server))
    }

    /// Takes out of an answer what the guest may not have, and learns the rest.
    fn screen(&self, policy: &Policy, name: &str, mapped: &[IpAddr], found: &mut Found) -> Result<(), Denial> {
        let now = Instant::now();
        let mut refused = Vec::new();
        let mut kept = Vec::new();
        for address in std::mem::take(&mut found.addresses) {
            // What a rule says of a name is not what its owner says of it.
            let verdict = if mapped.contains(&address) { Ok(true) } else { policy.judge_answer(name, address) };
            match verdict {
                Ok(true) => {
                    locked(&self.learned).learn(name, fold(address), found.ttl, now);
                    kept.push(address);
                }
                Ok(false) => kept.push(address),
                Err(reason) => refused.push((address, reason)),
            }
        }
        found.addresses = kept;
        let mut denial = None;
        for (address, reason) in refused {
            match self.answer(Attempt::Resolve(name.to_owned()), None, Err(reason)) {
                // The policy only reports.
                Ok(()) => found.addresses.push(address),
                Err(refusal) => denial = denial.or(Some(refusal)),
            }
        }
        // What is left without the refused addresses is an answer, too.
        denial.filter(|_| found.addresses.is_empty()).map_or(Ok(()), Err)
    }
}

fn denied(denial: Denial) -> LookupError {
    LookupError::Denied(Box::new(denial))
}

enum Name {
    Address(IpAddr),
    Domain(String),
}

/// Reads a name as WASI's own implementation in wasmtime does: host names in any script, and every spelling of an address
/// that `getaddrinfo` takes.
fn parse_name(name: &str) -> Result<Name, LookupError> {
    match url::Host::parse(name) {
        Ok(url::Host::Domain(domain)) => Ok(Name::Domain(domain)),
        Ok(url::Host::Ipv4(address)) => Ok(Name::Address(address.into())),
        Ok(url::Host::Ipv6(address)) => Ok(Name::Address(address.into())),
        Err(_) => {
            name.parse::<Ipv6Addr>().map(|address| Name::Address(address.into())).map_err(|_| LookupError::Malformed)
        }
    }
}
