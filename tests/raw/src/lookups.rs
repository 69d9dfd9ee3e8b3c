//! `wasi:sockets/ip-name-lookup`, call by call.

use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::{ResolveAddressStream, resolve_addresses};

use crate::addresses::ip;
use crate::things::{Answer, Thing, Things, code, number, unknown};

impl Things {
    /// Does it, if it is about names.
    pub(crate) fn lookups(&mut self, words: &[&str]) -> Option<Answer> {
        Some(match words {
            ["lookup", name, lookup] => self.start_lookup(name, lookup),
            ["lookup-long", letter, length] => number(length).and_then(|length| lookup_long(letter, length)),
            ["next", lookup] => self.lookup(lookup).and_then(next),
            ["resolve", name] => resolve(name),
            _ => return None,
        })
    }

    fn start_lookup(&mut self, name: &str, lookup: &str) -> Answer {
        let stream = resolve_addresses(&instance_network(), name).map_err(code)?;
        self.0.insert(lookup.to_owned(), Thing::Lookup(stream));
        Ok("ok".to_owned())
    }

    fn lookup(&self, name: &str) -> Result<&ResolveAddressStream, String> {
        match self.0.get(name) {
            Some(Thing::Lookup(stream)) => Ok(stream),
            _ => Err(unknown(name)),
        }
    }
}

fn next(stream: &ResolveAddressStream) -> Answer {
    let address = stream.resolve_next_address().map_err(code)?;
    Ok(address.map_or_else(|| "none".to_owned(), |address| ip(address).to_string()))
}

/// All addresses of a name.
fn resolve(name: &str) -> Answer {
    all(&resolve_addresses(&instance_network(), name).map_err(code)?)
}

fn all(stream: &ResolveAddressStream) -> Answer {
    let mut addresses = Vec::new();
    loop {
        match next(stream) {
            Ok(address) if address == "none" => return Ok(addresses.join(" ")),
            Ok(address) => addresses.push(address),
            Err(error) if error == "would-block" => stream.subscribe().block(),
            Err(error) => return Err(error),
        }
    }
}

/// A name of one letter, repeated.
fn lookup_long(letter: &str, length: u64) -> Answer {
    let length = usize::try_from(length).map_err(|error| error.to_string())?;
    all(&resolve_addresses(&instance_network(), &letter.repeat(length)).map_err(code)?)
}
