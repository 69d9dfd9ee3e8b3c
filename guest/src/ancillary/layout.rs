//! Control messages that have a form of their own, and the bytes that they are on 64-bit Linux.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man7/ip.7.html>
//! - <https://man7.org/linux/man-pages/man7/ipv6.7.html>
//! - <https://man7.org/linux/man-pages/man7/socket.7.html>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::{Ancillary, SOL_SOCKET};
use crate::constants::number;
use crate::errno::Errno;
use crate::netdb::numbers::{AF_INET, AF_INET6};
use crate::options::{IPPROTO_IP, IPPROTO_IPV6};

/// A control message by its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlMessage {
    /// `IP_PKTINFO`, `IPV6_PKTINFO`: the local address of a packet, and the index of its interface.
    PacketInformation(IpAddr, u32),
    /// `IP_TTL`, `IPV6_HOPLIMIT`.
    HopLimit(u8),
    /// `IP_TOS`, `IPV6_TCLASS`.
    TrafficClass(u8),
    /// `IP_ORIGDSTADDR`, `IPV6_ORIGDSTADDR`: where a packet was sent to before it was redirected.
    OriginalDestination(SocketAddr),
    /// `IP_RECVERR`, `IPV6_RECVERR`.
    ExtendedError(ExtendedError),
    /// `SCM_CREDENTIALS`: process, user and group.
    Credentials([u32; 3]),
    /// `SO_TIMESTAMP`: nanoseconds since 1970, of which Linux has microseconds here.
    Timestamp(u64),
    /// Any other.
    Other(Ancillary),
}

/// `struct sock_extended_err`, with the address of the host that reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendedError {
    /// What happened; none if it was not an error.
    pub code: Option<Errno>,
    /// `SO_EE_ORIGIN_*`.
    pub origin: u8,
    /// Type and code of the ICMP message.
    pub icmp: [u8; 2],
    /// More about it: a path's MTU, for one.
    pub information: u32,
    /// The address of the host that reported it.
    pub offender: Option<SocketAddr>,
}

impl ControlMessage {
    /// The bytes, on a socket of IPv6 or of another family.
    #[must_use]
    pub fn laid_out(self, is_inet6: bool) -> Ancillary {
        let ip = |inet, inet6, data| {
            let (level, kind) = if is_inet6 { (IPPROTO_IPV6, inet6) } else { (IPPROTO_IP, inet) };
            Ancillary { level, kind, data }
        };
        match self {
            Self::PacketInformation(IpAddr::V4(address), interface) => {
                // The address stands twice: where the packet arrived, and where it was sent to.
                let data = [interface.to_le_bytes(), address.octets(), address.octets()].concat();
                Ancillary { level: IPPROTO_IP, kind: IP_PKTINFO, data }
            }
            Self::PacketInformation(IpAddr::V6(address), interface) => {
                let data = [address.octets().as_slice(), &interface.to_le_bytes()].concat();
                Ancillary { level: IPPROTO_IPV6, kind: IPV6_PKTINFO, data }
            }
            Self::HopLimit(hops) => ip(IP_TTL, IPV6_HOPLIMIT, integer(hops)),
            Self::TrafficClass(class) if is_inet6 => ip(IP_TOS, IPV6_TCLASS, integer(class)),
            Self::TrafficClass(class) => ip(IP_TOS, IPV6_TCLASS, vec![class]),
            Self::OriginalDestination(address) => {
                ip(IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR, socket_address(Some(address)))
            }
            Self::ExtendedError(error) => ip(IP_RECVERR, IPV6_RECVERR, error.laid_out()),
            Self::Credentials(ids) => {
                Ancillary { level: SOL_SOCKET, kind: SCM_CREDENTIALS, data: ids.map(u32::to_le_bytes).concat() }
            }
            Self::Timestamp(nanoseconds) => {
                let parts = [nanoseconds / SECOND, nanoseconds % SECOND / MICROSECOND];
                Ancillary { level: SOL_SOCKET, kind: SO_TIMESTAMP, data: parts.map(u64::to_le_bytes).concat() }
            }
            Self::Other(other) => other,
        }
    }
}

impl From<Ancillary> for ControlMessage {
    /// By its numbers; bytes that are not those of a form are [`ControlMessage::Other`].
    fn from(raw: Ancillary) -> Self {
        let data = raw.data.as_slice();
        let known = match (raw.level, raw.kind) {
            (IPPROTO_IP, IP_PKTINFO) => packet_information(data),
            (IPPROTO_IPV6, IPV6_PKTINFO) => packet_information6(data),
            (IPPROTO_IP, IP_TTL) | (IPPROTO_IPV6, IPV6_HOPLIMIT) => small(data).map(Self::HopLimit),
            (IPPROTO_IP, IP_TOS) | (IPPROTO_IPV6, IPV6_TCLASS) => small(data).map(Self::TrafficClass),
            (IPPROTO_IP, IP_RECVORIGDSTADDR) | (IPPROTO_IPV6, IPV6_RECVORIGDSTADDR) => {
                read_socket_address(data).map(Self::OriginalDestination)
            }
            (IPPROTO_IP, IP_RECVERR) | (IPPROTO_IPV6, IPV6_RECVERR) => {
                ExtendedError::read(data).map(Self::ExtendedError)
            }
            (SOL_SOCKET, SCM_CREDENTIALS) => words(data).map(Self::Credentials),
            (SOL_SOCKET, SO_TIMESTAMP) => timestamp(data),
            _ => None,
        };
        known.unwrap_or(Self::Other(raw))
    }
}

impl ExtendedError {
    /// The number of the error is Linux's.
    fn laid_out(&self) -> Vec<u8> {
        let [icmp_type, icmp_code] = self.icmp;
        let mut bytes = self.code.map_or(0, Errno::linux).to_le_bytes().to_vec();
        bytes.extend([self.origin, icmp_type, icmp_code, 0]);
        bytes.extend([self.information, 0].map(u32::to_le_bytes).concat());
        bytes.extend(socket_address(self.offender));
        bytes
    }

    fn read(data: &[u8]) -> Option<Self> {
        let (head, offender) = data.split_first_chunk::<16>()?;
        let [number, [origin, icmp_type, icmp_code, _], information, _] = chunks::<4>(head)?;
        let code = match i32::from_le_bytes(number) {
            0 => None,
            number => Some(Errno::of_linux(number)?),
        };
        Some(Self {
            code,
            origin,
            icmp: [icmp_type, icmp_code],
            information: u32::from_le_bytes(information),
            offender: read_socket_address(offender),
        })
    }
}

/// A C `int`.
fn integer(value: u8) -> Vec<u8> {
    i32::from(value).to_le_bytes().to_vec()
}

/// A byte, or a C `int` that would be one.
fn small(data: &[u8]) -> Option<u8> {
    match data {
        [value] | [value, 0, 0, 0] => Some(*value),
        _ => None,
    }
}

/// `struct in_pktinfo`.
fn packet_information(data: &[u8]) -> Option<ControlMessage> {
    let [interface, local, _] = chunks::<3>(data)?;
    Some(ControlMessage::PacketInformation(Ipv4Addr::from(local).into(), u32::from_le_bytes(interface)))
}

/// `struct in6_pktinfo`.
fn packet_information6(data: &[u8]) -> Option<ControlMessage> {
    let (address, interface) = data.split_first_chunk::<16>()?;
    let [interface] = words(interface)?;
    Some(ControlMessage::PacketInformation(Ipv6Addr::from(*address).into(), interface))
}

/// `struct timeval`.
fn timestamp(data: &[u8]) -> Option<ControlMessage> {
    let (seconds, rest) = data.split_first_chunk::<8>()?;
    let (seconds, microseconds) = (u64::from_le_bytes(*seconds), u64::from_le_bytes(rest.try_into().ok()?));
    let nanoseconds = seconds.checked_mul(SECOND)?.checked_add(microseconds.checked_mul(MICROSECOND)?)?;
    Some(ControlMessage::Timestamp(nanoseconds))
}

/// `struct sockaddr_in` or `struct sockaddr_in6`; one without a family if there is none.
fn socket_address(address: Option<SocketAddr>) -> Vec<u8> {
    let head = |family: i32, port: u16| [family.to_le_bytes()[..2].to_vec(), port.to_be_bytes().to_vec()].concat();
    match address {
        None => vec![0; 16],
        Some(SocketAddr::V4(address)) => {
            [head(AF_INET, address.port()), address.ip().octets().to_vec(), vec![0; 8]].concat()
        }
        Some(SocketAddr::V6(address)) => [
            head(AF_INET6, address.port()),
            address.flowinfo().to_be_bytes().to_vec(),
            address.ip().octets().to_vec(),
            address.scope_id().to_le_bytes().to_vec(),
        ]
        .concat(),
    }
}

fn read_socket_address(data: &[u8]) -> Option<SocketAddr> {
    let (&[low, high, port_high, port_low], rest) = data.split_first_chunk::<4>()?;
    let (family, port) = (i32::from(u16::from_le_bytes([low, high])), u16::from_be_bytes([port_high, port_low]));
    match family {
        AF_INET => {
            let (address, _padding) = rest.first_chunk::<12>()?.split_first_chunk::<4>()?;
            Some(SocketAddrV4::new(Ipv4Addr::from(*address), port).into())
        }
        AF_INET6 => {
            let (flow, rest) = rest.split_first_chunk::<4>()?;
            let (address, rest) = rest.split_first_chunk::<16>()?;
            let scope = u32::from_le_bytes(*rest.first_chunk()?);
            Some(SocketAddrV6::new(Ipv6Addr::from(*address), port, u32::from_be_bytes(*flow), scope).into())
        }
        _ => None,
    }
}

/// `N` words, and no more.
fn words<const N: usize>(data: &[u8]) -> Option<[u32; N]> {
    chunks(data).map(|words: [[u8; 4]; N]| words.map(u32::from_le_bytes))
}

fn chunks<const N: usize>(data: &[u8]) -> Option<[[u8; 4]; N]> {
    match data.as_chunks() {
        (words, []) => words.try_into().ok(),
        _ => None,
    }
}

const SECOND: u64 = 1_000_000_000;
const MICROSECOND: u64 = 1_000;

const IP_TOS: i32 = number("IP_TOS");
const IP_TTL: i32 = number("IP_TTL");
const IP_PKTINFO: i32 = number("IP_PKTINFO");
const IP_RECVERR: i32 = number("IP_RECVERR");
const IP_RECVORIGDSTADDR: i32 = number("IP_RECVORIGDSTADDR");
const IPV6_RECVERR: i32 = number("IPV6_RECVERR");
const IPV6_PKTINFO: i32 = number("IPV6_PKTINFO");
const IPV6_HOPLIMIT: i32 = number("IPV6_HOPLIMIT");
const IPV6_TCLASS: i32 = number("IPV6_TCLASS");
const IPV6_RECVORIGDSTADDR: i32 = number("IPV6_RECVORIGDSTADDR");
const SCM_CREDENTIALS: i32 = number("SCM_CREDENTIALS");
const SO_TIMESTAMP: i32 = number("SO_TIMESTAMP");

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: Option<Errno>, offender: Option<&str>) -> ControlMessage {
        let offender = offender.map(|address| address.parse().unwrap());
        ControlMessage::ExtendedError(ExtendedError { code, origin: 2, icmp: [3, 4], information: 1400, offender })
    }

    /// Of each form some, over IPv4 and over IPv6.
    fn forms() -> Vec<(ControlMessage, bool)> {
        let mut forms = vec![
            (ControlMessage::PacketInformation("192.0.2.7".parse().unwrap(), 3), false),
            (ControlMessage::PacketInformation("2001:db8::7".parse().unwrap(), 3), true),
            (ControlMessage::OriginalDestination("192.0.2.7:80".parse().unwrap()), false),
            (ControlMessage::OriginalDestination("[2001:db8::7]:80".parse().unwrap()), true),
            (error(Some(Errno::EMSGSIZE), Some("192.0.2.1:0")), false),
            (error(Some(Errno::ECONNREFUSED), Some("[2001:db8::1]:0")), true),
            (error(None, None), false),
            (ControlMessage::Credentials([1, 2, 3]), false),
            (ControlMessage::Timestamp(1_700_000_000_123_456_000), false),
            (ControlMessage::Other(Ancillary { level: 17, kind: 103, data: vec![1, 2] }), false),
        ];
        for is_inet6 in [false, true] {
            forms.extend([(ControlMessage::HopLimit(255), is_inet6), (ControlMessage::TrafficClass(16), is_inet6)]);
        }
        forms
    }

    #[test]
    fn every_form_survives_the_way_there_and_back() {
        for (form, is_inet6) in forms() {
            assert_eq!(ControlMessage::from(form.clone().laid_out(is_inet6)), form);
        }
    }

    #[test]
    fn bytes_are_those_of_64_bit_linux() {
        let raw = |level, kind, data: &[u8]| Ancillary { level, kind, data: data.to_vec() };
        let form = |place: usize| forms().swap_remove(place);
        let laid_out = |place| {
            let (form, is_inet6) = form(place);
            form.laid_out(is_inet6)
        };
        assert_eq!(laid_out(0), raw(0, 8, &[3, 0, 0, 0, 192, 0, 2, 7, 192, 0, 2, 7]));
        assert_eq!(laid_out(2), raw(0, 20, &[2, 0, 0, 80, 192, 0, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0]));
        assert_eq!(laid_out(3).data.len(), 28);
        assert_eq!(laid_out(4).data[..12], [90, 0, 0, 0, 2, 3, 4, 0, 120, 5, 0, 0]);
        assert_eq!(laid_out(7), raw(1, 2, &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]));
        assert_eq!(laid_out(8).data[8..], [64, 226, 1, 0, 0, 0, 0, 0]);
        assert_eq!(ControlMessage::HopLimit(7).laid_out(true), raw(41, 52, &[7, 0, 0, 0]));
        assert_eq!(ControlMessage::TrafficClass(7).laid_out(false), raw(0, 1, &[7]));
        assert_eq!(ControlMessage::from(raw(0, 1, &[7, 0, 0, 0])), ControlMessage::TrafficClass(7));
    }

    #[test]
    fn bytes_of_no_form_stay_as_they_are() {
        for (form, is_inet6) in forms() {
            let whole = form.laid_out(is_inet6);
            for length in 0..whole.data.len() {
                let cut = Ancillary { data: whole.data[..length].to_vec(), ..whole.clone() };
                // An error may lack its last part: then it names no host that reported it.
                let known = ControlMessage::from(cut.clone());
                let is_error = matches!(known, ControlMessage::ExtendedError(_));
                let is_byte = matches!(known, ControlMessage::HopLimit(_) | ControlMessage::TrafficClass(_));
                assert!(known == ControlMessage::Other(cut) || (is_error && length >= 16) || (is_byte && length == 1));
            }
            let longer = Ancillary { data: [whole.data.as_slice(), &[1; 40]].concat(), ..whole };
            let _ = ControlMessage::from(longer);
        }
        let large = Ancillary { level: 1, kind: 29, data: vec![255; 16] };
        assert_eq!(ControlMessage::from(large.clone()), ControlMessage::Other(large));
        let unknown = Ancillary { level: 0, kind: 11, data: [vec![255; 4], vec![0; 28]].concat() };
        assert_eq!(ControlMessage::from(unknown.clone()), ControlMessage::Other(unknown));
    }
}
