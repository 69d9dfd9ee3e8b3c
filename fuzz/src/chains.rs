//! Chains of certificates of any shape: what is accepted is a chain, and what it costs is bounded.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use wasocket_tls::TrustStore;
use wasocket_tls::verify::{MOST_SIGNATURE_CHECKS, PARTIAL_CHAIN, Purpose, Question, code, verify_by};

use crate::choice;
use crate::forge::{Counted, Plan};

const YEAR_2030: u64 = 1_893_456_000;
/// The longest chain that webpki takes.
const LONGEST: usize = 8;
/// As many certificates as one message of TLS holds.
const MOST_SENT: usize = 200;

/// The first byte says what is trusted; then two bytes for each certificate, the peer's own first.
pub fn check(input: &[u8]) {
    let Some((selector, rest)) = choice(input) else { return };
    let plans: Vec<Plan> = rest.chunks_exact(2).take(MOST_SENT).map(|bytes| plan(bytes[0], bytes[1])).collect();
    let sent: Vec<CertificateDer<'static>> = plans.iter().map(made).collect();
    let Some((leaf, others)) = sent.split_first() else { return };
    let mut trusted = vec![Plan::root(0)];
    trusted.extend((selector & 1 != 0).then(|| Plan::root(1)));
    trusted.extend(plans.last().filter(|_| selector & 2 != 0));
    let mut store = TrustStore::default();
    for root in &trusted {
        store.add(made(root)).expect("a certificate");
    }
    let counted = Counted::default();
    let question = Question {
        leaf,
        others,
        store: &store,
        flags: if selector & 4 == 0 { 0 } else { PARTIAL_CHAIN },
        purpose: Purpose::Server,
        host: None,
        now: UnixTime::since_unix_epoch(Duration::from_secs(YEAR_2030)),
    };
    let found = verify_by(&question, &[&counted]);
    let checks = counted.count();
    assert!(checks <= MOST_SIGNATURE_CHECKS, "{checks} signatures for {plans:?}");
    match found {
        Ok(chain) => judge(&chain, leaf, &plans, &trusted),
        Err(failure) => assert!(
            failure.code != code::CERT_CHAIN_TOO_LONG || checks == MOST_SIGNATURE_CHECKS || plans.len() >= LONGEST,
            "{checks} signatures are no reason for {failure} of {plans:?}"
        ),
    }
}

/// A chain that was accepted: each has signed the next, the first is the peer's and the last is trusted.
fn judge(chain: &[CertificateDer<'static>], leaf: &CertificateDer<'_>, plans: &[Plan], trusted: &[Plan]) {
    let known: HashMap<CertificateDer<'_>, &Plan> =
        plans.iter().chain(trusted).map(|plan| (made(plan), plan)).collect();
    let steps: Vec<&Plan> = chain.iter().map(|certificate| known[certificate]).collect();
    assert_eq!(chain.first(), Some(leaf));
    assert!(trusted.iter().any(|root| chain.last() == Some(&made(root))), "{steps:?}");
    assert!(steps.iter().all(|step| !step.is_expired) && steps[1..].iter().all(|step| step.is_authority), "{steps:?}");
    for pair in steps.windows(2) {
        let [of, issuer] = pair else { continue };
        assert!(of.issuer == issuer.subject && of.signer == issuer.key && of.is_genuine, "{of:?} of {issuer:?}");
    }
}

fn plan(names: u8, rest: u8) -> Plan {
    Plan {
        subject: names >> 6,
        issuer: names >> 4 & 3,
        key: names & 15,
        signer: rest & 15,
        is_authority: rest & 16 == 0,
        is_expired: rest & 32 != 0,
        names_keys: rest & 64 != 0,
        is_genuine: rest & 128 == 0,
    }
}

/// The certificate of `plan`: there are only so many, and making one takes longer than judging it.
fn made(plan: &Plan) -> CertificateDer<'static> {
    thread_local! {
        static MADE: RefCell<HashMap<Plan, CertificateDer<'static>>> = RefCell::default();
    }
    MADE.with_borrow_mut(|made| made.entry(*plan).or_insert_with(|| plan.certificate()).clone())
}
