//! The resource `getaddrinfo`: one lookup in progress.

use super::contract::netdb::{self, AddressInfo, GuestGetaddrinfo, Hints};
use super::contract::types::Error;
use super::convert::{
    address_from_core, address_info_flags_to_numbers, error_from_core, family_from_core, family_number,
    protocol_from_core, type_from_number, type_number,
};
use super::program::{OwnedDescriptor, mode, with_sockets};
use crate::errno::Errno;

/// The descriptor of a lookup, until its answer is taken.
pub(super) struct Lookup(pub(super) OwnedDescriptor);

impl GuestGetaddrinfo for Lookup {
    fn create(host: Option<String>, service: Option<String>, hints: Hints) -> Result<netdb::Getaddrinfo, Error> {
        let hints = hints_to_core(&hints);
        let (host, service) = (host.as_deref().map(str::as_bytes), service.as_deref().map(str::as_bytes));
        let fd = with_sockets(|sockets| sockets.start_getaddrinfo(host, service, &hints)).map_err(error_from_core)?;
        Ok(netdb::Getaddrinfo::new(Self(OwnedDescriptor::new(fd))))
    }

    fn take(&self, timeout: Option<u64>) -> Result<Vec<AddressInfo>, Error> {
        let fd = self.0.get().ok_or_else(|| error_from_core(Errno::EBADF.into()))?;
        let answer = with_sockets(|sockets| {
            let answer = sockets.finish_getaddrinfo(fd, mode(timeout));
            if !sockets.is_open(fd) {
                self.0.take();
            }
            answer
        });
        answer.map(|found| found.into_iter().map(address_info_from_core).collect()).map_err(error_from_core)
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        if let Some(fd) = self.0.take() {
            // A descriptor that is not open any more needs no closing.
            let _ = with_sockets(|sockets| sockets.close(fd));
        }
    }
}

fn hints_to_core(hints: &Hints) -> crate::netdb::Hints {
    crate::netdb::Hints {
        family: hints.family.map_or(0, family_number),
        kind: hints.type_.map_or(0, type_number),
        protocol: i32::try_from(hints.protocol).unwrap_or(i32::MAX),
        flags: address_info_flags_to_numbers(hints.flags),
    }
}

fn address_info_from_core(info: crate::netdb::AddressInfo) -> AddressInfo {
    AddressInfo {
        family: family_from_core(info.family),
        type_: type_from_number(info.kind),
        protocol: protocol_from_core(info.protocol),
        canonical_name: info.canonical_name,
        address: address_from_core(info.address.into()),
    }
}
