//! Options: values in both forms, through the one table, against what the kernel below says of the same.
#![expect(unsafe_code, reason = "sockets of the kernel, to compare ours with")]

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use arbitrary::{Arbitrary, Result, Unstructured};
use wasocket::Error;
use wasocket::address::{Family, Kind};
use wasocket::errno::Errno;
use wasocket::options::{OptionValue, SocketOption, find};
use wasocket::sockets::Fd;

use crate::scripted::{Program, program};

/// Family and type of the sockets that are tried, ours and Linux's.
const SOCKETS: [(Family, Kind, i32, i32); 4] = [
    (Family::Inet, Kind::Stream, libc::AF_INET, libc::SOCK_STREAM),
    (Family::Inet6, Kind::Stream, libc::AF_INET6, libc::SOCK_STREAM),
    (Family::Inet, Kind::Datagram, libc::AF_INET, libc::SOCK_DGRAM),
    (Family::Unix, Kind::Stream, libc::AF_UNIX, libc::SOCK_STREAM),
];

/// One option, set in some form.
#[derive(Debug)]
struct Setting<'a> {
    socket: usize,
    level: i32,
    name: i32,
    value: &'a [u8],
    integer: bool,
}

impl<'a> Arbitrary<'a> for Setting<'a> {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let level =
            *input.choose(&[libc::SOL_SOCKET, libc::IPPROTO_IP, libc::IPPROTO_TCP, libc::IPPROTO_IPV6, 4242])?;
        let name = i32::from(input.arbitrary::<u8>()? % 64);
        let (socket, integer) = (input.choose_index(SOCKETS.len())?, input.arbitrary()?);
        let length = input.int_in_range(0..=20)?;
        Ok(Self { socket, level, name, value: input.bytes(length)?, integer })
    }
}

/// Sets the options that the bytes name, one after the other.
pub fn check(input: &[u8]) {
    let program = program();
    let sockets = SOCKETS.map(|(family, kind, ..)| program.sockets.socket(family, kind, 0).expect("there is room"));
    let kernel = SOCKETS.map(|(_, _, family, kind)| kernel_socket(family, kind));
    let mut input = Unstructured::new(input);
    while !input.is_empty() {
        let Ok(setting) = Setting::arbitrary(&mut input) else { return };
        try_setting(&program, sockets[setting.socket], kernel[setting.socket].as_ref(), &setting);
    }
    for socket in sockets {
        assert_eq!(program.sockets.close(socket), Ok(()));
    }
    assert_eq!(program.script.open_sockets(), 0);
}

fn try_setting(program: &Program, socket: Fd, kernel: Option<&OwnedFd>, setting: &Setting<'_>) {
    let Ok(option) = find(setting.level, setting.name) else { return };
    let value = match setting.value.first_chunk().filter(|_| setting.integer) {
        Some(integer) => OptionValue::Int(i32::from_le_bytes(*integer)),
        None => OptionValue::Bytes(setting.value.to_vec()),
    };
    let set = program.sockets.set_option(socket, option, &value);
    let read = program.sockets.option(socket, option);
    if let (Ok(()), OptionValue::Int(integer)) = (&set, &value) {
        let bytes = OptionValue::Bytes(integer.to_le_bytes().to_vec());
        assert_eq!(program.sockets.set_option(socket, option, &bytes), Ok(()), "the same in bytes: {setting:?}");
        assert_eq!(program.sockets.option(socket, option), read, "both forms mean the same: {setting:?}");
    }
    if let Ok(OptionValue::Int(read)) = read
        && set.is_ok()
    {
        let again = program.sockets.set_option(socket, option, &OptionValue::Int(read));
        assert!(again.is_ok(), "what was read can be set again: {setting:?} reads {read}");
    }
    let is_unix = SOCKETS[setting.socket].0 == Family::Unix;
    let Some(kernel) = kernel.filter(|_| is_like_linux(option, &value, is_unix)) else { return };
    assert_eq!(outcome(&set), set_in_kernel(kernel, setting, &value), "setsockopt: {setting:?}");
    // Linux caps this one by the size of its buffers.
    let capped = option == SocketOption::ReceiveLowWater && !matches!(read, Ok(OptionValue::Int(..=4096)));
    if let (Ok(()), Ok(OptionValue::Int(read)), false) = (&set, &read, capped) {
        assert_eq!(Some(*read), read_from_kernel(kernel, setting), "getsockopt: {setting:?}");
    }
}

/// Whether Linux is expected to say the same; where not, `docs/compatibility.md` says so.
fn is_like_linux(option: SocketOption, value: &OptionValue, is_unix: bool) -> bool {
    match option {
        // Sizes are the host's, and debugging takes a privilege.
        SocketOption::SendBuffer | SocketOption::ReceiveBuffer | SocketOption::Debug => false,
        // The layout of 32-bit Linux, which a WebAssembly program's C library has, is taken as well.
        SocketOption::ReceiveTimeout | SocketOption::SendTimeout => {
            !matches!(value, OptionValue::Bytes(bytes) if (8..16).contains(&bytes.len()))
        }
        // WASI does not take a limit of no hops.
        SocketOption::UnicastHops => first_int(value) != Some(0),
        // Kernels differ on whether AF_UNIX takes it.
        SocketOption::ReusePort => !is_unix,
        // More takes a privilege.
        SocketOption::Priority => first_int(value).is_some_and(|value| (0..=6).contains(&value)),
        // These need a kernel to be anything but what they are.
        SocketOption::Fixed(..) | SocketOption::BindToDevice => false,
        SocketOption::ReuseAddress
        | SocketOption::Type
        | SocketOption::Error
        | SocketOption::KeepAlive
        | SocketOption::OutOfBandInline
        | SocketOption::ReceiveLowWater
        | SocketOption::SendLowWater
        | SocketOption::AcceptConnections
        | SocketOption::Protocol
        | SocketOption::Domain
        | SocketOption::NoDelay
        | SocketOption::KeepIdle
        | SocketOption::KeepInterval
        | SocketOption::KeepCount
        | SocketOption::TimeToLive
        | SocketOption::V6Only
        | SocketOption::Broadcast
        | SocketOption::Linger
        | SocketOption::PeerCredentials
        | SocketOption::MaxSegment
        | SocketOption::Cork
        | SocketOption::SynCount
        | SocketOption::Linger2
        | SocketOption::DeferAccept
        | SocketOption::WindowClamp
        | SocketOption::QuickAck
        | SocketOption::ThinLinearTimeouts
        | SocketOption::UserTimeout
        | SocketOption::FastOpen
        | SocketOption::FastOpenConnect
        | SocketOption::FastOpenNoCookie
        | SocketOption::NotSentLowWater
        | SocketOption::TypeOfService
        | SocketOption::BindAddressNoPort
        | SocketOption::MulticastTtl
        | SocketOption::MulticastHops
        | SocketOption::TrafficClass => true,
    }
}

fn first_int(value: &OptionValue) -> Option<i32> {
    match value {
        OptionValue::Int(value) => Some(*value),
        OptionValue::Bytes(bytes) => bytes.first_chunk().map(|first| i32::from_le_bytes(*first)),
        OptionValue::Error(_) => None,
    }
}

/// The errno of `result` in Linux's number, 0 for success.
fn outcome(result: &wasocket::Result<()>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(Error::Os { errno: Errno::EDOM, .. }) => libc::EDOM,
        Err(Error::Os { errno: Errno::EINVAL, .. }) => libc::EINVAL,
        Err(Error::Os { errno: Errno::EPERM, .. }) => libc::EPERM,
        Err(Error::Os { errno: Errno::ENOPROTOOPT, .. }) => libc::ENOPROTOOPT,
        Err(Error::Os { errno: Errno::EOPNOTSUPP, .. }) => libc::EOPNOTSUPP,
        Err(error) => panic!("an option does not fail with {error:?}"),
    }
}

/// `None` where this machine has no such socket.
fn kernel_socket(family: i32, kind: i32) -> Option<OwnedFd> {
    // SAFETY: it takes numbers, and what it returns is ours.
    unsafe {
        let socket = libc::socket(family, kind | libc::SOCK_CLOEXEC, 0);
        (socket >= 0).then(|| OwnedFd::from_raw_fd(socket))
    }
}

fn set_in_kernel(socket: &OwnedFd, setting: &Setting<'_>, value: &OptionValue) -> i32 {
    let bytes = match value {
        OptionValue::Int(integer) => integer.to_ne_bytes().to_vec(),
        OptionValue::Bytes(bytes) => bytes.clone(),
        OptionValue::Error(_) => Vec::new(),
    };
    let length = libc::socklen_t::try_from(bytes.len()).expect("a few bytes");
    // SAFETY: the value is as long as it says.
    let failed =
        unsafe { libc::setsockopt(socket.as_raw_fd(), setting.level, setting.name, bytes.as_ptr().cast(), length) < 0 };
    if failed { std::io::Error::last_os_error().raw_os_error().unwrap_or(0) } else { 0 }
}

fn read_from_kernel(socket: &OwnedFd, setting: &Setting<'_>) -> Option<i32> {
    let mut value = 0_i32;
    let mut length = 4;
    // SAFETY: there is room for an integer.
    let done = unsafe {
        libc::getsockopt(socket.as_raw_fd(), setting.level, setting.name, (&raw mut value).cast(), &raw mut length) == 0
    };
    done.then_some(value)
}
