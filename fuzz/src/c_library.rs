//! The C library's answers, to compare ours with.
#![expect(unsafe_code, reason = "the C library is C")]

use std::ffi::{CStr, CString, c_int};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::ptr;

/// The longest text of an address, with its NUL: `INET6_ADDRSTRLEN`.
const LONGEST: usize = 46;

unsafe extern "C" {
    fn inet_aton(text: *const libc::c_char, address: *mut libc::in_addr) -> c_int;
    fn inet_pton(family: c_int, text: *const libc::c_char, address: *mut libc::c_void) -> c_int;
    fn inet_ntop(
        family: c_int,
        address: *const libc::c_void,
        text: *mut libc::c_char,
        size: libc::socklen_t,
    ) -> *const libc::c_char;
}

/// `bytes` up to the first NUL.
#[must_use]
pub fn text(bytes: &[u8]) -> CString {
    CString::new(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).unwrap_or_default()
}

/// `inet_aton(3)`.
#[must_use]
pub fn aton(bytes: &[u8]) -> Option<[u8; 4]> {
    let mut address = libc::in_addr { s_addr: 0 };
    // SAFETY: the text ends with a NUL, and the address is ours.
    let done = unsafe { inet_aton(text(bytes).as_ptr(), &raw mut address) } != 0;
    done.then(|| address.s_addr.to_ne_bytes())
}

/// `inet_pton(3)`.
#[must_use]
pub fn pton(family: c_int, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut address = [0_u8; 16];
    // SAFETY: the text ends with a NUL, and there is room for an address of either family.
    let done = unsafe { inet_pton(family, text(bytes).as_ptr(), address.as_mut_ptr().cast()) } == 1;
    let length = if family == libc::AF_INET { 4 } else { 16 };
    done.then(|| address[..length].to_vec())
}

/// `inet_ntop(3)` of an address of the right length.
#[must_use]
pub fn ntop(family: c_int, packed: &[u8]) -> Option<String> {
    let mut text = [0; LONGEST];
    // SAFETY: the address is as long as those of the family, and the text has room for any.
    let found = unsafe { inet_ntop(family, packed.as_ptr().cast(), text.as_mut_ptr(), 46) };
    // SAFETY: it ended the text with a NUL.
    (!found.is_null()).then(|| unsafe { CStr::from_ptr(found) }.to_string_lossy().into_owned())
}

/// One answer of `getaddrinfo(3)`: type, protocol, canonical name and address.
pub type Found = (c_int, c_int, String, SocketAddr);

/// `getaddrinfo(3)`: the answers, or the `EAI_*` code. Asks no resolver if the flags have `AI_NUMERICHOST`.
///
/// # Errors
/// What `getaddrinfo(3)` returns.
pub fn addrinfo(host: Option<&[u8]>, service: Option<&[u8]>, hints: [c_int; 4]) -> Result<Vec<Found>, c_int> {
    let (host, service) = (host.map(text), service.map(text));
    let pointer = |text: &Option<CString>| text.as_ref().map_or(ptr::null(), |text| text.as_ptr());
    let [family, kind, protocol, flags] = hints;
    // SAFETY: a structure of numbers and pointers, for which zero is a value.
    let mut asked: libc::addrinfo = unsafe { std::mem::zeroed() };
    (asked.ai_family, asked.ai_socktype, asked.ai_protocol, asked.ai_flags) = (family, kind, protocol, flags);
    let mut first = ptr::null_mut();
    // SAFETY: the texts end with a NUL or are NULL, and the rest is ours.
    match unsafe { libc::getaddrinfo(pointer(&host), pointer(&service), &raw const asked, &raw mut first) } {
        // SAFETY: the list is what it has just made.
        0 => Ok(unsafe { take(first) }),
        code => Err(code),
    }
}

/// # Safety
/// `first` comes from `getaddrinfo(3)` and is used by nobody else.
unsafe fn take(first: *mut libc::addrinfo) -> Vec<Found> {
    let mut found = Vec::new();
    let mut next = first;
    // SAFETY: the list ends with NULL, and each address has the form of its family.
    unsafe {
        while let Some(info) = next.as_ref() {
            let name = if info.ai_canonname.is_null() {
                String::new()
            } else {
                CStr::from_ptr(info.ai_canonname).to_string_lossy().into_owned()
            };
            found.push((info.ai_socktype, info.ai_protocol, name, address(info)));
            next = info.ai_next;
        }
        libc::freeaddrinfo(first);
    }
    found
}

/// # Safety
/// As [`take`].
unsafe fn address(info: &libc::addrinfo) -> SocketAddr {
    if info.ai_family == libc::AF_INET {
        // SAFETY: the family says so.
        let address = unsafe { info.ai_addr.cast::<libc::sockaddr_in>().read_unaligned() };
        SocketAddrV4::new(Ipv4Addr::from(address.sin_addr.s_addr.to_ne_bytes()), u16::from_be(address.sin_port)).into()
    } else {
        // SAFETY: as above.
        let address = unsafe { info.ai_addr.cast::<libc::sockaddr_in6>().read_unaligned() };
        let ip = Ipv6Addr::from(address.sin6_addr.s6_addr);
        SocketAddrV6::new(ip, u16::from_be(address.sin6_port), address.sin6_flowinfo, address.sin6_scope_id).into()
    }
}

/// `CMSG_LEN(3)` and `CMSG_SPACE(3)`.
#[must_use]
pub fn control_sizes(payload: u32) -> (i64, i64) {
    // SAFETY: both only count.
    unsafe { (i64::from(libc::CMSG_LEN(payload)), i64::from(libc::CMSG_SPACE(payload))) }
}
