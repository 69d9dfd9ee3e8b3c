//! Addresses as Python writes them, and back.

use std::ffi::{c_int, c_uint};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use wasocket::address::{Address, IpFamily, UnixAddress};

use crate::arguments;
use crate::arguments::{Buffer, HOST_NAME, HostName, parse_tuple};
use crate::errors::{Exception, PyResult, Raised};
use crate::numbers::{AF_INET, AF_INET6, AF_UNIX};
use crate::object::{Borrowed, Object};
use crate::state::state;

/// The size of `sun_path` on Linux.
const UNIX_PATH_SIZE: usize = 108;
/// The largest flow label.
const MAX_FLOW_INFORMATION: c_uint = 0xfffff;

/// Reads `value` as an address of the family `family`, for the method `caller`. Host names are looked up here, before
/// any audit event of the method.
pub(crate) fn from_python(family: c_int, value: Borrowed<'_>, caller: &str) -> PyResult<Address> {
    match family {
        AF_INET => inet(value, caller),
        AF_INET6 => inet6(value, caller),
        AF_UNIX => unix(value),
        _ => Err(Exception::Os.raise(&format!("{caller}(): bad family"))),
    }
}

/// `address` as Python writes it.
pub(crate) fn to_python(address: &Address) -> PyResult<Object> {
    match address {
        Address::Ip(SocketAddr::V4(address)) => {
            Object::tuple([Object::text(&address.ip().to_string())?, Object::integer(address.port().into())?])
        }
        Address::Ip(SocketAddr::V6(address)) => inet6_to_python(address),
        Address::Unix(UnixAddress::Unnamed) => Object::text(""),
        Address::Unix(UnixAddress::Path(path)) => Object::file_system_text(path),
        Address::Unix(UnixAddress::Abstract(name)) => Object::bytes(&[&[0], name.as_slice()].concat()),
    }
}

/// An address that may be missing: `None`.
pub(crate) fn optional_to_python(address: Option<&Address>) -> PyResult<Object> {
    address.map_or_else(|| Ok(Object::none()), to_python)
}

/// The text of an IP address as `inet_ntop(3)` gives it.
pub(crate) fn ip_text(address: IpAddr) -> String {
    wasocket::netdb::inet::text(address)
}

fn inet6_to_python(address: &SocketAddrV6) -> PyResult<Object> {
    Object::tuple([
        Object::text(&ip_text(IpAddr::V6(*address.ip())))?,
        Object::integer(address.port().into())?,
        Object::integer(address.flowinfo().into())?,
        Object::integer(address.scope_id().into())?,
    ])
}

fn inet(value: Borrowed<'_>, caller: &str) -> PyResult<Address> {
    check_tuple(value, "AF_INET", caller)?;
    let (mut host, mut port): (_, c_int) = (HostName::default(), 0);
    let parsed = parse_tuple!(
        value,
        c"O&i;AF_INET address must be a pair (host, port)",
        HOST_NAME,
        &raw mut host,
        &raw mut port,
    );
    parsed.map_err(|raised| retell_overflow(raised, caller))?;
    let address = match state().sockets.resolve_host(&host.0, IpFamily::V4)? {
        IpAddr::V4(address) => address,
        IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
    };
    Ok(Address::Ip((address, check_port(port, caller)?).into()))
}

fn inet6(value: Borrowed<'_>, caller: &str) -> PyResult<Address> {
    check_tuple(value, "AF_INET6", caller)?;
    let (mut host, mut port, mut flow, mut scope): (_, c_int, c_uint, c_uint) = (HostName::default(), 0, 0, 0);
    let parsed = parse_tuple!(
        value,
        c"O&i|II;AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])",
        HOST_NAME,
        &raw mut host,
        &raw mut port,
        &raw mut flow,
        &raw mut scope,
    );
    parsed.map_err(|raised| retell_overflow(raised, caller))?;
    let address = match state().sockets.resolve_host(&host.0, IpFamily::V6)? {
        IpAddr::V6(address) => address,
        IpAddr::V4(_) => Ipv6Addr::UNSPECIFIED,
    };
    let port = check_port(port, caller)?;
    check_flow_information(flow, caller)?;
    Ok(Address::Ip(SocketAddrV6::new(address, port, flow, scope).into()))
}

/// `AF_UNIX` addresses are a path as `str`, or bytes; a leading NUL means Linux's abstract namespace.
fn unix(value: Borrowed<'_>) -> PyResult<Address> {
    let encoded = if value.is_text() { arguments::encoded_text(value)? } else { value.own() };
    let buffer = Buffer::parse(encoded.borrow(), c"y*")?;
    let path = buffer.bytes();
    let (address, room) = match path.split_first() {
        None => (UnixAddress::Unnamed, UNIX_PATH_SIZE),
        Some((0, name)) => (UnixAddress::Abstract(name.to_vec()), UNIX_PATH_SIZE),
        // A path needs its NUL at the end as well.
        Some(_) => (UnixAddress::Path(path.to_vec()), UNIX_PATH_SIZE - 1),
    };
    if path.len() > room { Err(Exception::Os.raise("AF_UNIX path too long")) } else { Ok(Address::Unix(address)) }
}

fn check_tuple(value: Borrowed<'_>, family: &str, caller: &str) -> PyResult<()> {
    if value.is_tuple() {
        return Ok(());
    }
    let text = format!("{caller}(): {family} address must be tuple, not {}", value.type_name());
    Err(Exception::Type.raise(&text))
}

fn check_port(port: c_int, caller: &str) -> PyResult<u16> {
    u16::try_from(port).map_err(|_| port_out_of_range(caller))
}

fn retell_overflow(raised: Raised, caller: &str) -> Raised {
    if Exception::Overflow.is_set() { port_out_of_range(caller) } else { raised }
}

fn port_out_of_range(caller: &str) -> Raised {
    Exception::Overflow.raise(&format!("{caller}(): port must be 0-65535."))
}

/// Refuses what is no flow label.
pub(crate) fn check_flow_information(flow: c_uint, caller: &str) -> PyResult<()> {
    if flow > MAX_FLOW_INFORMATION {
        return Err(Exception::Overflow.raise(&format!("{caller}(): flowinfo must be 0-{MAX_FLOW_INFORMATION}.")));
    }
    Ok(())
}
