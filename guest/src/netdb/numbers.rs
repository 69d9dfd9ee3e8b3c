//! The Linux numbers that name lookup takes and gives: programs pass any integer, so these stay integers.

use crate::constants::number;

/// `AF_UNSPEC`: any family.
pub const AF_UNSPEC: i32 = number("AF_UNSPEC");
/// `AF_UNIX`.
pub const AF_UNIX: i32 = number("AF_UNIX");
/// `AF_INET`.
pub const AF_INET: i32 = number("AF_INET");
/// `AF_INET6`.
pub const AF_INET6: i32 = number("AF_INET6");

/// `SOCK_STREAM`.
pub const SOCK_STREAM: i32 = number("SOCK_STREAM");
/// `SOCK_DGRAM`.
pub const SOCK_DGRAM: i32 = number("SOCK_DGRAM");
/// `SOCK_RAW`.
pub const SOCK_RAW: i32 = number("SOCK_RAW");
/// `SOCK_SEQPACKET`.
pub const SOCK_SEQPACKET: i32 = number("SOCK_SEQPACKET");
/// `SOCK_DCCP`.
pub const SOCK_DCCP: i32 = number("SOCK_DCCP");

/// `IPPROTO_TCP`.
pub const IPPROTO_TCP: i32 = number("IPPROTO_TCP");
/// `IPPROTO_UDP`.
pub const IPPROTO_UDP: i32 = number("IPPROTO_UDP");
/// `IPPROTO_DCCP`.
pub const IPPROTO_DCCP: i32 = number("IPPROTO_DCCP");
/// `IPPROTO_SCTP`.
pub const IPPROTO_SCTP: i32 = number("IPPROTO_SCTP");
/// `IPPROTO_UDPLITE`.
pub const IPPROTO_UDPLITE: i32 = number("IPPROTO_UDPLITE");

/// `AI_PASSIVE`: without a host, the wildcard addresses.
pub const AI_PASSIVE: i32 = number("AI_PASSIVE");
/// `AI_CANONNAME`: fill in the canonical name.
pub const AI_CANONNAME: i32 = number("AI_CANONNAME");
/// `AI_NUMERICHOST`: the host is a literal address.
pub const AI_NUMERICHOST: i32 = number("AI_NUMERICHOST");
/// `AI_V4MAPPED`: for `AF_INET6`, IPv4 addresses if there are no others.
pub const AI_V4MAPPED: i32 = number("AI_V4MAPPED");
/// `AI_ALL`: with `AI_V4MAPPED`, IPv4 addresses as well.
pub const AI_ALL: i32 = number("AI_ALL");
/// `AI_ADDRCONFIG`: only families that the machine has configured.
pub const AI_ADDRCONFIG: i32 = number("AI_ADDRCONFIG");
/// `AI_NUMERICSERV`: the service is a number.
pub const AI_NUMERICSERV: i32 = number("AI_NUMERICSERV");

/// `NI_NUMERICHOST`: the address as a literal.
pub const NI_NUMERICHOST: i32 = number("NI_NUMERICHOST");
/// `NI_NUMERICSERV`: the port as a number.
pub const NI_NUMERICSERV: i32 = number("NI_NUMERICSERV");
/// `NI_NOFQDN`: no domain in local names.
pub const NI_NOFQDN: i32 = number("NI_NOFQDN");
/// `NI_NAMEREQD`: fail without a name.
pub const NI_NAMEREQD: i32 = number("NI_NAMEREQD");
/// `NI_DGRAM`: the service over UDP.
pub const NI_DGRAM: i32 = number("NI_DGRAM");
/// `NI_IDN`: the name in the program's encoding.
pub const NI_IDN: i32 = number("NI_IDN");
