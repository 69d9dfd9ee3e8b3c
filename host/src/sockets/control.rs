//! Control messages (`struct cmsghdr`), as 64-bit Linux lays them out: a length, a level and a type, then the data, and
//! padding up to eight bytes.

use std::net::IpAddr;
use std::os::fd::OwnedFd;

use super::errors::{HostResult, os};
use super::kind::Family;
use super::system;
use super::types::{AncillaryData, Credentials, Errno, IpAddress, OtherAncillaryData};

/// A control message, by its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) level: i32,
    pub(super) kind: i32,
    pub(super) data: Vec<u8>,
}

/// Where a message of a guest is to be sent from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// By this address, unless it is the wildcard.
    pub(super) address: IpAddr,
    /// By this device, unless it is 0.
    pub(super) device: u32,
}

impl Message {
    /// Where it says that packets are to come from: `struct in_pktinfo`, `struct in6_pktinfo`.
    pub(super) fn source(&self) -> Option<Source> {
        let device = |at: usize| self.data.get(at..)?.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes));
        match (self.level, self.kind) {
            (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                let address = self.data.get(4..)?.first_chunk::<4>()?;
                Some(Source { address: IpAddr::from(*address), device: device(0)? })
            }
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                let address = self.data.first_chunk::<16>()?;
                Some(Source { address: IpAddr::from(*address).to_canonical(), device: device(16)? })
            }
            _ => None,
        }
    }

    /// How long the datagrams are that the system is to make of what is sent: `UDP_SEGMENT`.
    pub(super) fn segment(&self) -> Option<u16> {
        if (self.level, self.kind) != (libc::IPPROTO_UDP, libc::UDP_SEGMENT) {
            return None;
        }
        self.data.first_chunk().map(|bytes| u16::from_ne_bytes(*bytes))
    }
}

/// Lays out messages one after the other.
pub(super) fn lay_out(messages: &[Message]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Message { level, kind, data } in messages {
        bytes.extend(((HEADER + data.len()) as u64).to_ne_bytes());
        bytes.extend(level.to_ne_bytes());
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    }
    bytes
}

/// Reads what the system has laid out. The last message may have been cut: it goes as far as it goes.
pub(super) fn read(mut bytes: &[u8]) -> Vec<Message> {
    let mut messages = Vec::new();
    while let Some((header, rest)) = bytes.split_first_chunk::<HEADER>() {
        let (length, numbers) = header.split_at(8);
        let length = length.try_into().map_or(0, u64::from_ne_bytes);
        let (level, kind) = numbers.split_at(4);
        let Some(size) = usize::try_from(length).ok().and_then(|length| length.checked_sub(HEADER)) else {
            break;
        };
        messages.push(Message {
            level: level.try_into().map_or(0, i32::from_ne_bytes),
            kind: kind.try_into().map_or(0, i32::from_ne_bytes),
            data: rest.get(..size).unwrap_or(rest).to_vec(),
        });
        bytes = size.checked_next_multiple_of(ALIGNMENT).and_then(|size| rest.get(size..)).unwrap_or_default();
    }
    messages
}

/// The descriptors that came with `messages`, which lose them. Whoever calls this owns them from here on.
pub(super) fn take_descriptors(messages: &mut Vec<Message>) -> Vec<OwnedFd> {
    let is_rights = |message: &Message| (message.level, message.kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS);
    let numbers = messages.iter().filter(|message| is_rights(message)).flat_map(|message| message.data.chunks_exact(4));
    let descriptors = numbers
        .filter_map(|number| number.try_into().ok())
        .filter_map(|number| system::adopt(i32::from_ne_bytes(number)))
        .collect();
    messages.retain(|message| !is_rights(message));
    descriptors
}

/// A message of the contract by its numbers, if guests may send such a thing on a socket of the family.
pub(super) fn outgoing(data: AncillaryData, family: Family) -> HostResult<Message> {
    let is_inet6 = family == Family::Inet6;
    let message = |level, kind, data: &[u8]| Message { level, kind, data: data.to_vec() };
    let of_ip = |inet: i32, inet6: i32, value: u8| {
        let (level, kind) = if is_inet6 { (libc::IPPROTO_IPV6, inet6) } else { (libc::IPPROTO_IP, inet) };
        message(level, kind, &i32::from(value).to_ne_bytes())
    };
    let message = match data {
        AncillaryData::PacketInformation(information) => match information.address {
            IpAddress::Ipv4((a, b, c, d)) => {
                let mut data = information.interface.to_ne_bytes().to_vec();
                data.extend([a, b, c, d, 0, 0, 0, 0]);
                message(libc::IPPROTO_IP, libc::IP_PKTINFO, &data)
            }
            IpAddress::Ipv6(address) => {
                let mut data = super::address::ipv6(address).octets().to_vec();
                data.extend(information.interface.to_ne_bytes());
                message(libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, &data)
            }
        },
        AncillaryData::HopLimit(hops) => of_ip(libc::IP_TTL, libc::IPV6_HOPLIMIT, hops),
        AncillaryData::TrafficClass(class) => of_ip(libc::IP_TOS, libc::IPV6_TCLASS, class),
        AncillaryData::Credentials(Credentials { pid, uid, gid }) => {
            let data = [pid, uid, gid].map(u32::to_ne_bytes).concat();
            message(libc::SOL_SOCKET, libc::SCM_CREDENTIALS, &data)
        }
        AncillaryData::Other(OtherAncillaryData { level, type_: kind, data }) => Message { level, kind, data },
        // These are only received.
        AncillaryData::OriginalDestination(_) | AncillaryData::ExtendedError(_) | AncillaryData::Timestamp(_) => {
            return Err(os(Errno::InvalidArgument));
        }
    };
    if !SENDABLE.contains(&(message.level, message.kind)) {
        return Err(os(Errno::InvalidArgument));
    }
    if (message.level, message.kind) == (libc::SOL_SOCKET, libc::SCM_CREDENTIALS) {
        return credentials(message);
    }
    Ok(message)
}

/// `SCM_CREDENTIALS`: a guest may only send its own virtual ids; they are replaced by this process's.
fn credentials(message: Message) -> HostResult<Message> {
    let own = [std::process::id(), rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw()];
    match message.data == GUEST.map(u32::to_ne_bytes).concat() {
        true => Ok(Message { data: own.map(u32::to_ne_bytes).concat(), ..message }),
        false => Err(os(Errno::NotPermitted)),
    }
}

/// Replaces this process's ids in a `struct ucred` by the guest's virtual ones.
pub(super) fn seen_credentials(data: &mut [u8]) {
    let own = std::process::id().to_ne_bytes();
    if data.starts_with(&own) && data.len() >= 12 {
        data.iter_mut().zip(GUEST.map(u32::to_ne_bytes).concat()).for_each(|(byte, seen)| *byte = seen);
    }
}

/// A message that arrived, by the numbers, which is a form that every guest reads.
pub(super) fn incoming(mut message: Message) -> AncillaryData {
    if (message.level, message.kind) == (libc::SOL_SOCKET, libc::SCM_CREDENTIALS) {
        seen_credentials(&mut message.data);
    }
    let Message { level, kind, data } = message;
    AncillaryData::Other(OtherAncillaryData { level, type_: kind, data })
}

/// What guests may send. Options of packets and routing headers are not among it: with them a packet would go round the
/// policy, by way of another host.
const SENDABLE: &[(i32, i32)] = &[
    (libc::IPPROTO_IP, libc::IP_PKTINFO),
    (libc::IPPROTO_IP, libc::IP_TTL),
    (libc::IPPROTO_IP, libc::IP_TOS),
    (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO),
    (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT),
    (libc::IPPROTO_IPV6, libc::IPV6_TCLASS),
    (libc::IPPROTO_IPV6, libc::IPV6_DONTFRAG),
    (libc::SOL_SOCKET, libc::SCM_CREDENTIALS),
    (libc::IPPROTO_UDP, libc::UDP_SEGMENT),
];

/// Process, user and group of a guest, as it sees them itself.
const GUEST: [u32; 3] = [1, 0, 0];

/// `sizeof(struct cmsghdr)`.
const HEADER: usize = 16;
const ALIGNMENT: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_laid_out_reads_back_and_what_is_cut_goes_as_far_as_it_goes() {
        let messages =
            [Message { level: 1, kind: 2, data: vec![1, 2, 3] }, Message { level: 41, kind: 50, data: vec![7; 20] }];
        let bytes = lay_out(&messages);
        assert_eq!(bytes.len(), 24 + 40);
        assert_eq!(read(&bytes), messages);
        for end in 0..bytes.len() {
            let read = read(&bytes[..end]);
            assert!(read.len() <= 2);
            assert!(read.iter().zip(&messages).all(|(read, whole)| whole.data.starts_with(&read.data)), "{end}");
        }
    }

    #[test]
    fn a_length_that_cannot_be_ends_the_reading() {
        for length in [0_u64, 15, u64::MAX] {
            let mut bytes = length.to_ne_bytes().to_vec();
            bytes.extend([0; 24]);
            assert!(read(&bytes).len() <= 1, "{length}");
        }
    }

    #[test]
    fn nothing_that_would_route_packets_otherwise_may_be_sent() {
        for (level, kind) in [(libc::IPPROTO_IP, libc::IP_RETOPTS), (libc::IPPROTO_IPV6, libc::IPV6_RTHDR), (1, 1)] {
            let other = OtherAncillaryData { level, type_: kind, data: vec![0; 8] };
            let refused = outgoing(AncillaryData::Other(other), Family::Inet);
            assert!(refused.is_err(), "{level} {kind}");
        }
    }
}
