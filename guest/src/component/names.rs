//! The interface `netdb`, apart from lookups in progress.

use super::Component;
use super::contract::netdb::{Guest, HostEntry, NameInfo, NameInfoFlags};
use super::contract::types::{Address, AddressFamily, Error, IpAddress, Ipv4Address};
use super::convert::{
    address_to_core, error_from_core, family_to_core, ip_from_core, ip_to_core, ipv4_from_core, ipv4_to_core,
    name_info_flags_to_numbers, protocol_from_core,
};
use super::lookup::Lookup;
use super::program::with_sockets;
use crate::address::{self, Family};
use crate::errno::Errno;
use crate::error::{self, AddressInfoError};
use crate::netdb::numbers::{AF_INET, AF_INET6};
use crate::netdb::{self, Plan, inet, protocols, services};
use crate::sockets::Sockets;
use crate::time::Timeout;

impl Guest for Component {
    type Getaddrinfo = Lookup;

    fn gethostbyname(hostname: String) -> Result<Ipv4Address, Error> {
        answer(netdb::gethostbyname(hostname.as_bytes())).map(ipv4_from_core)
    }

    fn gethostbyname_ex(hostname: String) -> Result<HostEntry, Error> {
        answer(netdb::gethostbyname_ex(hostname.as_bytes())).map(host_entry_from_core)
    }

    fn gethostbyaddr(ip_address: String) -> Result<HostEntry, Error> {
        let found = with_sockets(|sockets| sockets.gethostbyaddr(ip_address.as_bytes()));
        found.map(host_entry_from_core).map_err(error_from_core)
    }

    fn getnameinfo(address: Address, flags: NameInfoFlags) -> Result<NameInfo, Error> {
        let address = match address_to_core(address) {
            Ok(address::Address::Ip(address)) => address,
            Ok(address::Address::Unix(_)) | Err(_) => {
                return Err(error_from_core(AddressInfoError::Family.into()));
            }
        };
        let flags = name_info_flags_to_numbers(flags);
        let found = with_sockets(|sockets| sockets.getnameinfo(address, flags)).map_err(error_from_core)?;
        Ok(NameInfo { host: found.host, service: found.service })
    }

    fn getservbyname(service_name: String, protocol_name: Option<String>) -> Result<u16, Error> {
        services::getservbyname(&service_name, protocol_name.as_deref()).map_err(error_from_core)
    }

    fn getservbyport(port: u16, protocol_name: Option<String>) -> Result<String, Error> {
        services::getservbyport(port, protocol_name.as_deref()).map(str::to_owned).map_err(error_from_core)
    }

    fn getprotobyname(protocol_name: String) -> Result<u32, Error> {
        protocols::getprotobyname(&protocol_name).map(protocol_from_core).map_err(error_from_core)
    }

    fn gethostname() -> Result<String, Error> {
        with_sockets(Sockets::host_name).map_err(error_from_core)
    }

    fn sethostname(name: String) -> Result<(), Error> {
        with_sockets(|sockets| sockets.set_host_name(name.as_bytes())).map_err(error_from_core)
    }

    fn if_nameindex() -> Result<Vec<(u32, String)>, Error> {
        with_sockets(Sockets::interfaces).map_err(error_from_core)
    }

    fn if_nametoindex(if_name: String) -> Result<u32, Error> {
        with_sockets(|sockets| sockets.interface_index(if_name.as_bytes())).map_err(error_from_core)
    }

    fn if_indextoname(if_index: u32) -> Result<String, Error> {
        with_sockets(|sockets| sockets.interface_name(if_index)).map_err(error_from_core)
    }

    fn inet_aton(ip_string: String) -> Result<Ipv4Address, Error> {
        inet::inet_aton(ip_string.as_bytes()).map(Into::into).map_err(error_from_core)
    }

    fn inet_ntoa(address: Ipv4Address) -> String {
        inet::text(ipv4_to_core(address).into())
    }

    fn inet_pton(family: AddressFamily, ip_string: String) -> Result<IpAddress, Error> {
        packed(family, ip_string.as_bytes()).map(ip_from_core).map_err(error_from_core)
    }

    fn inet_ntop(address: IpAddress) -> String {
        inet::text(ip_to_core(address))
    }
}

/// Carries out a plan, for as long as it takes.
fn answer<T>(plan: error::Result<Plan<T>>) -> Result<T, Error> {
    plan.and_then(|plan| with_sockets(|sockets| sockets.answer(plan, Timeout::Blocking))).map_err(error_from_core)
}

fn host_entry_from_core(entry: netdb::HostEntry) -> HostEntry {
    let addresses = entry.addresses.into_iter().map(ip_from_core).collect();
    HostEntry { name: entry.name, aliases: entry.aliases, addresses }
}

fn packed(family: AddressFamily, text: &[u8]) -> error::Result<std::net::IpAddr> {
    match family_to_core(family)? {
        Family::Inet => Ok(bytes::<4>(&inet::inet_pton(AF_INET, text)?)?.into()),
        Family::Inet6 => Ok(bytes::<16>(&inet::inet_pton(AF_INET6, text)?)?.into()),
        Family::Unix => Err(Errno::EAFNOSUPPORT.into()),
    }
}

fn bytes<const N: usize>(packed: &[u8]) -> error::Result<[u8; N]> {
    packed.try_into().map_err(|_| Errno::EINVAL.into())
}
