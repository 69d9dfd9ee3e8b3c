//! The certificates that a chain may be made of, with what choosing among them asks: read once for a verification.

use std::collections::{HashMap, HashSet};

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;

use super::judge::is_valid_at;
use super::{Question, VerifyFailure, code};
use crate::certificate::parse;

/// One of them.
pub(super) struct Candidate<'a> {
    /// Its place among all.
    pub(super) number: usize,
    pub(super) der: &'a CertificateDer<'a>,
    pub(super) parsed: X509Certificate<'a>,
    pub(super) is_trusted: bool,
    /// Whether the peer sent it with its own.
    pub(super) is_sent: bool,
    is_valid: bool,
    is_authority: bool,
    subject_key: Option<&'a [u8]>,
    authority_key: Option<&'a [u8]>,
}

impl<'a> Candidate<'a> {
    fn read(der: &'a CertificateDer<'a>, question: &Question<'_>) -> Option<Self> {
        let parsed = parse(der).ok()?;
        Some(Self {
            number: 0,
            der,
            is_trusted: question.store.contains(der),
            is_sent: false,
            is_valid: is_valid_at(&parsed, question.now).is_ok(),
            is_authority: is_authority(&parsed),
            subject_key: subject_key(&parsed),
            authority_key: authority_key(&parsed),
            parsed,
        })
    }

    /// How good an issuer it would be, without looking at its signature.
    pub(super) fn standing(&self) -> (bool, bool) {
        (self.is_valid, self.is_authority)
    }

    /// `X509_check_issued`, without its check of key usages, which has a code of its own.
    pub(super) fn may_have_issued(&self, of: &Self) -> bool {
        self.parsed.subject().as_raw() == of.parsed.issuer().as_raw() && fits(of.authority_key, self.subject_key)
    }

    /// Whether subject and issuer are the same, and the key, as far as it is said.
    pub(super) fn is_self_issued(&self) -> bool {
        self.may_have_issued(self)
    }
}

/// All of them; the first is the peer's own.
pub(super) struct Candidates<'a>(Vec<Candidate<'a>>);

impl<'a> Candidates<'a> {
    /// The peer's own certificate, those that it sent, and those that are trusted and have a name that is asked for. Each
    /// once; what does not parse is left out, but for the peer's own.
    pub(super) fn gather(question: &Question<'a>) -> Result<Self, VerifyFailure> {
        let own = Candidate::read(question.leaf, question).ok_or_else(|| code::failure(code::INVALID_EXTENSION))?;
        let mut places = HashMap::from([(own.der.as_ref(), 0)]);
        let mut all = Self(vec![own]);
        for der in question.others {
            all.add(der, question, &mut places, true);
        }
        let mut asked = HashSet::new();
        let mut next = 0;
        while let Some(of) = all.0.get(next) {
            let name = of.parsed.tbs_certificate.issuer.as_raw();
            if asked.insert(name) {
                for der in question.store.with_subject(name) {
                    all.add(der, question, &mut places, false);
                }
            }
            next = next.saturating_add(1);
        }
        Ok(all)
    }

    fn add(
        &mut self,
        der: &'a CertificateDer<'a>,
        question: &Question<'_>,
        places: &mut HashMap<&'a [u8], usize>,
        is_sent: bool,
    ) {
        if places.contains_key(der.as_ref()) {
            return;
        }
        let Some(mut candidate) = Candidate::read(der, question) else { return };
        candidate.number = self.0.len();
        candidate.is_sent = is_sent;
        places.insert(der.as_ref(), candidate.number);
        self.0.push(candidate);
    }

    /// The peer's own.
    pub(super) fn leaf(&self) -> Option<&Candidate<'a>> {
        self.0.first()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Candidate<'a>> {
        self.0.iter()
    }
}

/// Whether the key that is asked for is the one that is there, as far as both are said.
fn fits(asked: Option<&[u8]>, there: Option<&[u8]>) -> bool {
    asked.is_none() || there.is_none() || asked == there
}

/// Whether it may sign others: with its basic constraints, or as a root of version 1.
pub(crate) fn is_authority(certificate: &X509Certificate<'_>) -> bool {
    let signs = certificate.key_usage().ok().flatten().is_none_or(|usage| usage.value.key_cert_sign());
    let authority = match certificate.basic_constraints() {
        Ok(Some(constraints)) => constraints.value.ca,
        Ok(None) => {
            certificate.version().0 == 0
                && certificate.subject().as_raw() == certificate.issuer().as_raw()
                && fits(authority_key(certificate), subject_key(certificate))
        }
        Err(_) => false,
    };
    authority && signs
}

/// The key identifier of the issuer that a certificate names.
pub(super) fn authority_key<'a>(certificate: &X509Certificate<'a>) -> Option<&'a [u8]> {
    certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(key) => key.key_identifier.as_ref().map(|identifier| identifier.0),
        _ => None,
    })
}

/// The key identifier that a certificate gives itself.
pub(super) fn subject_key<'a>(certificate: &X509Certificate<'a>) -> Option<&'a [u8]> {
    certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(key) => Some(key.0),
        _ => None,
    })
}
