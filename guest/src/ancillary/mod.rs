//! Ancillary data in the layout of 64-bit Linux: the sizes of control messages, and descriptors that travel in them.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man3/cmsg.3.html>
//! - <https://man7.org/linux/man-pages/man7/unix.7.html>

mod layout;

pub use layout::{ControlMessage, ExtendedError};

use crate::constants::number;
use crate::descriptors::Fd;

/// The level of `SCM_RIGHTS`: `SOL_SOCKET`.
pub const SOL_SOCKET: i32 = number("SOL_SOCKET");
/// `SCM_RIGHTS`: descriptors.
pub const SCM_RIGHTS: i32 = number("SCM_RIGHTS");

/// The largest size that fits a `socklen_t`, as CPython sees it.
const LIMIT: i64 = i32::MAX as i64;
/// `sizeof(struct cmsghdr)`.
const HEADER: i64 = 16;
/// What control messages are aligned to.
const ALIGNMENT: i64 = 8;
/// `sizeof(int)`: what a descriptor takes.
const DESCRIPTOR: usize = size_of::<i32>();

/// `socket.CMSG_LEN(length)`; `None` where CPython raises `OverflowError`.
#[must_use]
pub fn length(payload: i64) -> Option<i64> {
    (0..=LIMIT - HEADER).contains(&payload).then(|| HEADER + payload)
}

/// `socket.CMSG_SPACE(length)`; `None` where CPython raises `OverflowError`.
#[must_use]
pub fn space(payload: i64) -> Option<i64> {
    (0..=LIMIT - padded(1)).contains(&payload).then(|| padded(payload))
}

/// The size of a control message, padded. The payload is small enough.
fn padded(payload: i64) -> i64 {
    HEADER + (payload + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT
}

/// A control message: `(cmsg_level, cmsg_type, cmsg_data)`, with Linux's numbers and in the layout of 64-bit Linux.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancillary {
    /// `SOL_*` or `IPPROTO_*`.
    pub level: i32,
    /// `SCM_*`, `IP_*` and others, by level.
    pub kind: i32,
    /// The bytes.
    pub data: Vec<u8>,
}

/// How much of what `sendmsg` may send as ancillary data has been used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum(i64);

/// Why ancillary data cannot be sent; the text is that of CPython's `OSError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch(pub &'static str);

impl Sum {
    /// Adds a control message with a payload of this length.
    ///
    /// # Errors
    /// [`TooMuch`]: it, or all of them, are longer than a size can say.
    pub fn add(&mut self, payload: usize) -> Result<(), TooMuch> {
        let size = i64::try_from(payload).ok().and_then(space).ok_or(TooMuch("ancillary data item too large"))?;
        let sum = self.0 + size;
        if sum > LIMIT {
            return Err(TooMuch("too much ancillary data"));
        }
        self.0 = sum;
        Ok(())
    }
}

/// The descriptors in the payload of a control message of `SCM_RIGHTS`; bytes that are no whole number are passed over, as
/// Linux passes over them.
pub fn descriptors(payload: &[u8]) -> impl Iterator<Item = i32> {
    payload.as_chunks::<DESCRIPTOR>().0.iter().map(|number| i32::from_ne_bytes(*number))
}

/// The payload of a control message of `SCM_RIGHTS` with these descriptors.
#[must_use]
pub fn payload(descriptors: &[Fd]) -> Vec<u8> {
    descriptors.iter().flat_map(|fd| fd.to_ne_bytes()).collect()
}

/// How many descriptors fit into `room` bytes of ancillary data.
#[must_use]
pub fn descriptors_that_fit(room: usize) -> usize {
    room.saturating_sub(usize::try_from(HEADER).unwrap_or(usize::MAX)) / DESCRIPTOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_64_bit_linux() {
        for (payload, expected) in [(0, 16), (1, 24), (8, 24), (9, 32), (2_147_483_623, 2_147_483_640)] {
            assert_eq!(space(payload), Some(expected), "{payload}");
        }
        assert_eq!([space(-1), space(2_147_483_624)], [None; 2]);
        assert_eq!([length(0), length(2_147_483_631)], [Some(16), Some(2_147_483_647)]);
        assert_eq!([length(-1), length(2_147_483_632)], [None; 2]);
    }

    #[test]
    fn too_much_is_told_apart_from_too_large() {
        let mut sum = Sum::default();
        assert_eq!(sum.add(2_147_483_624), Err(TooMuch("ancillary data item too large")));
        assert_eq!(sum.add(2_147_483_600), Ok(()));
        assert_eq!(sum.add(0), Ok(()));
        assert_eq!(sum.add(8), Err(TooMuch("too much ancillary data")));
    }

    #[test]
    fn descriptors_survive_the_way_there_and_back() {
        let sent = [1 << 20, u32::from(u16::MAX), 0];
        let mut bytes = payload(&sent);
        bytes.push(7);
        assert_eq!(descriptors(&bytes).collect::<Vec<_>>(), [1 << 20, 65535, 0]);
        for (room, count) in [(0, 0), (16, 0), (19, 0), (20, 1), (24, 2)] {
            assert_eq!(descriptors_that_fit(room), count, "{room}");
        }
    }
}
