//! Messages: the flags of sending and receiving, and what a receive yields.

use crate::address::Address;
use crate::ancillary::Ancillary;
use crate::descriptors::Fd;
use crate::errno::Errno;

/// The `flags` of `recv`, `send` and their kin, with Linux's bits; see `recv(2)` and `send(2)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageFlags(u32);

impl MessageFlags {
    /// No flags.
    pub const NONE: Self = Self(0);
    /// `MSG_OOB`: urgent data, which WASI does not have.
    pub const OOB: Self = Self(0x1);
    /// `MSG_PEEK`: leave the data where it is.
    pub const PEEK: Self = Self(0x2);
    /// `MSG_DONTROUTE`: do not go through a gateway.
    pub const DONTROUTE: Self = Self(0x4);
    /// `MSG_CTRUNC`: ancillary data was cut (received only).
    pub const CTRUNC: Self = Self(0x8);
    /// `MSG_TRUNC`: a datagram was cut; asked for, it reports the whole length.
    pub const TRUNC: Self = Self(0x20);
    /// `MSG_DONTWAIT`: do not wait, in this call alone.
    pub const DONTWAIT: Self = Self(0x40);
    /// `MSG_EOR`: the end of a record.
    pub const EOR: Self = Self(0x80);
    /// `MSG_WAITALL`: wait for all that was asked for.
    pub const WAITALL: Self = Self(0x100);
    /// `MSG_CONFIRM`: forward progress happened.
    pub const CONFIRM: Self = Self(0x800);
    /// `MSG_ERRQUEUE`: from the error queue.
    pub const ERRQUEUE: Self = Self(0x2000);
    /// `MSG_NOSIGNAL`: no `SIGPIPE`; there are no signals here, so it changes nothing.
    pub const NOSIGNAL: Self = Self(0x4000);
    /// `MSG_MORE`: more is to come.
    pub const MORE: Self = Self(0x8000);
    /// `MSG_FASTOPEN`: send with the connection's first packet.
    pub const FASTOPEN: Self = Self(0x2000_0000);
    /// `MSG_CMSG_CLOEXEC`: descriptors received do not survive `exec`.
    pub const CMSG_CLOEXEC: Self = Self(0x4000_0000);

    /// What is no business of a network's: waiting is the deadline's, and there are neither signals nor `exec`.
    const OURS: Self = Self(Self::DONTWAIT.0 | Self::NOSIGNAL.0 | Self::CMSG_CLOEXEC.0);

    /// What only a kernel can do.
    const KERNEL: Self = Self(Self::OOB.0 | Self::DONTROUTE.0 | Self::CONFIRM.0 | Self::ERRQUEUE.0 | Self::FASTOPEN.0);

    /// The flags with these bits of Linux.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Linux's bits of these flags.
    #[must_use]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Whether all of `flags` are set.
    #[must_use]
    pub fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// These flags and `more`.
    #[must_use]
    pub fn with(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// Whether any of `flags` is set.
    pub(crate) fn intersects(self, flags: Self) -> bool {
        self.0 & flags.0 != 0
    }

    /// These flags without `flags`.
    pub(crate) fn without(self, flags: Self) -> Self {
        Self(self.0 & !flags.0)
    }

    /// The flags that an operating system is to know of.
    pub(crate) fn for_system(self) -> Self {
        self.without(Self::OURS)
    }

    /// Refuses what only a kernel can do. Bits without a name are ignored, as Linux does.
    pub(crate) fn check(self) -> Result<(), Errno> {
        if self.0 & Self::KERNEL.0 != 0 { Err(Errno::EOPNOTSUPP) } else { Ok(()) }
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
        Self { data, from: None, flags: MessageFlags::NONE, length, rights: Vec::new(), ancillary: Vec::new() }
    }

    /// A message, cut to `max` bytes.
    pub(crate) fn message(mut data: Vec<u8>, from: Option<Address>, max: usize) -> Self {
        let length = data.len();
        data.truncate(max);
        let flags = if length > max { MessageFlags::TRUNC } else { MessageFlags::NONE };
        Self { data, from, flags, length, rights: Vec::new(), ancillary: Vec::new() }
    }
}
