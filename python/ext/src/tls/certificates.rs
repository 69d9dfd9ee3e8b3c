//! Certificates, as lists and tuples that the package makes dictionaries of.

use wasocket_tls::{AlternativeName, Name, certificate_facts};

use crate::arguments::Buffer;
use crate::errors::PyResult;
use crate::export::Arguments;
use crate::object::Object;

pub(super) fn facts(arguments: Arguments<'_>) -> PyResult<Object> {
    let facts = certificate_facts(Buffer::of(arguments.given)?.bytes())?;
    Object::tuple([
        name(&facts.subject)?,
        name(&facts.issuer)?,
        Object::integer(facts.version.into())?,
        Object::text(&facts.serial_number)?,
        Object::text(&facts.not_before)?,
        Object::text(&facts.not_after)?,
        Object::list(facts.alternative_names.iter().map(alternative_name))?,
        texts(&facts.ocsp)?,
        texts(&facts.ca_issuers)?,
        texts(&facts.crl_distribution_points)?,
    ])
}

fn texts(texts: &[String]) -> PyResult<Object> {
    Object::list(texts.iter().map(|text| Object::text(text)))
}

/// A list of lists of pairs.
fn name(name: &Name) -> PyResult<Object> {
    let pair = |(kind, value): &(String, String)| Object::tuple([Object::text(kind)?, Object::text(value)?]);
    Object::list(name.iter().map(|set| Object::list(set.iter().map(pair))))
}

fn alternative_name(alternative: &AlternativeName) -> PyResult<Object> {
    match alternative {
        AlternativeName::Text(kind, value) => Object::tuple([Object::text(kind)?, Object::text(value)?]),
        AlternativeName::Directory(directory) => Object::tuple([Object::text("DirName")?, name(directory)?]),
    }
}
