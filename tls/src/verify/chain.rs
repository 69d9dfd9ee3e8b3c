//! Building a chain: from the peer's certificate to one that is trusted, trusted issuers first.
//!
//! A peer can send hundreds of certificates that all may have issued each other, and a signature costs a thousand times
//! what a comparison costs. So a chain is built by names, keys and times, as OpenSSL does it. Only where several would do
//! equally well, and the chain leads to what is trusted, a signature decides.

use std::collections::HashSet;

use super::candidates::{Candidate, Candidates};
use super::signatures::Signatures;
use super::{PARTIAL_CHAIN, Question, VerifyFailure, code};

/// OpenSSL's own limit for a chain.
const LONGEST: usize = 100;

/// How many false signatures are met before the first of equals is taken, as OpenSSL takes it at once. Authorities that
/// share a name are few.
const MOST_MISTAKES: usize = 16;

/// Issuer and issued, by their numbers, of which it is known that the one has not signed the other.
type Refuted = HashSet<(usize, usize)>;

/// A certificate of a chain, and whether others with the same name could have been used instead.
struct Step<'c, 'a> {
    candidate: &'c Candidate<'a>,
    is_contested: bool,
}

/// The chain, or why there is none.
pub(super) fn build<'c, 'a>(
    question: &Question<'_>,
    candidates: &'c Candidates<'a>,
    signatures: &Signatures<'_>,
) -> Result<Vec<&'c Candidate<'a>>, VerifyFailure> {
    let chain = |steps: Vec<Step<'c, 'a>>| steps.into_iter().map(|step| step.candidate).collect();
    let mut refuted = Refuted::new();
    while refuted.len() < MOST_MISTAKES {
        let steps = walk(question, candidates, &refuted)?;
        match mistaken(&steps, signatures)? {
            Some(pair) => refuted.insert(pair),
            None => return Ok(chain(steps)),
        };
    }
    walk(question, candidates, &Refuted::new()).map(chain)
}

/// The topmost choice among equals that was not right.
fn mistaken(steps: &[Step<'_, '_>], signatures: &Signatures<'_>) -> Result<Option<(usize, usize)>, VerifyFailure> {
    for pair in steps.windows(2).rev() {
        let [of, issuer] = pair else { continue };
        if issuer.is_contested && !signatures.has_signed(issuer.candidate, of.candidate)? {
            return Ok(Some((issuer.candidate.number, of.candidate.number)));
        }
    }
    Ok(None)
}

fn walk<'c, 'a>(
    question: &Question<'_>,
    candidates: &'c Candidates<'a>,
    refuted: &Refuted,
) -> Result<Vec<Step<'c, 'a>>, VerifyFailure> {
    let leaf = candidates.leaf().ok_or_else(|| code::failure(code::INVALID_EXTENSION))?;
    let mut steps = vec![Step { candidate: leaf, is_contested: false }];
    let mut anchored = false;
    let mut current = leaf;
    loop {
        if steps.len() > LONGEST {
            return Err(code::failure(code::CERT_CHAIN_TOO_LONG));
        }
        let own = current.is_self_issued();
        if current.is_trusted && (own || question.flags & PARTIAL_CHAIN != 0) {
            return Ok(steps);
        }
        if own {
            let alone = steps.len() == 1;
            let code = if alone { code::DEPTH_ZERO_SELF_SIGNED_CERT } else { code::SELF_SIGNED_CERT_IN_CHAIN };
            return Err(code::failure(code));
        }
        let next = choose(candidates, &steps, refuted, |candidate| candidate.is_trusted);
        anchored |= next.is_some();
        let next = if anchored { next } else { choose(candidates, &steps, refuted, |candidate| candidate.is_sent) };
        let Some(next) = next else {
            let code = if anchored { code::UNABLE_TO_GET_ISSUER_CERT } else { code::UNABLE_TO_GET_ISSUER_CERT_LOCALLY };
            return Err(code::failure(code));
        };
        current = next.candidate;
        steps.push(next);
    }
}

/// Of those that may have issued the last one of the chain, the first of the best.
fn choose<'c, 'a>(
    candidates: &'c Candidates<'a>,
    steps: &[Step<'c, 'a>],
    refuted: &Refuted,
    is_eligible: impl Fn(&Candidate<'a>) -> bool,
) -> Option<Step<'c, 'a>> {
    let of = steps.last()?.candidate;
    let is_used = |candidate: &Candidate<'_>| steps.iter().any(|step| step.candidate.number == candidate.number);
    let possible: Vec<&Candidate<'a>> = candidates
        .iter()
        .filter(|candidate| is_eligible(candidate) && candidate.may_have_issued(of) && !is_used(candidate))
        .collect();
    let best = possible.iter().map(|candidate| candidate.standing()).max()?;
    let mut equals = possible.into_iter().filter(|candidate| candidate.standing() == best).peekable();
    let first = *equals.peek()?;
    let mut open = equals.filter(|candidate| !refuted.contains(&(candidate.number, of.number)));
    // Where none has signed it, the first is as good as any: judging will say so.
    let candidate = open.next().unwrap_or(first);
    Some(Step { candidate, is_contested: open.next().is_some() })
}
