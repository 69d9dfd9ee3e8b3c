//! Messages: the flags of sending and receiving, and what a receive yields.

use bitflags::bitflags;

use crate::address::Address;
use crate::ancillary::Ancillary;
use crate::descriptors::Fd;
use crate::errno::Errno;
use crate::time::Timeout;

bitflags! {
    /// The `flags` of `recv`, `send` and their kin, with Linux's bits; see `recv(2)` and `send(2)`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct MessageFlags: u32 {
        /// `MSG_OOB`: urgent data, which WASI does not have.
        const OOB = 0x1;
        /// `MSG_PEEK`: leave the data where it is.
        const PEEK = 0x2;
        /// `MSG_DONTROUTE`: do not go through a gateway.
        const DONTROUTE = 0x4;
        /// `MSG_CTRUNC`: ancillary data was cut (received only).
        const CTRUNC = 0x8;
        /// `MSG_TRUNC`: a datagram was cut; asked for, it reports the whole length.
        const TRUNC = 0x20;
        /// `MSG_DONTWAIT`: do not wait, in this call alone.
        const DONTWAIT = 0x40;
        /// `MSG_EOR`: the end of a record.
        const EOR = 0x80;
        /// `MSG_WAITALL`: wait for all that was asked for.
        const WAITALL = 0x100;
        /// `MSG_CONFIRM`: forward progress happened.
        const CONFIRM = 0x800;
        /// `MSG_ERRQUEUE`: from the error queue.
        const ERRQUEUE = 0x2000;
        /// `MSG_NOSIGNAL`: no `SIGPIPE`; there are no signals here, so it changes nothing.
        const NOSIGNAL = 0x4000;
        /// `MSG_MORE`: more is to come.
        const MORE = 0x8000;
        /// `MSG_FASTOPEN`: send with the connection's first packet.
        const FASTOPEN = 0x2000_0000;
        /// `MSG_CMSG_CLOEXEC`: descriptors received do not survive `exec`.
        const CMSG_CLOEXEC = 0x4000_0000;

        // Bits without a name are kept.
        const _ = !0;
    }
}

impl MessageFlags {
    /// Handled above the network: deadlines replace `DONTWAIT`; there are no signals and no `exec`.
    const HANDLED_HERE: Self = Self::DONTWAIT.union(Self::NOSIGNAL).union(Self::CMSG_CLOEXEC);

    /// What only a kernel can do.
    const KERNEL: Self =
        Self::OOB.union(Self::DONTROUTE).union(Self::CONFIRM).union(Self::ERRQUEUE).union(Self::FASTOPEN);

    /// The flags that an operating system is to know of.
    pub(crate) fn for_system(self) -> Self {
        self - Self::HANDLED_HERE
    }

    /// Refuses what only a kernel can do. Bits without a name are ignored, as Linux does.
    pub(crate) fn check(self) -> Result<(), Errno> {
        if self.intersects(Self::KERNEL) { Err(Errno::EOPNOTSUPP) } else { Ok(()) }
    }

    /// The mode of a call with these flags: with `MSG_DONTWAIT` a blocking socket does not wait; one with a timeout waits as
    /// before, since CPython itself waits for readiness before it makes the call.
    pub(crate) fn mode(self, timeout: Timeout) -> Timeout {
        match timeout {
            Timeout::Blocking if self.contains(Self::DONTWAIT) => Timeout::NonBlocking,
            Timeout::Blocking | Timeout::NonBlocking | Timeout::After(_) => timeout,
        }
    }
}

/// What one receive yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The bytes, at most as many as were asked for.
    pub data: Vec<u8>,
    /// Where they came from; `None` on a connection.
    pub from: Option<Address>,
    /// `MSG_TRUNC` if a datagram was cut, `MSG_EOR` at the end of a record.
    pub flags: MessageFlags,
    /// How long the message was before it was cut.
    pub length: usize,
    /// Descriptors that came along, new ones of this program: `SCM_RIGHTS`.
    pub rights: Vec<Fd>,
    /// Control messages other than those descriptors, which only an operating system has.
    pub ancillary: Vec<Ancillary>,
}

/// What one send hands over; `R` is what descriptors that travel along are.
pub struct Outgoing<'a, R> {
    /// The bytes, in parts.
    pub parts: &'a [&'a [u8]],
    /// Control messages other than descriptors, which only an operating system takes.
    pub ancillary: &'a [Ancillary],
    /// Descriptors that travel along: `SCM_RIGHTS`.
    pub rights: &'a [R],
    /// The destination, if one is named.
    pub remote: Option<&'a Address>,
}

impl Received {
    /// Bytes of a connection.
    pub(crate) fn stream(data: Vec<u8>) -> Self {
        let length = data.len();
        Self { data, from: None, flags: MessageFlags::empty(), length, rights: Vec::new(), ancillary: Vec::new() }
    }

    /// A message, cut to `max` bytes.
    pub(crate) fn message(mut data: Vec<u8>, from: Option<Address>, max: usize) -> Self {
        let length = data.len();
        data.truncate(max);
        let flags = if length > max { MessageFlags::TRUNC } else { MessageFlags::empty() };
        Self { data, from, flags, length, rights: Vec::new(), ancillary: Vec::new() }
    }
}
