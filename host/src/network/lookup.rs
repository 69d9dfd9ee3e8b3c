//! Lookups: which names a resolver is asked for, and which of its addresses the guest receives.

use std::future::Future;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Instant;

use super::admitted::Admitted;
use super::{Inner, Network};
use crate::accounting::event::Event;
use crate::names::pins;
use crate::names::resolver::{LookupError, Resolved, Resolver, localhost};
use crate::policy::address::fold;
use crate::policy::decide::NameGrant;
use crate::policy::denial::{Attempt, Denial, Reason};
use crate::policy::name_pattern::{RuleFamily, is_localhost, is_name, normal};
use crate::policy::rules::{Mode, Policy};

impl Network {
    /// Looks up the addresses of a name, if the policy allows that name. Addresses are names of themselves.
    ///
    /// # Ambient Authority
    ///
    /// Asks name servers.
    pub async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
        Ok(self.lookup(name, RuleFamily::Any).await?.addresses)
    }

    /// As [`resolve`](Self::resolve), for one family if one is asked for, with all that is found.
    ///
    /// A name without a dot at its end may stand for several, by the system's search list: each of them is judged as the name
    /// that it is, and only what is allowed is asked for.
    ///
    /// # Ambient Authority
    ///
    /// Asks name servers.
    pub async fn lookup(&self, name: &str, family: RuleFamily) -> Result<Resolved, LookupError> {
        let domain = match parse_name(name)? {
            Name::Address(address) => return Ok(Resolved { addresses: vec![address], ..Resolved::default() }),
            Name::Domain(domain) => domain,
        };
        if !is_name(&normal(&domain)) {
            return Err(LookupError::Malformed);
        }
        let mut failure = None;
        for candidate in self.0.candidates(&domain) {
            match self.0.lookup_absolute(&candidate, family).await {
                // The C library goes on where a name does not exist, or has nothing of what was asked for.
                Err(error @ (LookupError::NoName | LookupError::NoData | LookupError::AddressFamily)) => {
                    failure = Some(failure.map_or(error.clone(), |earlier| more_telling(earlier, error)));
                }
                // One that may not be asked for is passed over.
                Err(error @ LookupError::Denied(_)) => failure = failure.or(Some(error)),
                answer => return answer,
            }
        }
        Err(failure.unwrap_or(LookupError::NoName))
    }

    /// Looks up the names of an address, if the policy allows that.
    ///
    /// # Ambient Authority
    ///
    /// Asks name servers.
    pub async fn reverse(&self, address: IpAddr) -> Result<Resolved, LookupError> {
        let address = self.0.decide_reverse(fold(address)).map_err(denied)?.into_target();
        if address.is_loopback() {
            return Ok(Resolved { addresses: vec![address], ..localhost() });
        }
        let attempt = Attempt::Reverse(address);
        self.0.ask_resolver(&attempt, async |resolver| resolver.reverse(address).await).await
    }
}

impl Inner {
    /// The absolute names to ask for, in their order.
    ///
    /// A name that a rule gives an address is that alone. Of the others, those that no rule allows are left out, so that a
    /// guest is not refused what it did not ask for; if that leaves none, the name as it was written is to be decided.
    fn candidates(&self, domain: &str) -> Vec<String> {
        let plain = normal(domain);
        let policy = self.policy.load();
        let is_mapped = policy.judge_name(&plain).is_ok_and(|allowed| !allowed.target.mapped.is_empty());
        if is_mapped {
            return vec![plain];
        }
        let mut candidates = self.resolver().candidates(domain);
        candidates.retain(|name| match policy.judge_name(name) {
            Ok(_) => true,
            Err(Reason::NoRule) => policy.mode() == Mode::Report,
            Err(_) => false,
        });
        if candidates.is_empty() { vec![plain] } else { candidates }
    }

    /// Looks up a name that is absolute, in its normal form.
    async fn lookup_absolute(&self, name: &str, family: RuleFamily) -> Result<Resolved, LookupError> {
        let policy = self.policy.load_full();
        let NameGrant { families, mapped } =
            self.decide_name_under(Arc::clone(&policy), name).map_err(denied)?.into_target();
        let mut found = if !mapped.is_empty() {
            Resolved { addresses: mapped.clone(), ttl: pins::CAP, ..Resolved::default() }
        } else if is_localhost(name) {
            localhost()
        } else {
            let attempt = Attempt::Resolve(name.to_owned());
            self.ask_resolver(&attempt, async |resolver| resolver.forward(name, family).await).await?
        };
        let is_wanted = |address: &IpAddr| {
            family.contains(fold(*address)) && families.iter().any(|family| family.contains(fold(*address)))
        };
        found.addresses.retain(is_wanted);
        if found.addresses.is_empty() {
            return Err(LookupError::AddressFamily);
        }
        self.screen(&policy, name, &mapped, &mut found)?;
        Ok(found)
    }

    /// Whether a name may be looked up, and what rules say of it.
    pub(super) fn decide_name(&self, name: &str) -> Result<Admitted<NameGrant>, Denial> {
        self.decide_name_under(self.policy.load_full(), name)
    }

    fn decide_name_under(&self, policy: Arc<Policy>, name: &str) -> Result<Admitted<NameGrant>, Denial> {
        let verdict = policy.judge_name(name);
        let anything = || NameGrant { families: vec![RuleFamily::Any], mapped: Vec::new() };
        self.conclude(policy, None, || Attempt::Resolve(name.to_owned()), None, verdict, anything)
    }

    /// Looks up what `attempt` says, within the limits, and audits it.
    async fn ask_resolver<F>(&self, attempt: &Attempt, ask: impl FnOnce(Resolver) -> F) -> Result<Resolved, LookupError>
    where
        F: Future<Output = Result<Resolved, LookupError>>,
    {
        let started = Instant::now();
        let span = tracing::debug_span!(target: "wasocket::policy", "dns.lookup", wasocket.guest = self.audit.guest(), wasocket.attempt = %attempt);
        let answer = async {
            let _permit = self.meter.start_lookup().await.map_err(|_| LookupError::Busy)?;
            ask(self.resolver().clone()).await
        };
        let answer = tracing::Instrument::instrument(answer, span).await;
        self.audit.emit(|| Event::lookup(attempt, &answer, started.elapsed()));
        answer
    }

    fn resolver(&self) -> &Resolver {
        let server = || self.policy.load().dns();
        self.resolver.get_or_init(|| server().map_or_else(Resolver::system, Resolver::with_server))
    }

    /// Removes from an answer the addresses that the guest may not have, and pins the rest.
    fn screen(
        &self,
        policy: &Arc<Policy>,
        name: &str,
        mapped: &[IpAddr],
        found: &mut Resolved,
    ) -> Result<(), LookupError> {
        let mut denial = None;
        let mut kept = Vec::with_capacity(found.addresses.len());
        for address in std::mem::take(&mut found.addresses) {
            // What a rule says of a name is not what its owner says of it.
            let verdict = if mapped.contains(&address) { Ok(true) } else { policy.judge_answer(name, address) };
            match verdict {
                Ok(opens) => {
                    if opens {
                        self.pins.pin(name, fold(address), found.ttl).map_err(|pins::Full| LookupError::Busy)?;
                    }
                    kept.push(address);
                }
                Err(reason) => {
                    let attempt = || Attempt::Resolve(name.to_owned());
                    match self.conclude(Arc::clone(policy), None, attempt, None, Err(reason), || address) {
                        // The policy only reports.
                        Ok(admitted) => kept.push(admitted.into_target()),
                        Err(refusal) => denial = denial.or(Some(refusal)),
                    }
                }
            }
        }
        found.addresses = kept;
        // What is left without the refused addresses is an answer, too.
        denial.filter(|_| found.addresses.is_empty()).map_or(Ok(()), |denial| Err(denied(denial)))
    }
}

/// Which failure of two candidates to report: that a name exists takes precedence.
fn more_telling(one: LookupError, other: LookupError) -> LookupError {
    match (&one, &other) {
        (LookupError::NoName | LookupError::Denied(_), _) => other,
        _ => one,
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
