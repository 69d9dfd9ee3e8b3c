//! Lookups that need no server, and the tables.

use crate::check::{Done as _, LONG, Outcome, fails, loopback, same};
use crate::netdb::{self, AddressInfoFlags, Getaddrinfo, Hints, NameInfoFlags};
use crate::polling::{Poller, Trigger};
use crate::types::{Address, AddressFamily, AddressInfoError, Errno, Error, Inet6Address, IpAddress, SocketType};

const STREAMS: Hints =
    Hints { family: None, type_: Some(SocketType::Stream), protocol: 0, flags: AddressInfoFlags::empty() };

pub(crate) fn addresses() -> Outcome {
    let literal = Getaddrinfo::create(Some("127.0.0.1"), Some("http"), STREAMS).done("getaddrinfo")?;
    let poller = Poller::new();
    poller.add_lookup(7, &literal, Trigger::empty()).done("add-lookup")?;
    same("ready", poller.wait(Some(LONG), 4).done("wait")?.first().map(|event| event.token), Some(7))?;
    let found = literal.take(None).done("take")?;
    same("an address", found.iter().map(|one| one.address.clone()).collect::<Vec<_>>(), [loopback(80)])?;
    fails("taken twice", literal.take(None), Errno::BadDescriptor)?;

    let inet6 = Getaddrinfo::create(Some("::1"), Some("443"), STREAMS).done("getaddrinfo")?;
    let found = inet6.take(Some(LONG)).done("take")?;
    let wanted = Inet6Address { address: (0, 0, 0, 0, 0, 0, 0, 1), port: 443, flow_info: 0, scope_id: 0 };
    same("an IPv6 address", found.first().map(|one| one.address.clone()), Some(Address::Inet6(wanted)))?;

    let local = Getaddrinfo::create(Some("localhost"), None, STREAMS).done("getaddrinfo")?;
    same("localhost is somewhere", local.take(None).done("take")?.is_empty(), false)?;
    let numeric = Hints { flags: AddressInfoFlags::NUMERIC_HOST, ..STREAMS };
    gai("a name where an address has to be", Some("localhost"), None, numeric, AddressInfoError::NoName)?;
    gai("no such service", Some("127.0.0.1"), Some("nonsense"), STREAMS, AddressInfoError::Service)?;
    gai("neither host nor service", None, None, STREAMS, AddressInfoError::NoName)?;
    let other = Hints { family: Some(AddressFamily::Other(999)), ..STREAMS };
    gai("no such family", Some("127.0.0.1"), None, other, AddressInfoError::Family)
}

/// A lookup fails, when it starts or when its answer is taken.
fn gai(what: &str, host: Option<&str>, service: Option<&str>, hints: Hints, wanted: AddressInfoError) -> Outcome {
    let failed = Getaddrinfo::create(host, service, hints).and_then(|lookup| lookup.take(Some(LONG)));
    same(what, failed, Err::<(), _>(Error::AddressInfo(wanted)))
}

pub(crate) fn tables() -> Outcome {
    same("a service", netdb::getservbyname("http", None).done("getservbyname")?, 80)?;
    same("a port", netdb::getservbyport(443, Some("tcp")).done("getservbyport")?, "https")?;
    same("a protocol", netdb::getprotobyname("udp").done("getprotobyname")?, 17)?;
    let missing = Error::Message("protocol not found".to_owned());
    same("no protocol", netdb::getprotobyname("nope"), Err::<u32, _>(missing))?;
    same("the first address", netdb::gethostbyname("127.0.0.1").done("gethostbyname")?, (127, 0, 0, 1))?;
    same("a host's name", netdb::gethostbyaddr("127.0.0.1").done("gethostbyaddr")?.name, "localhost")?;
    let numeric = NameInfoFlags::NUMERIC_HOST | NameInfoFlags::NUMERIC_SERVICE;
    let named = netdb::getnameinfo(&loopback(80), numeric).done("getnameinfo")?;
    same("numbers", (named.host, named.service), ("127.0.0.1", "80"))?;
    same("an old form", netdb::inet_aton("127.1").done("inet-aton")?, (127, 0, 0, 1))?;
    let one = IpAddress::Ipv6((0, 0, 0, 0, 0, 0, 0, 1));
    same("a text", netdb::inet_pton(AddressFamily::Inet6, "::1").done("inet-pton")?, one)?;
    same("its text", netdb::inet_ntop(one), "::1")?;
    same("an interface", netdb::if_nametoindex("lo").done("if-nametoindex")?, 1)?;
    fails("no such interface", netdb::if_indextoname(7), Errno::NoSuchAddress)
}
