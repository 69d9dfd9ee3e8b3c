//! Chains of every shape: which one is found, and how many signatures are checked for it.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use wasocket_tls::TrustStore;
use wasocket_tls::verify::{MOST_SIGNATURE_CHECKS, Purpose, Question, VerifyFailure, verify_by};

use crate::forge::{Counted, Plan};

const ROOT: u8 = 0;
const YEAR_2030: u64 = 1_893_456_000;

/// How many certificates the chain has, or the number of the failure; and how many signatures were checked.
fn outcome(leaf: Plan, others: &[Plan]) -> (Result<usize, i32>, usize) {
    let (found, count) = verified(leaf, others);
    (found.map(|chain| chain.len()).map_err(|failure| failure.code), count)
}

fn verified(leaf: Plan, others: &[Plan]) -> (Result<Vec<CertificateDer<'static>>, VerifyFailure>, usize) {
    let mut store = TrustStore::default();
    store.add(Plan::root(ROOT).certificate()).expect("a root");
    let (leaf, others) = (leaf.certificate(), others.iter().map(Plan::certificate).collect::<Vec<_>>());
    let question = Question {
        leaf: &leaf,
        others: &others,
        store: &store,
        flags: 0,
        purpose: Purpose::Server,
        host: None,
        now: UnixTime::since_unix_epoch(Duration::from_secs(YEAR_2030)),
    };
    let counted = Counted::default();
    (verify_by(&question, &[&counted]), counted.count())
}

/// An authority below the root with the name 1, one of many with that name.
fn namesake(key: u8) -> Plan {
    Plan { key, ..Plan::below(ROOT, 1) }
}

/// Signed by the namesake with that key.
fn leaf_of(signer: u8) -> Plan {
    Plan { signer, ..Plan::leaf(1) }
}

#[test]
fn a_plain_chain_costs_each_signature_once_for_each_of_two_judges() {
    assert_eq!(outcome(Plan::leaf(ROOT), &[]), (Ok(2), 2));
    assert_eq!(outcome(Plan::leaf(2), &[Plan::below(1, 2), Plan::below(ROOT, 1)]), (Ok(4), 6));
    let twice = [Plan::below(ROOT, 1), Plan::below(1, 2), Plan::below(ROOT, 1), Plan::below(1, 2)];
    assert_eq!(outcome(Plan::leaf(2), &twice), (Ok(4), 6), "the same certificate again is no other");
}

#[test]
fn false_signatures_are_refused() {
    for (leaf, between) in [(false, true), (true, false), (false, false)] {
        let plans = (Plan { is_genuine: leaf, ..Plan::leaf(1) }, Plan { is_genuine: between, ..Plan::below(ROOT, 1) });
        assert_eq!(outcome(plans.0, &[plans.1]).0, Err(7), "{leaf} {between}");
    }
}

#[test]
fn hundreds_of_certificates_that_lead_nowhere_cost_no_signature() {
    let others: Vec<Plan> = (0..182)
        .map(|number| {
            let (subject, issuer) = if number % 2 == 0 { (1, 2) } else { (2, 1) };
            Plan { subject, issuer, key: number, signer: number, ..Plan::root(1) }
        })
        .collect();
    assert_eq!(outcome(leaf_of(99), &others), (Err(22), 0));
}

#[test]
fn hundreds_of_certificates_that_lead_to_a_root_cost_few_signatures() {
    let others: Vec<Plan> = (2..184).map(namesake).collect();
    let none_has_signed = leaf_of(1);
    assert_eq!(outcome(none_has_signed, &others), (Err(7), CHOICES + 1), "and the one of the root");
    // Nor do chains cost more that meet on the way.
    let crossed = (2..90).map(|key| Plan { issuer: 2, signer: 2, ..namesake(key) });
    let crossed: Vec<Plan> = crossed.chain((90..180).map(|key| Plan { key, ..Plan::below(ROOT, 2) })).collect();
    let (found, count) = outcome(leaf_of(1), &crossed);
    assert!(found == Err(7) && count <= MOST_SIGNATURE_CHECKS, "{found:?} {count}");
}

/// How many false signatures are met before the first of equals is taken.
const CHOICES: usize = 16;

#[test]
fn among_namesakes_the_one_is_found_that_has_signed() {
    // Two more than for a chain without others are for the false ones before it.
    assert_eq!(outcome(leaf_of(4), &[namesake(2), namesake(3), namesake(4), namesake(5)]), (Ok(3), 6));
    let with_false = |count: usize| {
        let others: Vec<Plan> = (0..=count).map(|key| namesake(key as u8 + 2)).collect();
        outcome(leaf_of(count as u8 + 2), &others)
    };
    assert_eq!(with_false(CHOICES - 1), (Ok(3), CHOICES + 3));
    assert_eq!(with_false(CHOICES), (Err(7), CHOICES + 1), "the first is taken, as OpenSSL does");
}

#[test]
fn what_is_cheap_to_see_is_seen_first() {
    let named = |plan: Plan| Plan { names_keys: true, ..plan };
    let others: Vec<Plan> = (2..184).map(|key| named(namesake(key))).collect();
    assert_eq!(outcome(named(leaf_of(150)), &others), (Ok(3), 4), "its key has a name");
    let expired = (2..184).map(|key| Plan { is_expired: true, ..namesake(key) });
    let others: Vec<Plan> = expired.chain([namesake(184)]).collect();
    assert_eq!(outcome(leaf_of(184), &others), (Ok(3), 4), "the others have expired");
    let powerless = (2..184).map(|key| Plan { is_authority: false, ..namesake(key) });
    let others: Vec<Plan> = powerless.chain([namesake(184)]).collect();
    assert_eq!(outcome(leaf_of(184), &others), (Ok(3), 4), "the others may not sign");
}

#[test]
fn long_chains_end_at_what_webpki_takes() {
    let below = |length: u8| (1..length).map(|name| Plan::below(name - 1, name)).collect::<Vec<_>>();
    assert_eq!(outcome(Plan::leaf(6), &below(7)), (Ok(8), 14));
    assert_eq!(outcome(Plan::leaf(7), &below(8)).0, Err(22));
    let (found, count) = outcome(Plan::leaf(90), &below(91));
    assert_eq!((found, count), (Err(22), MOST_SIGNATURE_CHECKS));
    let text = verified(Plan::leaf(90), &below(91)).0.expect_err("a failure").message;
    assert_eq!(text, "certificate chain too long");
    assert_eq!(outcome(Plan::leaf(120), &below(121)), (Err(22), 0));
}
