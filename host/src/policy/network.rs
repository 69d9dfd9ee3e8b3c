//! The one way from a guest to the network: every address check and every name lookup asks the policy here.

use std::collections::HashSet;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::sockets::SocketAddrUse;

use super::names::normal;
use super::peers::Peers;
use super::{Attempt, Denial, Policy, Protocol, Reason, Verdict};

/// A policy at work for one guest. Clones share it.
#[derive(Clone)]
pub struct Network(Arc<Inner>);

struct Inner {
    policy: Policy,
    report: Box<dyn Fn(&Denial) + Send + Sync>,
    reported: Mutex<HashSet<Attempt>>,
    peers: Mutex<Peers>,
}

/// Why a name has no addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The policy does not allow looking it up.
    #[error("the policy does not allow looking up this name")]
    Denied,
    /// It is neither a host name nor an address.
    #[error("this is neither a host name nor an address")]
    Malformed,
    /// The system's resolver has no answer; it does not say why.
    #[error("this name does not resolve")]
    Unresolvable,
}

impl Network {
    /// Puts a policy to work. `report` is called for each distinct attempt that is refused, as long as they are few enough
    /// for a person to read.
    pub fn new(policy: Policy, report: impl Fn(&Denial) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner { policy, report: Box::new(report), reported: Mutex::default(), peers: Mutex::default() }))
    }

    /// Gives a guest its sockets, under this policy.
    ///
    /// # Ambient Authority
    ///
    /// The guest reaches what the policy allows, as this process.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that answers address checks")]
    pub fn grant(&self, builder: &mut WasiCtxBuilder) {
        let network = self.clone();
        builder.socket_addr_check(move |address, purpose| {
            let permitted = network.permits(address, purpose);
            Box::pin(std::future::ready(permitted))
        });
        // Creating a socket is harmless, and refusing it would leave nothing to report but "not permitted".
        builder.allow_tcp(true).allow_udp(true);
    }

    /// Whether the policy allows this use of an address; if not, reports it.
    pub fn permits(&self, address: SocketAddr, purpose: SocketAddrUse) -> bool {
        let (attempt, verdict) = match purpose {
            SocketAddrUse::TcpConnect => {
                (Attempt::Connect(address), self.0.policy.judge_outbound(Protocol::Tcp, address))
            }
            SocketAddrUse::TcpBind => {
                (Attempt::Bind(Protocol::Tcp, address), self.0.policy.judge_bind(Protocol::Tcp, address))
            }
            SocketAddrUse::TcpListen => (Attempt::Listen(address), self.0.policy.judge_listen(address)),
            // The address is the peer's. Only a socket that may listen accepts, and rules are on its own address.
            SocketAddrUse::TcpAccept => return true,
            SocketAddrUse::UdpBind => {
                (Attempt::Bind(Protocol::Udp, address), self.0.policy.judge_bind(Protocol::Udp, address))
            }
            SocketAddrUse::UdpSend => (Attempt::Send(address), self.0.judge_send(address)),
            SocketAddrUse::UdpReceive => (Attempt::Receive(address), self.0.judge_receive(address)),
        };
        self.0.answer(attempt, verdict)
    }

    /// Looks up the addresses of a name, if the policy allows that name. Addresses are names of themselves.
    ///
    /// # Ambient Authority
    ///
    /// Asks the system's resolver.
    pub async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, LookupError> {
        let domain = match parse_name(name)? {
            Name::Address(address) => return Ok(vec![address]),
            Name::Domain(domain) => domain,
        };
        let plain = normal(&domain);
        let verdict = self.0.policy.judge_name(&plain);
        if !self.0.answer(Attempt::Resolve(plain), verdict) {
            return Err(LookupError::Denied);
        }
        lookup(&domain).await
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Network").field(&self.0.policy).finish()
    }
}

impl Inner {
    /// Who sent something unasked, under an inbound rule, may be answered.
    fn judge_send(&self, remote: SocketAddr) -> Verdict {
        match self.policy.judge_outbound(Protocol::Udp, remote) {
            Err(Reason::NoRule) if locked(&self.peers).contains(remote) => Ok(()),
            verdict => verdict,
        }
    }

    /// Who may be sent to may answer; others may send under an inbound rule.
    fn judge_receive(&self, remote: SocketAddr) -> Verdict {
        let verdict = self.policy.judge_outbound(Protocol::Udp, remote);
        if verdict.is_ok() || !self.policy.allows_unasked_datagrams() {
            return verdict;
        }
        locked(&self.peers).remember(remote);
        Ok(())
    }

    fn answer(&self, attempt: Attempt, verdict: Verdict) -> bool {
        let Err(reason) = verdict else {
            return true;
        };
        let is_new = {
            let mut reported = locked(&self.reported);
            reported.len() < MAX_REPORTS && reported.insert(attempt.clone())
        };
        if is_new {
            (self.report)(&Denial { attempt, reason });
        }
        false
    }
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

#[expect(clippy::disallowed_methods, reason = "this is the one place that resolves names")]
async fn lookup(domain: &str) -> Result<Vec<IpAddr>, LookupError> {
    let addresses = tokio::net::lookup_host((domain, 0)).await.map_err(|_| LookupError::Unresolvable)?;
    Ok(addresses.map(|address| address.ip().to_canonical()).collect())
}

/// A panic elsewhere does not make these sets wrong.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many distinct denials are reported. A guest that scans ports should not flood the terminal, nor our memory.
const MAX_REPORTS: usize = 100;
