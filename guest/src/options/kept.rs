//! Values that are kept here: which of them Linux takes, and what it reads back.
//!
//! # References
//! - `do_tcp_setsockopt` and `do_tcp_getsockopt` in Linux's `net/ipv4/tcp.c`, `do_ip_setsockopt` in `net/ipv4/ip_sockglue.c`,
//!   `sk_setsockopt` in `net/core/sock.c`

use super::integer;
use crate::address::Kind;
use crate::errno::Errno;

/// Which numbers an option takes, and what it makes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Any.
    Any,
    /// Those from the first to the last; others are `EINVAL`.
    Within(i32, i32),
    /// `SO_RCVLOWAT`: nothing is the least there is, and what is negative more than there is.
    Bytes,
    /// `SO_PRIORITY`: more than 6 is for privileged programs.
    Priority,
    /// `TCP_MAXSEG`: 0 is the default.
    MaxSegment,
    /// `TCP_LINGER2`, in seconds: 0 is the default, and there is a longest.
    Linger2,
    /// `TCP_DEFER_ACCEPT`, in seconds: as many as some retransmissions take.
    DeferAccept,
    /// `TCP_WINDOW_CLAMP`, in bytes: 0, or no less than there must be.
    WindowClamp,
    /// `TCP_FASTOPEN`: at most as many as may wait at all.
    FastOpen,
    /// `IP_TOS`: one byte, of which streams keep two bits for themselves.
    TypeOfService,
    /// `IPV6_TCLASS`: one byte, of which streams keep two bits for themselves; -1 is the default.
    TrafficClass,
    /// `IP_MULTICAST_TTL` and `IPV6_MULTICAST_HOPS`: -1 is the default. Streams have none, and fail so.
    GroupHops(Errno),
}

const DEFAULT_SEGMENT: i32 = 536;
/// `TCP_MIN_MSS` and `MAX_TCP_WINDOW`.
const SEGMENTS: std::ops::RangeInclusive<i32> = 88..=32_767;
/// `TCP_TIMEOUT_LEN` and `TCP_FIN_TIMEOUT_MAX`, in seconds.
const FIN_TIMEOUT: i32 = 60;
const FIN_TIMEOUT_MAX: i32 = 120;
/// Half of `SOCK_MIN_RCVBUF`.
const LEAST_CLAMP: i32 = 1_152;
/// `net.core.somaxconn`.
const MOST_WAITING: i32 = 4_096;
/// The two bits of a traffic class that signal congestion: `INET_ECN_MASK`.
const CONGESTION_BITS: i32 = 3;
/// `TCP_RTO_MAX`, in seconds, and the most retransmissions that are counted.
const LONGEST_RETRANSMISSION: i32 = 120;
const MOST_RETRANSMISSIONS: u32 = 255;

impl Taken {
    /// Whether a socket of `kind` has the option at all, which Linux asks before it looks at a value.
    pub(crate) fn check(self, kind: Kind) -> Result<(), Errno> {
        match self {
            Self::GroupHops(errno) if kind == Kind::Stream => Err(errno),
            _ => Ok(()),
        }
    }

    /// What a socket of `kind` reads after `value` was set.
    pub(crate) fn take(self, value: i32, kind: Kind) -> Result<i32, Errno> {
        let class = |value: i32| if kind == Kind::Stream { value & !CONGESTION_BITS } else { value };
        match self {
            Self::Any => Ok(value),
            Self::Within(first, last) => within(value, first..=last),
            Self::Bytes => Ok(if value < 0 { i32::MAX } else { value.max(1) }),
            Self::Priority => within(value, 0..=6).map_err(|_| Errno::EPERM),
            Self::MaxSegment if value == 0 => Ok(DEFAULT_SEGMENT),
            Self::MaxSegment => within(value, SEGMENTS),
            Self::Linger2 if value == 0 => Ok(FIN_TIMEOUT),
            Self::Linger2 => Ok(value.clamp(-1, FIN_TIMEOUT_MAX)),
            Self::DeferAccept => Ok(retransmissions(value)),
            Self::WindowClamp if value == 0 => Ok(0),
            Self::WindowClamp => Ok(value.max(LEAST_CLAMP)),
            Self::FastOpen => within(value, 0..=i32::MAX).map(|value| value.min(MOST_WAITING)),
            Self::TypeOfService => Ok(class(value & 0xff)),
            Self::TrafficClass if value == -1 => Ok(0),
            Self::TrafficClass => within(value, 0..=0xff).map(class),
            Self::GroupHops(_) if value == -1 => Ok(1),
            Self::GroupHops(_) => within(value, 0..=255),
        }
    }
}

fn within(value: i32, range: std::ops::RangeInclusive<i32>) -> Result<i32, Errno> {
    if range.contains(&value) { Ok(value) } else { Err(Errno::EINVAL) }
}

/// The least time in seconds, no less than `seconds`, that retransmissions take which begin after one second.
fn retransmissions(seconds: i32) -> i32 {
    let (mut period, mut next, mut count) = (0, 1, 0);
    while period < seconds && count < MOST_RETRANSMISSIONS {
        period += next;
        next = (next * 2).min(LONGEST_RETRANSMISSION);
        count += 1;
    }
    period
}

/// `struct linger`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Linger {
    on: bool,
    seconds: i32,
}

impl Linger {
    /// What is kept after these bytes were set; `EINVAL` if they are too few. Switching it off leaves the time as it was.
    pub(crate) fn set(self, bytes: &[u8]) -> Result<Self, Errno> {
        let (Some(on), Some(seconds)) = (bytes.get(..4).map(integer), bytes.get(4..8).map(integer)) else {
            return Err(Errno::EINVAL);
        };
        let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
        Ok(if on == 0 { Self { on: false, ..self } } else { Self { on: true, seconds } })
    }

    /// The bytes that are read.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        [i32::from(self.on), self.seconds].map(i32::to_le_bytes).concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(taken: Taken, values: &[i32]) -> Vec<Result<i32, Errno>> {
        values.iter().map(|value| taken.take(*value, Kind::Stream)).collect()
    }

    #[test]
    fn numbers_read_back_as_linux_has_them() {
        const INVALID: Result<i32, Errno> = Err(Errno::EINVAL);
        let values = [0, 1, 2, 7, -1, 100_000];
        let rows = [
            (Taken::MaxSegment, [Ok(536), INVALID, INVALID, INVALID, INVALID, INVALID]),
            (Taken::Linger2, [Ok(60), Ok(1), Ok(2), Ok(7), Ok(-1), Ok(120)]),
            (Taken::DeferAccept, [Ok(0), Ok(1), Ok(3), Ok(7), Ok(0), Ok(29_887)]),
            (Taken::WindowClamp, [Ok(0), Ok(1152), Ok(1152), Ok(1152), Ok(1152), Ok(100_000)]),
            (Taken::FastOpen, [Ok(0), Ok(1), Ok(2), Ok(7), INVALID, Ok(4096)]),
            (Taken::TypeOfService, [Ok(0), Ok(0), Ok(0), Ok(4), Ok(252), Ok(160)]),
            (Taken::TrafficClass, [Ok(0), Ok(0), Ok(0), Ok(4), Ok(0), INVALID]),
            (Taken::GroupHops(Errno::EINVAL), [Ok(0), Ok(1), Ok(2), Ok(7), Ok(1), INVALID]),
            (Taken::Within(1, 127), [INVALID, Ok(1), Ok(2), Ok(7), INVALID, INVALID]),
            (Taken::Bytes, [Ok(1), Ok(1), Ok(2), Ok(7), Ok(i32::MAX), Ok(100_000)]),
            (Taken::Any, [Ok(0), Ok(1), Ok(2), Ok(7), Ok(-1), Ok(100_000)]),
        ];
        for (row, expected) in rows {
            assert_eq!(taken(row, &values), expected, "{row:?}");
        }
        assert_eq!(taken(Taken::Priority, &[6, 7]), [Ok(6), Err(Errno::EPERM)]);
        assert_eq!(Taken::TypeOfService.take(-1, Kind::Datagram), Ok(255));
        assert_eq!(Taken::GroupHops(Errno::EINVAL).check(Kind::Stream), INVALID.map(drop));
        assert_eq!(Taken::GroupHops(Errno::EINVAL).check(Kind::Datagram), Ok(()));
    }

    #[test]
    fn a_time_to_linger_stays_while_it_is_off() {
        let set = Linger::default().set(&[1, 0, 0, 0, 5, 0, 0, 0]).unwrap();
        assert_eq!(set.to_bytes(), [1, 0, 0, 0, 5, 0, 0, 0]);
        assert_eq!(set.set(&[0; 8]).unwrap().to_bytes(), [0, 0, 0, 0, 5, 0, 0, 0]);
        assert_eq!(set.set(&[1, 0, 0, 0]), Err(Errno::EINVAL));
    }
}
