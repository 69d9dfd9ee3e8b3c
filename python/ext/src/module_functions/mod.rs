//! The functions of the module `_socket`.

mod addrinfo;
pub(crate) mod ancillary;
mod byte_order;
mod defaults;
mod descriptors;
mod host;
mod inet;
mod interfaces;
mod nameinfo;
mod services;

pub(crate) use addrinfo::{finish_getaddrinfo, start_getaddrinfo};
pub(crate) use descriptors::{close_descriptor, duplicate};

use crate::export::{END_OF_METHODS, Table, method};
use crate::ffi;

/// All of them.
pub(crate) static FUNCTIONS: Table<[ffi::PyMethodDef; 29]> = Table([
    method!(many, c"CMSG_LEN", ancillary::cmsg_len, c"CMSG_LEN(length): the size of a control message, without padding."),
    method!(many, c"CMSG_SPACE", ancillary::cmsg_space, c"CMSG_SPACE(length): the size of a control message, padded."),
    method!(one, c"close", descriptors::close, c"close(fd): close a socket's descriptor."),
    method!(one, c"dup", descriptors::dup, c"dup(fd) -> fd: another descriptor for the same socket."),
    method!(
        keywords,
        c"getaddrinfo",
        addrinfo::getaddrinfo,
        c"getaddrinfo(host, port, family=0, type=0, proto=0, flags=0) -> list of (family, type, proto, canonname, address)."
    ),
    method!(none, c"getdefaulttimeout", defaults::getdefaulttimeout, c"getdefaulttimeout() -> seconds or None."),
    method!(many, c"gethostbyaddr", host::gethostbyaddr, c"gethostbyaddr(host) -> (name, aliases, addresses)."),
    method!(many, c"gethostbyname", host::gethostbyname, c"gethostbyname(host) -> IPv4 address."),
    method!(many, c"gethostbyname_ex", host::gethostbyname_ex, c"gethostbyname_ex(host) -> (name, aliases, addresses)."),
    method!(none, c"gethostname", host::gethostname, c"gethostname() -> the name of this host."),
    method!(many, c"getnameinfo", nameinfo::getnameinfo, c"getnameinfo(address, flags) -> (host, port)."),
    method!(many, c"getprotobyname", services::getprotobyname, c"getprotobyname(name) -> number."),
    method!(many, c"getservbyname", services::getservbyname, c"getservbyname(name[, protocol]) -> port."),
    method!(many, c"getservbyport", services::getservbyport, c"getservbyport(port[, protocol]) -> name."),
    method!(one, c"htonl", byte_order::htonl, c"htonl($module, integer, /)\n--\n\nFrom host to network byte order, 32 bits."),
    method!(one, c"htons", byte_order::htons, c"htons($module, integer, /)\n--\n\nFrom host to network byte order, 16 bits."),
    method!(
        one,
        c"if_indextoname",
        interfaces::if_indextoname,
        c"if_indextoname($module, if_index, /)\n--\n\nThe name of a network interface."
    ),
    method!(none, c"if_nameindex", interfaces::if_nameindex, c"if_nameindex() -> list of (index, name)."),
    method!(
        one,
        c"if_nametoindex",
        interfaces::if_nametoindex,
        c"if_nametoindex($module, oname, /)\n--\n\nThe index of a network interface."
    ),
    method!(one, c"inet_aton", inet::inet_aton, c"inet_aton($module, ip_addr, /)\n--\n\nAn IPv4 address as four bytes."),
    method!(one, c"inet_ntoa", inet::inet_ntoa, c"inet_ntoa($module, packed_ip, /)\n--\n\nFour bytes as an IPv4 address."),
    method!(many, c"inet_ntop", inet::inet_ntop, c"inet_ntop(family, packed) -> the address as text."),
    method!(many, c"inet_pton", inet::inet_pton, c"inet_pton(family, text) -> the address as bytes."),
    method!(one, c"ntohl", byte_order::htonl, c"ntohl($module, integer, /)\n--\n\nFrom network to host byte order, 32 bits."),
    method!(one, c"ntohs", byte_order::htons, c"ntohs($module, integer, /)\n--\n\nFrom network to host byte order, 16 bits."),
    method!(one, c"setdefaulttimeout", defaults::setdefaulttimeout, c"setdefaulttimeout(seconds or None)."),
    method!(many, c"sethostname", host::sethostname, c"sethostname(name): not permitted here."),
    method!(many, c"socketpair", descriptors::socketpair, c"socketpair([family[, type[, proto]]]) -> two connected sockets."),
    END_OF_METHODS,
]);
