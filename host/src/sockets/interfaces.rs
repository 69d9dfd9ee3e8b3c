//! The names of network interfaces.

use super::bindings::wasocket::socket::types::Errno;
use super::errors::{Answer, os};

/// `socket.if_nameindex()`.
pub(super) fn all() -> Answer<Vec<(u32, String)>> {
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

/// Where Linux shows them.
const INTERFACES: &str = "/sys/class/net";
const MAX_INTERFACES: usize = 4096;
