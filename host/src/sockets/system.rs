//! The system's calls that no library offers in a safe form: options by their numbers, and messages with raw control data.
#![expect(
    unsafe_code,
    reason = "these calls take pointers, and nobody wraps them for options and control data of any kind"
)]

use std::ffi::CStr;
use std::io;
use std::mem;
use std::net::IpAddr;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::Arc;

use socket2::{SockAddr, SockAddrStorage};
use tokio::io::unix::AsyncFd;

/// `getsockopt(2)`: how many bytes the system wrote into `value`.
pub(super) fn get_option(socket: BorrowedFd<'_>, level: i32, name: i32, value: &mut [u8]) -> io::Result<usize> {
    let mut length = length_of(value.len())?;
    // SAFETY: the pointer and the length are those of a slice that lives as long as the call.
    let code = unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &mut length) };
    if code < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((length as usize).min(value.len()))
}

/// `setsockopt(2)`.
pub(super) fn set_option(socket: BorrowedFd<'_>, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    let length = length_of(value.len())?;
    // SAFETY: the pointer and the length are those of a slice that lives as long as the call.
    let code = unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, value.as_ptr().cast(), length) };
    if code < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// `SO_COOKIE`: the number that the system has given a socket, and gives no other one.
pub(super) fn cookie(socket: BorrowedFd<'_>) -> io::Result<u64> {
    let mut cookie = [0; 8];
    get_option(socket, libc::SOL_SOCKET, libc::SO_COOKIE, &mut cookie)?;
    Ok(u64::from_ne_bytes(cookie))
}

/// `getifaddrs(3)`: the addresses of the internet that this machine has, with the names of their interfaces.
pub(super) fn interface_addresses() -> io::Result<Vec<(String, IpAddr)>> {
    let mut first = ptr::null_mut();
    // SAFETY: the pointer is to a local.
    if unsafe { libc::getifaddrs(&raw mut first) } < 0 {
        return Err(io::Error::last_os_error());
    }
    let (mut addresses, mut next) = (Vec::new(), first);
    // SAFETY: each entry of the list, its name and its address live until the list is freed; a name ends with NUL.
    while let Some(entry) = unsafe { next.as_ref() } {
        let name = unsafe { CStr::from_ptr(entry.ifa_name) };
        // SAFETY: an address has at least a family, which says how long it is.
        let address = unsafe { entry.ifa_addr.as_ref() }.and_then(|address| match i32::from(address.sa_family) {
            libc::AF_INET => {
                let address = unsafe { entry.ifa_addr.cast::<libc::sockaddr_in>().read_unaligned() };
                Some(IpAddr::from(address.sin_addr.s_addr.to_ne_bytes()))
            }
            libc::AF_INET6 => {
                let address = unsafe { entry.ifa_addr.cast::<libc::sockaddr_in6>().read_unaligned() };
                Some(IpAddr::from(address.sin6_addr.s6_addr))
            }
            _ => None,
        });
        addresses.extend(address.map(|address| (name.to_string_lossy().into_owned(), address)));
        next = entry.ifa_next;
    }
    // SAFETY: the system has made the list, and nothing points into it any more.
    unsafe { libc::freeifaddrs(first) };
    Ok(addresses)
}

/// What `recvmsg(2)` says of a message; of none at all, nothing.
#[derive(Default)]
pub(super) struct Received {
    /// How many bytes: of the buffer, or of the whole message if `MSG_TRUNC` was asked for.
    pub(super) length: usize,
    /// How many bytes of control data.
    pub(super) control: usize,
    /// `msg_flags`.
    pub(super) flags: i32,
    /// The sender, if the system names one.
    pub(super) sender: Option<SockAddr>,
}

/// `recvmsg(2)`.
pub(super) fn receive(socket: BorrowedFd<'_>, data: &mut [u8], control: &mut [u8], flags: i32) -> io::Result<Received> {
    let mut storage = SockAddrStorage::zeroed();
    let mut part = libc::iovec { iov_base: data.as_mut_ptr().cast(), iov_len: data.len() };
    // SAFETY: all zeros are a valid `msghdr`: null pointers with lengths of zero.
    let mut header: libc::msghdr = unsafe { mem::zeroed() };
    header.msg_name = (&raw mut storage).cast();
    header.msg_namelen = storage.size_of();
    header.msg_iov = &raw mut part;
    header.msg_iovlen = 1;
    if !control.is_empty() {
        header.msg_control = control.as_mut_ptr().cast();
        header.msg_controllen = control.len();
    }
    // SAFETY: every pointer in the header is to a local or a slice that lives as long as the call, with its length.
    let length = unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut header, flags) };
    let length = usize::try_from(length).map_err(|_| io::Error::last_os_error())?;
    let sender = (header.msg_namelen > 0 && header.msg_namelen <= storage.size_of()).then(|| {
        // SAFETY: the system has written an address of this length there.
        unsafe { SockAddr::new(storage, header.msg_namelen) }
    });
    Ok(Received { length, control: header.msg_controllen.min(control.len()), flags: header.msg_flags, sender })
}

/// Takes ownership of a descriptor that came with a message. Call it once for each number.
pub(super) fn adopt(number: RawFd) -> Option<OwnedFd> {
    // SAFETY: the system has made this descriptor for the receiver of the message, who has passed it to nothing else.
    (number >= 0).then(|| unsafe { OwnedFd::from_raw_fd(number) })
}

/// Registers a descriptor with the runtime. What has no other use than to own a descriptor keeps it open and the same.
pub(super) fn register<T: Into<OwnedFd> + AsRawFd>(descriptor: Arc<T>) -> io::Result<AsyncFd<Arc<T>>> {
    // SAFETY: a descriptor's owner closes it when it is dropped, and `AsyncFd` holds a share of the owner for so long.
    unsafe { AsyncFd::register(descriptor) }.map_err(io::Error::from)
}

fn length_of(length: usize) -> io::Result<libc::socklen_t> {
    length.try_into().map_err(|_| io::ErrorKind::InvalidInput.into())
}
