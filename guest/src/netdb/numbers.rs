//! The Linux numbers that name lookup takes and gives: programs pass any integer, so these stay integers.

/// `AF_UNSPEC`: any family.
pub const AF_UNSPEC: i32 = 0;
/// `AF_INET`.
pub const AF_INET: i32 = 2;
/// `AF_INET6`.
pub const AF_INET6: i32 = 10;

/// `SOCK_STREAM`.
pub const SOCK_STREAM: i32 = 1;
/// `SOCK_DGRAM`.
pub const SOCK_DGRAM: i32 = 2;
/// `SOCK_RAW`.
pub const SOCK_RAW: i32 = 3;
/// `SOCK_SEQPACKET`.
pub const SOCK_SEQPACKET: i32 = 5;
/// `SOCK_DCCP`.
pub const SOCK_DCCP: i32 = 6;

/// `IPPROTO_TCP`.
pub const IPPROTO_TCP: i32 = 6;
/// `IPPROTO_UDP`.
pub const IPPROTO_UDP: i32 = 17;
/// `IPPROTO_DCCP`.
pub const IPPROTO_DCCP: i32 = 33;
/// `IPPROTO_SCTP`.
pub const IPPROTO_SCTP: i32 = 132;
/// `IPPROTO_UDPLITE`.
pub const IPPROTO_UDPLITE: i32 = 136;

/// `AI_PASSIVE`: without a host, the wildcard addresses.
pub const AI_PASSIVE: i32 = 0x1;
/// `AI_CANONNAME`: fill in the canonical name.
pub const AI_CANONNAME: i32 = 0x2;
/// `AI_NUMERICHOST`: the host is a literal address.
pub const AI_NUMERICHOST: i32 = 0x4;
/// `AI_V4MAPPED`: for `AF_INET6`, IPv4 addresses if there are no others.
pub const AI_V4MAPPED: i32 = 0x8;
/// `AI_ALL`: with `AI_V4MAPPED`, IPv4 addresses as well.
pub const AI_ALL: i32 = 0x10;
/// `AI_ADDRCONFIG`: only families that the machine has configured.
pub const AI_ADDRCONFIG: i32 = 0x20;
/// `AI_NUMERICSERV`: the service is a number.
pub const AI_NUMERICSERV: i32 = 0x400;

/// `NI_NUMERICHOST`: the address as a literal.
pub const NI_NUMERICHOST: i32 = 0x1;
/// `NI_NUMERICSERV`: the port as a number.
pub const NI_NUMERICSERV: i32 = 0x2;
/// `NI_NOFQDN`: no domain in local names.
pub const NI_NOFQDN: i32 = 0x4;
/// `NI_NAMEREQD`: fail without a name.
pub const NI_NAMEREQD: i32 = 0x8;
/// `NI_DGRAM`: the service over UDP.
pub const NI_DGRAM: i32 = 0x10;
/// `NI_IDN`: the name in the program's encoding.
pub const NI_IDN: i32 = 0x20;
