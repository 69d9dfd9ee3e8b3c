//! `getsockopt` and `setsockopt`: values of the contract, and the structures of the system.

use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsFd;
use std::time::Duration;

use super::address::{ip, ipv4};
use super::control::{Source, seen_credentials};
use super::errors::{HostResult, errno, os};
use super::interfaces;
use super::options::{Access, Form, Row, knows_level, row};
use super::socket::Socket;
use super::system;
use super::types::{Errno, Error, IpAddress, Membership, MulticastInterface, OptionValue, OtherOption, SocketOption};
use crate::accounting::buffers::Way;

impl Socket {
    /// `socket.getsockopt(level, optname[, buflen])`.
    pub(super) fn option(&self, option: &SocketOption) -> HostResult<OptionValue> {
        let row = row(option).ok_or_else(|| no_option_to_read(option))?;
        let mut bytes = [0; MAX_VALUE];
        let length = system::get_option(self.system().as_fd(), row.level, row.name, &mut bytes)?;
        let bytes = bytes.get_mut(..length).unwrap_or_default();
        if (row.level, row.name) == (libc::SOL_SOCKET, libc::SO_PEERCRED) {
            seen_credentials(bytes);
        }
        if matches!(option, SocketOption::Other(_)) && row.form != Form::Error {
            return Ok(OptionValue::Bytes(bytes.to_vec()));
        }
        if row.form == Form::Error {
            integer(bytes, 0).into_iter().for_each(|number| self.note_error_shown(number));
        }
        value(row.form, bytes)
    }

    /// `socket.setsockopt(level, optname, value)`.
    pub(super) fn set_option(&self, option: &SocketOption, value: &OptionValue) -> HostResult<()> {
        let row = row(option).ok_or_else(|| os(Errno::NoSuchOption))?;
        if row.access == Access::Read {
            return Err(os(Errno::NotPermitted));
        }
        let bytes = self.structure(row, value)?;
        if row.level == libc::SOL_SOCKET && row.name == libc::SO_PRIORITY && !is_ordinary_priority(&bytes) {
            return Err(os(Errno::NotPermitted));
        }
        if (row.level, row.name) == (libc::IPPROTO_TCP, libc::TCP_CONGESTION) && !is_loaded_congestion_control(&bytes) {
            return Err(os(Errno::NoSuchEntry));
        }
        if let Some(group) = joined(row, &bytes) {
            self.may_join(group)?;
        }
        if let Some(source) = source(row, &bytes)? {
            self.may_send_from(source)?;
        }
        system::set_option(self.system().as_fd(), row.level, row.name, &bytes)?;
        match (row.level, row.name) {
            (libc::SOL_SOCKET, libc::SO_RCVBUF) => self.note_resized(Way::In),
            (libc::SOL_SOCKET, libc::SO_SNDBUF) => self.note_resized(Way::Out),
            (libc::IPPROTO_UDP, libc::UDP_SEGMENT) => {
                let length = integer(&bytes, 0).and_then(|length| u16::try_from(length).ok());
                self.account().segmented(length.unwrap_or(0));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The system's bytes of a value.
    fn structure(&self, row: &Row, value: &OptionValue) -> HostResult<Vec<u8>> {
        let bytes = match (row.form, value) {
            (_, OptionValue::Bytes(bytes)) if bytes.len() <= MAX_VALUE => bytes.clone(),
            (_, OptionValue::Integer(number)) => number.to_ne_bytes().to_vec(),
            (Form::Time, OptionValue::Time(limit)) => time(limit.map(Duration::from_nanos)),
            (Form::Linger, OptionValue::Linger(seconds)) => {
                let seconds = seconds.map(|seconds| i32::try_from(seconds).unwrap_or(i32::MAX));
                [i32::from(seconds.is_some()), seconds.unwrap_or(0)].map(i32::to_ne_bytes).concat()
            }
            (Form::Text | Form::Bytes, OptionValue::Text(text)) if text.len() <= MAX_VALUE => text.clone().into_bytes(),
            (Form::Group | Form::SourceGroup | Form::Group6, OptionValue::Membership(membership)) => {
                group(row.form, membership)?
            }
            (Form::Interface, OptionValue::MulticastInterface(interface)) => {
                [vec![0; 4], interface4(*interface)].concat()
            }
            (Form::Interface6, OptionValue::MulticastInterface(interface)) => {
                interface6(*interface)?.to_ne_bytes().to_vec()
            }
            _ => return Err(os(Errno::InvalidArgument)),
        };
        Ok(bytes)
    }
}

/// The group that an option joins, by the structure that the system is to get.
fn joined(row: &Row, bytes: &[u8]) -> Option<IpAddr> {
    match (row.level, row.name) {
        (libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP | libc::IP_ADD_SOURCE_MEMBERSHIP) => {
            bytes.first_chunk::<4>().map(|group| IpAddr::from(*group))
        }
        (libc::IPPROTO_IPV6, libc::IPV6_ADD_MEMBERSHIP) => bytes.first_chunk::<16>().map(|group| IpAddr::from(*group)),
        _ => None,
    }
}

/// Where an option says that packets are to come from.
fn source(row: &Row, bytes: &[u8]) -> HostResult<Option<Source>> {
    let by_index = |index: Option<i32>| index.and_then(|index| u32::try_from(index).ok()).unwrap_or(0);
    let by_device = |device| Source { address: Ipv4Addr::UNSPECIFIED.into(), device };
    Ok(match (row.level, row.name) {
        (libc::SOL_SOCKET, libc::SO_BINDTODEVICE) => match bytes.split(|byte| *byte == 0).next().unwrap_or_default() {
            [] => None,
            name => Some(by_device(interfaces::index(name)?)),
        },
        (libc::SOL_SOCKET, libc::SO_BINDTOIFINDEX) | (libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF) => {
            Some(by_device(by_index(integer(bytes, 0))))
        }
        // `struct in_addr`, `struct ip_mreq` or `struct ip_mreqn`: with an index, that counts.
        (libc::IPPROTO_IP, libc::IP_MULTICAST_IF) => {
            let address = bytes.get(if bytes.len() < 8 { 0 } else { 4 }..).and_then(|bytes| bytes.first_chunk::<4>());
            address.map(|address| Source { address: IpAddr::from(*address), device: by_index(integer(bytes, 8)) })
        }
        _ => None,
    })
}

/// Why an option that no row of the table allows cannot be read: as Linux, which is more surprised at a level than at a name.
fn no_option_to_read(option: &SocketOption) -> Error {
    match option {
        SocketOption::Other(OtherOption { level, .. }) if !knows_level(*level) => os(Errno::NotSupported),
        _ => os(Errno::NoSuchOption),
    }
}

/// Reads what the system has written.
fn value(form: Form, bytes: &[u8]) -> HostResult<OptionValue> {
    let short = || os(Errno::InvalidArgument);
    Ok(match form {
        // Some options are a byte.
        Form::Integer => match *bytes {
            [byte] => OptionValue::Integer(byte.into()),
            _ => OptionValue::Integer(integer(bytes, 0).ok_or_else(short)?),
        },
        Form::Time => {
            let (seconds, micros) = (long(bytes, 0).ok_or_else(short)?, long(bytes, 8).ok_or_else(short)?);
            let nanos = seconds.saturating_mul(1_000_000_000).saturating_add(micros.saturating_mul(1000));
            OptionValue::Time(u64::try_from(nanos).ok().filter(|nanos| *nanos > 0))
        }
        Form::Linger => {
            let (is_on, seconds) = (integer(bytes, 0).ok_or_else(short)?, integer(bytes, 4).ok_or_else(short)?);
            OptionValue::Linger((is_on != 0).then(|| u32::try_from(seconds).unwrap_or(0)))
        }
        Form::Error => match integer(bytes, 0).ok_or_else(short)? {
            0 => OptionValue::Error(None),
            // An error without a name is an error all the same.
            number => OptionValue::Error(Some(errno(number).unwrap_or(Errno::InputOutput))),
        },
        Form::Text => {
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            OptionValue::Text(String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned())
        }
        Form::Interface => match *bytes {
            [a, b, c, d] => OptionValue::MulticastInterface(MulticastInterface::Address((a, b, c, d))),
            _ => return Err(short()),
        },
        Form::Interface6 => match integer(bytes, 0).and_then(|index| u32::try_from(index).ok()).ok_or_else(short)? {
            0 => OptionValue::MulticastInterface(MulticastInterface::Default),
            index => OptionValue::MulticastInterface(MulticastInterface::Index(index)),
        },
        Form::Group | Form::SourceGroup | Form::Group6 | Form::Bytes => OptionValue::Bytes(bytes.to_vec()),
    })
}

/// `struct timeval`. What is shorter than it can say is the shortest that it can; no limit is zero.
fn time(limit: Option<Duration>) -> Vec<u8> {
    let (seconds, micros) = match limit {
        None => (0, 0),
        Some(limit) if limit < Duration::from_micros(1) => (0, 1),
        Some(limit) => (i64::try_from(limit.as_secs()).unwrap_or(i64::MAX), i64::from(limit.subsec_micros())),
    };
    [seconds.to_ne_bytes(), micros.to_ne_bytes()].concat()
}

fn group(form: Form, membership: &Membership) -> HostResult<Vec<u8>> {
    let invalid = || os(Errno::InvalidArgument);
    match (form, membership.group, membership.source) {
        (Form::Group, IpAddress::Ipv4(group), None) => {
            Ok([ipv4(group).octets().to_vec(), interface4(membership.interface)].concat())
        }
        (Form::SourceGroup, IpAddress::Ipv4(group), Some(IpAddress::Ipv4(source))) => {
            // This structure knows interfaces by address alone.
            let interface = match membership.interface {
                MulticastInterface::Default => [0; 4],
                MulticastInterface::Address(address) => ipv4(address).octets(),
                MulticastInterface::Index(_) => return Err(invalid()),
            };
            Ok([ipv4(group).octets(), interface, ipv4(source).octets()].concat())
        }
        (Form::Group6, group @ IpAddress::Ipv6(_), None) => {
            let IpAddr::V6(group) = ip(group) else { return Err(invalid()) };
            Ok([&group.octets()[..], &interface6(membership.interface)?.to_ne_bytes()].concat())
        }
        _ => Err(invalid()),
    }
}

/// `imr_address` and `imr_ifindex` of `struct ip_mreqn`.
fn interface4(interface: MulticastInterface) -> Vec<u8> {
    let (address, index) = match interface {
        MulticastInterface::Default => ([0; 4], 0),
        MulticastInterface::Address(address) => (ipv4(address).octets(), 0),
        MulticastInterface::Index(index) => ([0; 4], index),
    };
    [address, index.to_ne_bytes()].concat()
}

fn interface6(interface: MulticastInterface) -> HostResult<u32> {
    match interface {
        MulticastInterface::Default => Ok(0),
        MulticastInterface::Index(index) => Ok(index),
        MulticastInterface::Address(_) => Err(os(Errno::InvalidArgument)),
    }
}

fn integer(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..)?.first_chunk().map(|bytes| i32::from_ne_bytes(*bytes))
}

fn long(bytes: &[u8], at: usize) -> Option<i64> {
    bytes.get(at..)?.first_chunk().map(|bytes| i64::from_ne_bytes(*bytes))
}

/// Whether the system has it without loading a module of the kernel, which it would do for a privileged process.
fn is_loaded_congestion_control(name: &[u8]) -> bool {
    let loaded = std::fs::read("/proc/sys/net/ipv4/tcp_available_congestion_control").unwrap_or_default();
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    loaded.split(u8::is_ascii_whitespace).any(|known| !known.is_empty() && known == name)
}

/// Whether it is one of the priorities that need no privileges.
fn is_ordinary_priority(bytes: &[u8]) -> bool {
    integer(bytes, 0).is_none_or(|priority| (0..=6).contains(&priority))
}

/// The longest value.
const MAX_VALUE: usize = 1024;
