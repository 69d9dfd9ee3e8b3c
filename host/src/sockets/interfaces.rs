//! The network interfaces of this machine: names and addresses.

use std::net::IpAddr;

use super::errors::{HostResult, os};
use super::system;
use super::types::Errno;

/// `socket.if_nameindex()`.
pub(super) fn all() -> HostResult<Vec<(u32, String)>> {
    let folders = std::fs::read_dir(INTERFACES)?;
    let mut interfaces = Vec::new();
    for folder in folders.take(MAX_INTERFACES) {
        let folder = folder?;
        let name = folder.file_name().into_string().map_err(|_| os(Errno::InputOutput))?;
        // What is no folder is no interface, and one may go while they are read.
        let Ok(index) = std::fs::read_to_string(folder.path().join("ifindex")) else { continue };
        let Ok(index) = index.trim().parse() else { continue };
        interfaces.push((index, name));
    }
    interfaces.sort();
    Ok(interfaces)
}

/// The index of the interface with this name.
pub(super) fn index(name: &[u8]) -> HostResult<u32> {
    let found = all()?.into_iter().find(|(_, known)| known.as_bytes() == name);
    found.map(|(index, _)| index).ok_or_else(|| os(Errno::NoSuchDevice))
}

/// The addresses of the interface with this index.
pub(super) fn addresses(index: u32) -> HostResult<Vec<IpAddr>> {
    let (_, name) = all()?.into_iter().find(|(known, _)| *known == index).ok_or_else(|| os(Errno::NoSuchDevice))?;
    let addresses = system::interface_addresses()?.into_iter().filter(|(of, _)| *of == name);
    Ok(addresses.map(|(_, address)| address.to_canonical()).collect())
}

/// Where Linux shows them.
const INTERFACES: &str = "/sys/class/net";
const MAX_INTERFACES: usize = 4096;
